import { formatPath, type Path, splitName } from '../path.js';
import { type Findings, type ProblemText, problem } from '../report.js';
import { resolvePath, type Shape } from '../shape.js';
import { type Leaf, leaf, type MapNode, mapNode } from '../tree.js';
import { type IgnoredOption, putOnce } from './source.js';

/** What the command line says: options, and which files to read. */
export interface Arguments {
  readonly tree: MapNode;
  /** Values of `--config.file`, in order. */
  readonly configFiles: readonly string[];
  /** Values of `--spring.config.location`, in order. */
  readonly locations: readonly string[];
  readonly ignored: readonly IgnoredOption[];
}

/** Reads `--a.b=c`. Never shows a value: an argument that cannot be read may be a secret. */
export function readArguments(args: readonly string[], shape: Shape, findings: Findings): Arguments {
  const root = mapNode({ kind: 'argument', name: '' });
  const texts = new Map<string, Leaf>();
  const files: Record<FileArgument, string[]> = { 'config.file': [], 'spring.config.location': [] };
  const ignored: IgnoredOption[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const argument = parseArgument(args[at] ?? '');
    if (argument.kind === 'java') ignored.push(...readSwitch(argument.name, findings));
    else if (argument.kind === 'other') findings.problems.push(problem(undefined, [], notUnderstood(at)));
    else if (isFileArgument(argument.name)) {
      const value = argument.value ?? takeNext(args, at);
      if (argument.value === undefined && value !== undefined) at += 1;
      if (value === undefined || value === '') findings.problems.push(noValue(argument.name));
      else files[argument.name].push(value);
    } else readOption(argument, { root, texts, shape, findings });
  }
  return { tree: root, configFiles: files['config.file'], locations: files['spring.config.location'], ignored };
}

type FileArgument = 'config.file' | 'spring.config.location';

function isFileArgument(name: string): name is FileArgument {
  return name === 'config.file' || name === 'spring.config.location';
}

type Argument =
  | { readonly kind: 'option'; readonly name: string; readonly value: string | undefined }
  | { readonly kind: 'java'; readonly name: string }
  | { readonly kind: 'other' };

function parseArgument(text: string): Argument {
  const java = /^-([DX][^=]*)/.exec(text);
  if (java?.[1] !== undefined) return { kind: 'java', name: java[1] };
  const option = /^--([^=]+)(?:=([\s\S]*))?$/.exec(text);
  return option?.[1] === undefined ? { kind: 'other' } : { kind: 'option', name: option[1], value: option[2] };
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

function readOption(argument: Extract<Argument, { kind: 'option' }>, reading: Reading): void {
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
  if (earlier === undefined) putOnce(reading.root, path, node, reading.findings);
  else replaceText(reading.root, path, node);
}

function replaceText(root: MapNode, path: Path, node: Leaf): void {
  let here: MapNode = root;
  for (const segment of path.slice(0, -1)) {
    const next = here.entries.get(String(segment));
    if (next?.kind !== 'map') return;
    here = next;
  }
  here.entries.set(String(path.at(-1)), node);
}

function readSwitch(name: string, findings: Findings): readonly IgnoredOption[] {
  if (name.startsWith('X')) return [{ path: `-${name}`, reason: 'it is a switch of the Java machine' }];
  findings.problems.push(
    problem({ kind: 'argument', name: `-${name}` }, [], {
      found: 'a Java switch',
      expected: 'none, since this version does not read them yet',
      remedy: `write --${name.slice(1)}=value`,
    }),
  );
  return [];
}

function noValue(name: string, path: Path = []): ReturnType<typeof problem> {
  const remedy = `write --${name}=value`;
  return problem({ kind: 'argument', name: `--${name}` }, path, { found: 'no value', expected: 'one', remedy });
}

function notUnderstood(at: number): ProblemText {
  const remedy = 'a configuration file is named by --config.file=FILE';
  return { found: `a word that is no option (argument ${at + 1})`, expected: '--name=value', remedy };
}
