import type { Rule } from '../config.js';
import {
  type CompiledExpression,
  compileNameExpression,
  compileRouteExpression,
  type ExpressionOutcome,
} from '../name-expression.js';
import type { NameSelector } from '../name-selector.js';
import { formatPath, type Path } from '../path.js';
import { quote, type Reporter } from '../report.js';
import type { RawConfig } from '../schema/root.js';

type RawRule = RawConfig['promregator']['targets'][number];

const RULES: Path = ['promregator', 'targets'];

/** `authenticatorIds`: those that rules may name. */
export function resolveRules(
  raw: readonly RawRule[],
  authenticatorIds: ReadonlySet<string>,
  reporter: Reporter,
): readonly Rule[] {
  if (raw.length === 0 && !reporter.hasError(RULES)) {
    const remedy = 'without one, no application is scraped';
    reporter.warning(RULES, { found: 'nothing', expected: 'at least one rule', remedy });
  }
  return raw.map((rule, index) => resolveRule(rule, [...RULES, index], authenticatorIds, reporter));
}

function resolveRule(raw: RawRule, path: Path, authenticatorIds: ReadonlySet<string>, reporter: Reporter): Rule {
  const select = (name: SelectorName): NameSelector => resolveSelector(raw, name, path, reporter);
  if (raw.authenticatorId !== undefined && !authenticatorIds.has(raw.authenticatorId)) {
    reporter.error([...path, 'authenticatorId'], {
      found: quote(raw.authenticatorId),
      expected: 'the id of one of promregator.targetAuthenticators',
      remedy: authenticatorIds.size === 0 ? 'there are none' : `known: ${[...authenticatorIds].join(', ')}`,
    });
  }
  return {
    id: undefined,
    name: formatPath(path),
    foundation: undefined,
    organization: select('org'),
    space: select('space'),
    application: select('application'),
    excludeApplication: undefined,
    labelSelector: undefined,
    paths: [resolvePath(raw, path, reporter)],
    protocol: raw.protocol,
    authenticatorId: raw.authenticatorId,
    preferredRouteRegex: resolvePreferredRoutes(raw, path, reporter),
    internalRoutePort: raw.internalRoutePort,
    overrideRouteAndPath: resolveOverride(raw, path, reporter),
    kubernetesAnnotations: raw.kubernetesAnnotations,
    scrapeIntervalMs: undefined,
    scrapeTimeoutMs: undefined,
    tls: undefined,
  };
}

/** Goes onto the wire as it stands. */
function resolvePath(raw: RawRule, path: Path, reporter: Reporter): string {
  if (!/^[!"$-~]+$/.test(raw.path)) {
    const expected = 'a path of printable ASCII characters, without spaces and #';
    const remedy = 'encode others, such as %20 for a space';
    reporter.error([...path, 'path'], { found: quote(raw.path), expected, remedy });
  }
  return raw.path.startsWith('/') ? raw.path : `/${raw.path}`;
}

type SelectorName = 'org' | 'space' | 'application';

/** The expression counts before the name. One that does not compile selects nothing; it is an error anyway. */
function resolveSelector(raw: RawRule, what: SelectorName, path: Path, reporter: Reporter): NameSelector {
  const source = raw[`${what}Regex`];
  const name = raw[`${what}Name`];
  if (source === undefined) return name === undefined ? { kind: 'all' } : { kind: 'name', name };
  if (name !== undefined) {
    reporter.warning([...path, `${what}Name`], {
      found: `a name beside ${what}Regex`,
      expected: 'one of the two',
      remedy: 'the expression is used',
    });
  }
  const expression = accept(compileNameExpression(source), source, [...path, `${what}Regex`], reporter);
  return expression === undefined ? { kind: 'name', name: '' } : { kind: 'expression', ...expression };
}

function resolvePreferredRoutes(raw: RawRule, path: Path, reporter: Reporter): readonly CompiledExpression[] {
  return raw.preferredRouteRegex.flatMap((source, index) => {
    const at = [...path, 'preferredRouteRegex', index];
    return accept(compileRouteExpression(source), source, at, reporter) ?? [];
  });
}

function accept(
  outcome: ExpressionOutcome,
  source: string,
  path: Path,
  reporter: Reporter,
): CompiledExpression | undefined {
  if (outcome.ok) return outcome.expression;
  const where = outcome.position === undefined ? '' : ` at character ${outcome.position + 1}`;
  reporter.error(path, {
    found: `${quote(source)}, which does not compile: ${outcome.reason}${where}`,
    expected: 'a regular expression',
  });
  return undefined;
}

/** Used as it stands behind the rule's protocol, so it has to begin with a host. */
function resolveOverride(raw: RawRule, path: Path, reporter: Reporter): string | undefined {
  const text = raw.overrideRouteAndPath;
  if (text === undefined) return undefined;
  const plain = /^[!"$-~]+$/.test(text) && !/^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  if (plain && URL.canParse(`https://${text}`)) return text;
  reporter.error([...path, 'overrideRouteAndPath'], {
    found: quote(text),
    expected: 'a host and a path without scheme, such as gateway.example.org/path',
    remedy: 'the scheme is the protocol of the rule',
  });
  return undefined;
}
