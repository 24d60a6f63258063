import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Config } from './config.js';
import { readValues } from './read-values.js';
import { createReporter, type Findings, type Problem, problem, sortProblems } from './report.js';
import { resolveConfig } from './resolve/config.js';
import { readPlatform } from './resolve/platform.js';
import { rootSchema } from './schema/root.js';
import { type ObjectShape, shapeOf } from './shape.js';
import { readArguments } from './sources/argument-source.js';
import { type Environment, readEnvironment } from './sources/environment-source.js';
import { candidateFiles, readConfigFiles } from './sources/files.js';
import type { IgnoredOption } from './sources/source.js';
import { readYaml } from './sources/yaml-source.js';
import { type MapNode, mapNode, overlay } from './tree.js';
import { prepareValues } from './values/prepare-values.js';

export interface ConfigInput {
  /** Without program and command. */
  readonly args: readonly string[];
  readonly env: Environment;
  /** Relative names of files start from here. */
  readonly cwd: string;
  /** Text of a file by absolute path; rejects with an error of code ENOENT when there is none. */
  readonly readFile: (path: string) => Promise<string>;
}

export type ConfigOutcome =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly Problem[];
      /** Options of the original that mean nothing here, for one line at start. */
      readonly ignored: readonly IgnoredOption[];
      /** Names of the files that were read, lowest precedence first. */
      readonly files: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/**
 * Reads files, environment and command line, in rising precedence, and checks all of it at once. Never throws for what
 * somebody wrote: mistakes are problems, each with its place.
 */
export async function loadConfig(input: ConfigInput): Promise<ConfigOutcome> {
  const findings: Findings = { problems: [], warnings: [] };
  const shape = rootShape();
  const args = readArguments(input.args, shape, findings);
  const files = await readConfigFiles({ ...args, ...input }, findings);
  const documents = files.flatMap((file) => readYaml(file.name, file.text, shape, findings));
  const layers = [...documents, readEnvironment(input.env, shape, findings), args.tree];
  const merged = layers.reduce(overlay, emptyRoot());
  // Problems of a file that cannot be read hide what it would have set: more would be noise.
  if (findings.problems.some((each) => each.path === '' && each.origin?.kind === 'file')) return failed(findings);

  const root = await prepareValues({ ...input, root: merged, shape }, findings);
  const reporter = createReporter(root, findings);
  const { values, ignored } = readValues(root, shape, reporter);
  const surroundings = {
    platform: readPlatform(input.env, findings.warnings),
    env: input.env,
    cores: availableParallelism(),
    readFile: (path: string) => input.readFile(resolve(input.cwd, path)),
  };
  const config = await resolveConfig(rootSchema.parse(values), surroundings, reporter);
  if (config === undefined || findings.problems.length > 0) {
    if (files.length === 0) findings.warnings.push(noFile(input.env));
    return failed(findings);
  }
  return {
    ok: true,
    config,
    warnings: sortProblems(findings.warnings),
    ignored: [...args.ignored, ...ignored],
    files: files.map(({ name }) => name),
  };
}

function rootShape(): ObjectShape {
  const shape = shapeOf(rootSchema);
  if (shape.kind !== 'object') throw new TypeError('the schema is an object');
  return shape;
}

function emptyRoot(): MapNode {
  return mapNode({ kind: 'environment', name: 'variables' });
}

function failed(findings: Findings): ConfigOutcome {
  return { ok: false, problems: sortProblems(findings.problems), warnings: sortProblems(findings.warnings) };
}

function noFile(env: Environment): Problem {
  return problem(undefined, [], {
    found: 'no configuration file',
    expected: `one of ${candidateFiles(env).join(', ')}`,
    remedy: 'or name one by --config.file=F',
  });
}
