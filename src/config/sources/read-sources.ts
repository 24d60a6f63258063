import type { Path } from '../path.js';
import { type Findings, problem, quote } from '../report.js';
import type { ObjectShape } from '../shape.js';
import { type Leaf, type MapNode, mapNode, nodeAt, overlay } from '../tree.js';
import { createLookup } from '../values/lookup.js';
import { describeFault, TextResolver } from '../values/resolve-text.js';
import { readVcap } from '../values/vcap.js';
import { detectPlatform } from './activation.js';
import { type Arguments, readArguments } from './argument-source.js';
import { BOOT, textAt, textsAt, withBootOptions } from './boot-options.js';
import { createDocumentReader } from './document-reader.js';
import { type Environment, readEnvironment } from './environment-source.js';
import type { FileAccess } from './file-access.js';
import { isMissing } from './file-errors.js';
import { CONFIG_FILE, type Expand, type LoaderOptions, loadFiles } from './file-loader.js';
import { readJavaSwitches } from './java-source.js';
import { readJson } from './json-source.js';
import { EXTENSIONS, formOf, type Location, parseLocation, tidy } from './location.js';
import { activeProfiles } from './profiles.js';
import type { IgnoredOption } from './source.js';

export interface SourcesInput {
  /** Without program and command. */
  readonly args: readonly string[];
  readonly env: Environment;
  readonly files: FileAccess;
  /** Of the schema. */
  readonly shape: ObjectShape;
}

export interface Sources {
  /** All sources, laid over each other; the options that chose them are still there. */
  readonly root: MapNode;
  readonly ignored: readonly IgnoredOption[];
  /** Names of the files that were read, lowest precedence first. */
  readonly names: readonly string[];
  /** Where files are looked for when nobody names one. */
  readonly searched: string;
}

/**
 * Everything that says values, in Spring Boot's order of precedence, rising: files, files for a profile, environment,
 * Java's switches, SPRING_APPLICATION_JSON, command line.
 */
export async function readSources(input: SourcesInput, findings: Findings): Promise<Sources> {
  const shape = withBootOptions(input.shape);
  const args = readArguments(input.args, shape, findings);
  const java = readJavaSwitches(args.switches, input.env, shape, findings);
  const env = readEnvironment(input.env, shape, findings);
  const json = textAt(merge([env, java.tree, args.tree]), BOOT.json);
  const jsonTrees = json === undefined ? [] : [readJson(json, shape, findings)];
  const above = [env, java.tree, ...jsonTrees, args.tree];
  const root = merge(above);
  checkActivation(root, findings);

  const expand = createExpander(root, input, shape);
  const readDocuments = createDocumentReader(shape);
  const options: LoaderOptions = { ...input, shape, readDocuments, expand, ...readHabits(root, input.env, findings) };
  const places = findPlaces({ root, args, env: input.env, expand }, findings);
  const platform = detectPlatform(root, input.env);
  // What has to be said is said at the second reading, which reads everything that the first did.
  const first = await loadFiles(places, { profiles: undefined, platform }, options, { problems: [], warnings: [] });
  const context = { option: BOOT.activeProfiles, known: merge(first.layers), findings };
  const expandName = (leaf: Leaf): Leaf => expand(leaf, context) ?? { ...leaf, text: '' };
  const profiles = activeProfiles([...first.layers, ...above], expandName, findings);
  const { layers, names } = await loadFiles(places, { profiles, platform }, options, findings);
  await checkConfigDirectory({ root, args, env: input.env, names, files: input.files }, findings);
  const searched = `${options.configNames.join(' or ')} with ${EXTENSIONS.join(', ')} in ${searchFolders(input.env).join(', ')}`;
  return { root: merge([...layers, ...above]), ignored: java.ignored, names, searched };
}

function merge(layers: readonly MapNode[]): MapNode {
  return layers.reduce(overlay, mapNode({ kind: 'environment', name: 'variables' }));
}

/** A document's conditions mean nothing where there are no documents. */
function checkActivation(root: MapNode, findings: Findings): void {
  const node = nodeAt(root, BOOT.activate);
  if (node === undefined) return;
  const expected = 'it in a document of a file';
  findings.warnings.push(problem(node.keyOrigin, BOOT.activate, { found: 'a condition', expected }));
}

function readHabits(
  root: MapNode,
  env: Environment,
  findings: Findings,
): Pick<LoaderOptions, 'configNames' | 'onNotFound'> {
  const names = textsAt(root, BOOT.name)?.map(({ text }) => text) ?? [];
  const onNotFound = textAt(root, BOOT.onNotFound);
  if (onNotFound !== undefined && !/^(?:ignore|fail)$/i.test(onNotFound.text)) {
    const text = { found: quote(onNotFound.text), expected: 'fail or ignore' };
    findings.problems.push(problem(onNotFound.origin, BOOT.onNotFound, text));
  }
  // The container image of the original sets this name; elsewhere it is Spring's (facts, promregator 4).
  const usual = configDirectory(env) === undefined ? ['application', 'promregator'] : ['promregator'];
  return {
    configNames: names.length > 0 ? names : usual,
    onNotFound: onNotFound?.text.toLowerCase() === 'ignore' ? 'ignore' : 'fail',
  };
}

interface PlaceOptions {
  readonly root: MapNode;
  readonly args: Arguments;
  readonly env: Environment;
  readonly expand: Expand;
}

/** Groups of places in rising precedence: those named or searched, those added to them, those imported. */
function findPlaces({ root, args, env, expand }: PlaceOptions, findings: Findings): readonly (readonly Location[])[] {
  const read = (option: Path): readonly (readonly Location[])[] | undefined =>
    textsAt(root, option)
      ?.flatMap((leaf) => expand(leaf, { option, known: merge([]), findings }) ?? [])
      .map((leaf) => parseLocation(leaf, option, '', findings));
  const imported = read(BOOT.import) ?? [];
  const [file] = args.configFiles.slice(-1);
  if (file === undefined) {
    const named = read(BOOT.location) ?? [];
    return [...(named.length > 0 ? named : [searchPlaces(env)]), ...(read(BOOT.additionalLocation) ?? []), ...imported];
  }
  for (const option of [BOOT.location, BOOT.additionalLocation]) {
    const node = nodeAt(root, option);
    if (node === undefined) continue;
    const found = `places beside --${CONFIG_FILE}`;
    const expected = 'one of the two';
    const remedy = `--${CONFIG_FILE} counts alone`;
    findings.warnings.push(problem(node.keyOrigin, option, { found, expected, remedy }));
  }
  const origin = { kind: 'argument', name: `--${CONFIG_FILE}` } as const;
  const location = { kind: 'file', name: tidy(file), form: formOf(file) } as const;
  return [[{ ...location, optional: false, written: file, origin, option: CONFIG_FILE.split('.') }], ...imported];
}

/** One group, as in Spring: files for a profile beat the others wherever they stand. */
function searchPlaces(env: Environment): readonly Location[] {
  const origin = { kind: 'environment', name: 'PROMREGATOR_CONFIG_DIR' } as const;
  return [...searchFolders(env), 'config/*/'].map((name) => ({
    kind: 'folder',
    name: tidy(name),
    optional: true,
    written: name,
    origin,
    option: BOOT.location,
  }));
}

/** The original's start script puts the files of that directory into the working directory, in place of what is there. */
function searchFolders(env: Environment): readonly string[] {
  const directory = configDirectory(env);
  return ['./', ...(directory === undefined ? [] : [directory]), './config/'];
}

function configDirectory(env: Environment): string | undefined {
  const directory = env['PROMREGATOR_CONFIG_DIR'];
  return directory === undefined || directory === '' ? undefined : `${directory.replace(/\/+$/, '')}/`;
}

interface SearchOutcome extends Omit<PlaceOptions, 'expand'> {
  readonly files: FileAccess;
  readonly names: readonly string[];
}

/** A directory that was named for its configuration and gives none: most likely a mount that is not there. */
async function checkConfigDirectory(outcome: SearchOutcome, findings: Findings): Promise<void> {
  const { root, args, env, names, files } = outcome;
  const directory = configDirectory(env);
  const searched = args.configFiles.length === 0 && textAt(root, BOOT.location) === undefined;
  if (directory === undefined || !searched) return;
  const tidied = tidy(directory);
  if (names.some((name) => name.startsWith(tidied))) return;
  const origin = { kind: 'environment', name: 'PROMREGATOR_CONFIG_DIR' } as const;
  const there = await files.listFolder(directory).then(
    () => true,
    (error: unknown) => !isMissing(error),
  );
  const found = there ? 'a directory without a configuration file' : 'a directory that is not there';
  const expected = `${EXTENSIONS.map((extension) => `promregator${extension}`).join(', ')} in ${quote(directory)}`;
  findings.warnings.push(problem(origin, [], { found, expected }));
}

/** Placeholders in names of places and profiles, from what is known when they are read. */
function createExpander(root: MapNode, input: SourcesInput, shape: ObjectShape): Expand {
  const vcap = readVcap(input.env, []);
  return (leaf, { option, known, findings }) => {
    if (!leaf.text.includes('${')) return leaf;
    const lookup = createLookup({ root: overlay(known, root), shape, env: input.env, vcap });
    const resolved = new TextResolver({ lookup, decrypt: undefined }).resolve({
      text: leaf.text,
      origin: leaf.origin,
      secret: false,
      verbatim: false,
    });
    if (resolved.ok) return { ...leaf, text: resolved.text };
    findings.problems.push(problem(leaf.origin, option, describeFault(resolved, 'open')));
    return undefined;
  };
}
