import { formatPath, type Path, splitName } from '../path.js';
import { type Findings, type ProblemText, problem } from '../report.js';
import { resolvePath, type Shape } from '../shape.js';
import { type Leaf, leaf, type MapNode, mapNode, nodeAt } from '../tree.js';
import { isJavaSwitch } from './java-source.js';
import { putOnce } from './source.js';

/** What the command line says: options, and which files to read. */
export interface Arguments {
  readonly tree: MapNode;
  /** Values of `--config.file`, in order. */
  readonly configFiles: readonly string[];
  /** Those that are meant for Java, such as `-Dname=value`, as they stand there. */
  readonly switches: readonly string[];
}

/** Reads `--a.b=c`. Never shows a value: an argument that cannot be read may be a secret. */
export function readArguments(args: readonly string[], shape: Shape, findings: Findings): Arguments {
  const root = mapNode({ kind: 'argument', name: '' });
  const texts = new Map<string, Leaf>();
  const configFiles: string[] = [];
  const switches: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const text = args[at] ?? '';
    const option = isJavaSwitch(text) ? undefined : parseOption(text);
    if (text === '-jar') {
      findings.problems.push(problem(undefined, [], withJar(at)));
      at += 1;
    } else if (isJavaSwitch(text)) switches.push(text);
    else if (option === undefined) findings.problems.push(problem(undefined, [], notUnderstood(at)));
    else {
      const value = option.value ?? (TAKES_NEXT.includes(option.name) ? takeNext(args, at) : undefined);
      if (option.value === undefined && value !== undefined) at += 1;
      if (option.name !== CONFIG_FILE) readOption({ ...option, value }, { root, texts, shape, findings });
      else if (value === undefined || value === '') findings.problems.push(noValue(option.name));
      else configFiles.push(value);
    }
  }
  return { tree: root, configFiles, switches };
}

const CONFIG_FILE = 'config.file';

/** Prometheus's own programs take these apart by a blank, too. */
const TAKES_NEXT: readonly string[] = [CONFIG_FILE, 'web.config.file'];

interface OptionArgument {
  readonly name: string;
  readonly value: string | undefined;
}

function parseOption(text: string): OptionArgument | undefined {
  // No option has a colon in its name: what stands behind it was meant as the value, and may be a secret.
  const option = /^--([^=:]+)(?:=([\s\S]*))?$/.exec(text);
  return option?.[1] === undefined ? undefined : { name: option[1], value: option[2] };
}

/** `--config.file F`, as Prometheus takes it too. */
function takeNext(args: readonly string[], at: number): string | undefined {
  const next = args[at + 1];
  return next === undefined || next.startsWith('--') ? undefined : next;
}

interface Reading {
  readonly root: MapNode;
  /** Lists of texts by path: said twice, they are longer. */
  readonly texts: Map<string, Leaf>;
  readonly shape: Shape;
  readonly findings: Findings;
}

function readOption(argument: OptionArgument, reading: Reading): void {
  const { path, shape } = resolvePath(reading.shape, splitName(argument.name));
  const value = argument.value ?? (shape?.kind === 'leaf' && shape.type.kind === 'boolean' ? 'true' : undefined);
  if (value === undefined && shape !== undefined) {
    reading.findings.problems.push(noValue(argument.name, path));
    return;
  }
  const origin = { kind: 'argument', name: `--${argument.name}` } as const;
  const several = shape?.kind === 'list' && shape.element.kind === 'leaf';
  const earlier = several ? reading.texts.get(formatPath(path)) : undefined;
  const node = leaf(earlier === undefined ? (value ?? '') : `${earlier.text},${value}`, origin);
  if (several) reading.texts.set(formatPath(path), node);
  if (earlier === undefined) putOnce(reading.root, { path, node, shape: reading.shape }, reading.findings);
  else replaceText(reading.root, path, node);
}

function replaceText(root: MapNode, path: Path, node: Leaf): void {
  const around = nodeAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (around?.kind === 'map' && typeof last === 'string') around.entries.set(last, node);
  if (around?.kind === 'list' && typeof last === 'number') around.items.set(last, node);
}

function noValue(name: string, path: Path = []): ReturnType<typeof problem> {
  const remedy = `write --${name}=value`;
  return problem({ kind: 'argument', name: `--${name}` }, path, { found: 'no value', expected: 'one', remedy });
}

/** What stands in the start scripts of the original. */
function withJar(at: number): ProblemText {
  return { found: `-jar (argument ${at + 1})`, expected: '--name=value', remedy: "leave out -jar and the jar's name" };
}

function notUnderstood(at: number): ProblemText {
  const remedy = 'a configuration file is named by --config.file=FILE';
  return { found: `a word that is no option (argument ${at + 1})`, expected: '--name=value', remedy };
}
