import { formatOrigin, type Origin } from '../origin.js';
import { splitName } from '../path.js';
import { type Findings, type ProblemText, problem } from '../report.js';
import { resolvePath, type Shape } from '../shape.js';
import { leaf, type MapNode, mapNode } from '../tree.js';
import type { Environment } from './environment-source.js';
import { type IgnoredOption, putOnce } from './source.js';
import { splitSwitches } from './switch-words.js';

export interface JavaSwitches {
  readonly tree: MapNode;
  readonly ignored: readonly IgnoredOption[];
}

/**
 * In rising precedence, as Java 17 takes them (tried out). JAVA_OPTS is none of Java's: start scripts put it on the
 * command line, behind what the launcher adds by itself.
 */
const BELOW_ARGUMENTS = ['JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS', 'JAVA_OPTS'] as const;

/** The one variable that Java reads behind the command line. */
const ABOVE_ARGUMENTS = '_JAVA_OPTIONS';

/** Whether an argument is one that Java, not the program, would take: `-Dname=value`, `-Xmx1g`, `-javaagent:…`. */
export function isJavaSwitch(argument: string): boolean {
  return /^-(?:[DX]|(?:javaagent|agentlib|agentpath|verbose|ea|da|enableassertions|disableassertions):)|^-(?:server|client|ea|da)$/.test(
    argument,
  );
}

/**
 * The system properties that switches set, as one source: a later place beats an earlier one by name, as in Java, so
 * items of one list may stand in two places. Everything else that switches say is named as ignored.
 */
export function readJavaSwitches(
  argumentSwitches: readonly string[],
  env: Environment,
  shape: Shape,
  findings: Findings,
): JavaSwitches {
  const words = [
    ...BELOW_ARGUMENTS.flatMap((variable) => wordsOf(variable, env, findings)),
    ...argumentSwitches.map((text): Word => ({ text, place: (name) => ({ kind: 'argument', name }) })),
    ...wordsOf(ABOVE_ARGUMENTS, env, findings),
  ];
  const values = new Map<string, { readonly value: string | undefined; readonly origin: Origin }>();
  const ignored = new Map<string, IgnoredOption>();
  for (const { text, place } of words) {
    const colon = /^(-D[^=:]*):/.exec(text)?.[1];
    if (colon !== undefined) {
      findings.warnings.push(problem(place(colon), [], WITH_COLON));
      continue;
    }
    const [, name, value] = /^-D([^=]+)(?:=([\s\S]*))?$/.exec(text) ?? [];
    const said = name === undefined ? (/^[^=]*/.exec(text)?.[0] ?? '') : `-D${name}`;
    const reason = name === undefined ? reasonOf(text) : ownerOf(name);
    const origin = place(said);
    if (reason !== undefined) {
      const path = origin.kind === 'switch' ? formatOrigin(origin) : said;
      ignored.set(path, { path, reason });
    } else if (name !== undefined) {
      values.delete(name);
      values.set(name, { value, origin });
    }
  }
  const tree = mapNode({ kind: 'switch', name: '-D', variable: 'JAVA_OPTS' });
  for (const [name, { value, origin }] of values) {
    const resolved = resolvePath(shape, splitName(name));
    const flag = resolved.shape?.kind === 'leaf' && resolved.shape.type.kind === 'boolean' ? 'true' : undefined;
    if (value === undefined && flag === undefined && resolved.shape !== undefined) {
      findings.problems.push(
        problem(origin, resolved.path, { found: 'no value', expected: 'one', remedy: `write -D${name}=value` }),
      );
    } else putOnce(tree, { path: resolved.path, node: leaf(value ?? flag ?? '', origin), shape }, findings);
  }
  return { tree, ignored: [...ignored.values()] };
}

/** What stands behind the colon was meant as the value, and may be a secret. */
const WITH_COLON: ProblemText = { found: 'a colon in a name', expected: '-Dname=value; it is passed over' };

interface Word {
  readonly text: string;
  readonly place: (name: string) => Origin;
}

function wordsOf(variable: string, env: Environment, findings: Findings): readonly Word[] {
  const words = splitSwitches(env[variable] ?? '');
  if (words !== undefined) {
    return words.map((text) => ({ text, place: (name) => ({ kind: 'switch', name, variable }) }));
  }
  findings.problems.push(
    problem({ kind: 'environment', name: variable }, [], {
      found: 'a quote that is not closed',
      expected: 'each quote closed; Java does not start otherwise',
      remedy: 'put a value that holds a quote in quotes of the other kind',
    }),
  );
  return [];
}

/** Why a word that sets no property is passed over; undefined for the second word of a switch such as `--add-opens x`. */
function reasonOf(word: string): string | undefined {
  if (word.startsWith('@')) return 'files of switches are not read';
  return word.startsWith('-') ? 'it is a switch of the Java machine' : undefined;
}

/** The system properties of Java itself which have a meaning here. */
const READ_HERE =
  /^(?:javax\.net\.ssl\.(?:trustStore|trustStorePassword|trustStoreType|keyStore|keyStorePassword|keyStoreType)|https?\.proxyHost|https?\.proxyPort|http\.nonProxyHosts)$/;

const JAVAS_OWN =
  /^(?:java|javax|jdk|sun|com\.sun|user|os|file|path|line|native|stdout|stderr|stdin|awt|http|https|ftp|socksProxyHost|socksProxyPort|socksNonProxyHosts|networkaddress|jna|io\.netty|reactor|log4j2?|logback|org\.apache|org\.slf4j)(?:\.|$)/;

function ownerOf(name: string): string | undefined {
  return JAVAS_OWN.test(name) && !READ_HERE.test(name) ? 'it is a property of Java or of a library' : undefined;
}
