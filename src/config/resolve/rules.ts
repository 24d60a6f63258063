import type { Rule, ScrapingConfig, TlsConfig } from '../config.js';
import { type LabelSelector, parseLabelSelector } from '../label-selector.js';
import { maskAddress } from '../mask.js';
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
import type { RawTls } from '../schema/tls.js';
import type { MaterialContext } from '../tls-material/material.js';
import { resolveIntervals } from './intervals.js';
import { checkName, checkUnique } from './name.js';

type RawRule = RawConfig['promregator']['targets'][number];

const RULES: Path = ['promregator', 'targets'];

const DEFAULT_PATH = '/metrics';

export interface RuleContext extends MaterialContext {
  /** Those that rules may name. */
  readonly authenticatorIds: ReadonlySet<string>;
  readonly foundations: ReadonlySet<string>;
  readonly intervalBoundsMs: ScrapingConfig['intervalBoundsMs'];
  /** TLS of a rule: its own options over the default ones. */
  readonly tlsOf: (raw: RawTls, path: Path) => Promise<TlsConfig>;
}

export async function resolveRules(raw: readonly RawRule[], context: RuleContext): Promise<readonly Rule[]> {
  const { reporter } = context;
  if (raw.length === 0 && !reporter.hasError(RULES)) {
    const remedy = 'without one, no application is scraped';
    reporter.warning(RULES, { found: 'nothing', expected: 'at least one rule', remedy });
  }
  const seen = new Set<string>();
  const rules: Rule[] = [];
  for (const [index, rule] of raw.entries()) {
    const path = [...RULES, index];
    checkId(rule.id, seen, [...path, 'id'], reporter);
    rules.push(await resolveRule(rule, path, context));
  }
  return rules;
}

async function resolveRule(raw: RawRule, path: Path, context: RuleContext): Promise<Rule> {
  const { reporter } = context;
  const select = (name: SelectorName): NameSelector => resolveSelector(raw, name, path, reporter);
  checkReference(raw.authenticatorId, context.authenticatorIds, [...path, 'authenticatorId'], {
    reporter,
    expected: 'the id of one of promregator.targetAuthenticators',
  });
  checkReference(raw.foundation, context.foundations, [...path, 'foundation'], {
    reporter,
    expected: 'the name of one of foundations',
  });
  const ownTls = Object.values(raw.tls_config).some((value) => value !== undefined);
  return {
    id: raw.id,
    name: raw.id ?? formatPath(path),
    foundation: raw.foundation,
    organization: select('org'),
    space: select('space'),
    application: select('application'),
    excludeApplication: resolveExclusion(raw, path, reporter),
    labelSelector: resolveLabels(raw, path, reporter),
    paths: resolvePaths(raw, path, reporter),
    protocol: raw.protocol,
    authenticatorId: raw.authenticatorId,
    preferredRouteRegex: resolvePreferredRoutes(raw, path, reporter),
    internalRoutePort: raw.internalRoutePort,
    overrideRouteAndPath: resolveOverride(raw, path, reporter),
    kubernetesAnnotations: raw.kubernetesAnnotations,
    ...resolveIntervals(raw, path, context.intervalBoundsMs, reporter),
    tls: ownTls ? await context.tlsOf(raw.tls_config, [...path, 'tls_config']) : undefined,
  };
}

function checkReference(
  name: string | undefined,
  known: ReadonlySet<string>,
  path: Path,
  { reporter, expected }: { readonly reporter: Reporter; readonly expected: string },
): void {
  if (name === undefined || known.has(name)) return;
  const remedy = known.size === 0 ? 'there are none' : `known: ${[...known].join(', ')}`;
  reporter.error(path, { found: quote(name), expected, remedy });
}

/** In `/discovery?rule=` a number would look like the place of a rule in the list. */
function checkId(id: string | undefined, seen: Set<string>, path: Path, reporter: Reporter): void {
  if (id === undefined || !checkName(id, path, reporter)) return;
  if (/^\d+$/.test(id)) reporter.error(path, { found: quote(id), expected: 'an id that is no number' });
  checkUnique(id, seen, path, reporter);
}

function resolvePaths(raw: RawRule, path: Path, reporter: Reporter): readonly string[] {
  const { paths = [] } = raw;
  if (paths.length === 0) return [checkPath(raw.path ?? DEFAULT_PATH, [...path, 'path'], reporter)];
  if (raw.path !== undefined) {
    const remedy = 'make it one of paths';
    reporter.error([...path, 'path'], { found: 'path beside paths', expected: 'one or the other', remedy });
    checkPath(raw.path, [...path, 'path'], reporter);
  }
  return [...new Set(paths.map((each, index) => checkPath(each, [...path, 'paths', index], reporter)))];
}

/** Goes onto the wire as it stands. */
function checkPath(text: string, path: Path, reporter: Reporter): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const expected = 'a path alone, such as /metrics';
    const remedy = 'the host is that of the route; protocol and internalRoutePort have options of their own';
    reporter.error(path, { found: quote(text), expected, remedy });
  } else if (!/^[!"$-~]+$/.test(text)) {
    const expected = 'a path of printable ASCII characters, without spaces and #';
    const remedy = 'encode others, such as %20 for a space';
    reporter.error(path, { found: quote(text), expected, remedy });
  }
  return text.startsWith('/') ? text : `/${text}`;
}

function resolveExclusion(raw: RawRule, path: Path, reporter: Reporter): CompiledExpression | undefined {
  const source = raw.excludeApplicationRegex;
  if (source === undefined) return undefined;
  return accept(compileNameExpression(source), source, [...path, 'excludeApplicationRegex'], reporter);
}

function resolveLabels(raw: RawRule, path: Path, reporter: Reporter): LabelSelector | undefined {
  if (raw.labelSelector === undefined) return undefined;
  const outcome = parseLabelSelector(raw.labelSelector);
  if (outcome.ok) return outcome.selector;
  const where = outcome.position === undefined ? '' : ` at character ${outcome.position + 1}`;
  reporter.error([...path, 'labelSelector'], {
    found: `${quote(raw.labelSelector)}, which cannot be read: ${outcome.reason}${where}`,
    expected: "a label selector in Cloud Foundry's syntax, such as env=prod,!legacy",
  });
  return undefined;
}

type SelectorName = 'org' | 'space' | 'application';

/** The expression counts before the name. One that does not compile selects nothing; it is an error anyway. */
function resolveSelector(raw: RawRule, what: SelectorName, path: Path, reporter: Reporter): NameSelector {
  const source = raw[`${what}Regex`];
  const name = raw[`${what}Name`];
  if (source === undefined) {
    if (name === '') reportEmpty([...path, `${what}Name`], reporter);
    return name === undefined ? { kind: 'all' } : { kind: 'name', name };
  }
  if (source === '') reportEmpty([...path, `${what}Regex`], reporter);
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

/** The original takes it so, too: what is meant to select everything selects nothing. */
function reportEmpty(path: Path, reporter: Reporter): void {
  const found = 'an empty text, which no name fits, so that the rule selects nothing';
  reporter.warning(path, { found, expected: 'a name', remedy: 'remove the line where all are meant' });
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
    ...(/^\s*[*?+]/.test(source) ? { remedy: 'for any text write .*' } : {}),
  });
  return undefined;
}

/** Used as it stands behind the rule's protocol, so it has to begin with a host. */
function resolveOverride(raw: RawRule, path: Path, reporter: Reporter): string | undefined {
  const text = raw.overrideRouteAndPath;
  if (text === undefined) return undefined;
  const plain = /^[!"$-~]+$/.test(text) && !/^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  if (plain && URL.canParse(`https://${text}`) && !hasUser(text)) return text;
  reporter.error([...path, 'overrideRouteAndPath'], {
    found: quote(maskAddress(text)),
    expected: 'a host and a path without scheme and user, such as gateway.example.org/path',
    remedy: 'the scheme is the protocol of the rule',
  });
  return undefined;
}

function hasUser(text: string): boolean {
  const { username, password } = new URL(`https://${text}`);
  return username !== '' || password !== '';
}
