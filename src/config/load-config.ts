import { availableParallelism } from 'node:os';
import type { Config } from './config.js';
import { withDerivedValues } from './derived-values.js';
import { type EffectiveValue, listEffectiveValues } from './effective-values.js';
import { readValues } from './read-values.js';
import { createReporter, type Findings, type Problem, problem, type Reporter, sortProblems } from './report.js';
import { resolveConfig } from './resolve/config.js';
import { readPlatform } from './resolve/platform.js';
import { rootShape } from './root-shape.js';
import { rootSchema } from './schema/root.js';
import { withoutBootOptions } from './sources/boot-options.js';
import type { Environment } from './sources/environment-source.js';
import { createFileAccess, type FileAccess, type FileInput, type WatchedFiles } from './sources/file-access.js';
import { readSources, type Sources } from './sources/read-sources.js';
import type { IgnoredOption } from './sources/source.js';
import { prepareValues } from './values/prepare-values.js';
import { isAboutAbsence } from './values/resolve-text.js';

export interface ConfigInput extends FileInput {
  /** Without program and command. */
  readonly args: readonly string[];
  readonly env: Environment;
}

export type ConfigOutcome = (
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly Problem[];
      /** Options of the original that mean nothing here, for one line at start. */
      readonly ignored: readonly IgnoredOption[];
      /** Names of the files that were read, lowest precedence first. */
      readonly files: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }
) & {
  /** Files that a poller has to look at, also when they were not there, or not understood. */
  readonly watched: WatchedFiles;
  /** Every option with the value in force, as far as it got; secrets are masked. */
  readonly effective: readonly EffectiveValue[];
};

/**
 * Reads files, environment and command line, in rising precedence, and checks all of it at once. Never throws for what
 * somebody wrote: mistakes are problems, each with its place.
 */
export async function loadConfig(input: ConfigInput): Promise<ConfigOutcome> {
  const files = createFileAccess(input);
  const findings: Findings = { problems: [], warnings: [] };
  const outcome = await loadFrom({ ...input, files }, findings);
  return { ...outcome, warnings: sortProblems(findings.warnings), watched: files.watched() };
}

interface LoadInput extends ConfigInput {
  readonly files: FileAccess;
}

/** All but what is the same for both. */
type Loaded =
  | Omit<Extract<ConfigOutcome, { ok: true }>, 'watched' | 'warnings'>
  | Omit<Extract<ConfigOutcome, { ok: false }>, 'watched' | 'warnings'>;

async function loadFrom(input: LoadInput, findings: Findings): Promise<Loaded> {
  const shape = rootShape();
  const { files } = input;
  const sources = await readSources({ ...input, shape }, findings);
  // A source that cannot be read hides what it would have set: that something is missing would be noise then.
  const whole = !findings.problems.some(isAboutSource);

  const readFile = (path: string): Promise<string> => files.readMaterial(path);
  const prepared = await prepareValues({ ...input, readFile, root: sources.root, shape }, findings);
  if (!whole) dropWhere(findings.problems, isAboutAbsence);
  const root = withoutBootOptions(prepared);
  const effective = listEffectiveValues(shape, root);
  const reporter = whole ? createReporter(root, findings) : withoutMissing(createReporter(root, findings));
  const { values, ignored } = readValues(root, shape, reporter);
  const surroundings = {
    platform: readPlatform(input.env, findings.warnings),
    env: input.env,
    findings,
    cores: availableParallelism(),
    readBytes: (name: string): Promise<Uint8Array> => files.readMaterialBytes(name),
    listFolder: async (folder: string): Promise<readonly string[]> =>
      (await files.listFolder(folder)).map(({ name }) => name),
  };
  const config = await resolveConfig(rootSchema.parse(values), surroundings, reporter);
  if (config === undefined || findings.problems.length > 0) {
    if (whole && sources.names.length === 0) findings.warnings.push(noFile(sources));
    return failed(findings, effective);
  }
  return {
    ok: true,
    config,
    ignored: [...sources.ignored, ...ignored],
    files: sources.names,
    effective: withDerivedValues(effective, config, input.env),
  };
}

function failed(findings: Findings, effective: readonly EffectiveValue[] = []): Loaded {
  return { ok: false, problems: sortProblems(findings.problems), effective };
}

function withoutMissing(reporter: Reporter): Reporter {
  return { ...reporter, missing: () => {} };
}

function dropWhere(problems: Problem[], isUnwanted: (problem: Problem) => boolean): void {
  problems.splice(0, problems.length, ...problems.filter((each) => !isUnwanted(each)));
}

function isAboutSource({ path, origin }: Problem): boolean {
  if (/^spring\.(?:config|profiles|application\.json)/.test(path)) return true;
  // Of arguments, one that is not understood sets nothing else.
  return path === '' && origin !== undefined && (origin.kind !== 'argument' || origin.line !== undefined);
}

function noFile({ searched }: Sources): Problem {
  return problem(undefined, [], {
    found: 'no configuration file',
    expected: searched,
    remedy: 'or name one by --config.file=F',
  });
}
