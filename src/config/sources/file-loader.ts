import { posix } from 'node:path';
import { errorCode } from '../../base/errors.js';
import { formatOrigin, type Origin } from '../origin.js';
import { formatPath, type Path } from '../path.js';
import { type Findings, type ProblemText, problem } from '../report.js';
import type { Shape } from '../shape.js';
import { type Leaf, type MapNode, mapNode, overlay } from '../tree.js';
import { type Activation, applies } from './activation.js';
import { BOOT, textsAt } from './boot-options.js';
import { readConfigTree } from './config-tree.js';
import type { ReadDocuments } from './document-reader.js';
import type { Environment } from './environment-source.js';
import type { FileAccess } from './file-access.js';
import { describeFileError, isMissing } from './file-errors.js';
import { EXTENSIONS, formOf, type Location, parseLocation, type TextForm } from './location.js';
import { checkBootOptions } from './misplaced-options.js';

export interface LoaderOptions {
  readonly files: FileAccess;
  readonly readDocuments: ReadDocuments;
  readonly shape: Shape;
  readonly env: Environment;
  /** Names without suffix that folders are searched for, in rising precedence. */
  readonly configNames: readonly string[];
  /** What to do about a named file that is not there. */
  readonly onNotFound: 'fail' | 'ignore';
  readonly expand: Expand;
}

/** Replaces the placeholders in a name of a place or a profile; undefined when that cannot be done, which is a problem. */
export type Expand = (leaf: Leaf, context: ExpandContext) => Leaf | undefined;

export interface ExpandContext {
  /** Where the name stands. */
  readonly option: Path;
  /** What files have said so far. */
  readonly known: MapNode;
  readonly findings: Findings;
}

export interface LoadedFiles {
  /** One tree for each document that counts, in rising precedence. */
  readonly layers: readonly MapNode[];
  /** What was read, lowest precedence first. */
  readonly names: readonly string[];
}

/** Imports that lead to imports. */
const MOST_SOURCES = 200;

/**
 * Reads places and all that they import, in Spring Boot's order: within a document's place its imports beat it, files
 * for a profile beat those of their own place that are for none, and a later place beats an earlier one.
 *
 * @param places groups of equal standing, in rising precedence
 */
export async function loadFiles(
  places: readonly (readonly Location[])[],
  activation: Activation,
  options: LoaderOptions,
  findings: Findings,
): Promise<LoadedFiles> {
  const loader = new FileLoader(activation, options, findings);
  const layers: MapNode[] = [];
  for (const group of places) {
    layers.push(...(await loader.readPlain(group, [])), ...(await loader.readForProfiles(group, [])));
  }
  return { layers, names: [...loader.names] };
}

/** A text to be read. */
interface Source {
  readonly name: string;
  readonly form: TextForm;
  readonly scope: 'always' | 'profile';
  /** Names of what led to it, itself not included. */
  readonly chain: readonly string[];
}

class FileLoader {
  readonly names = new Set<string>();
  readonly #activation: Activation;
  readonly #options: LoaderOptions;
  readonly #findings: Findings;
  /** What documents have said so far, for placeholders. */
  #known: MapNode = mapNode({ kind: 'file', file: '' });
  #count = 0;

  constructor(activation: Activation, options: LoaderOptions, findings: Findings) {
    this.#activation = activation;
    this.#options = options;
    this.#findings = findings;
  }

  async readPlain(group: readonly Location[], chain: readonly string[]): Promise<readonly MapNode[]> {
    const layers: MapNode[] = [];
    for (const location of group) layers.push(...(await this.#readLocation(location, chain)));
    return layers;
  }

  /** Of one group, a later profile beats an earlier one wherever its files stand. */
  async readForProfiles(group: readonly Location[], chain: readonly string[]): Promise<readonly MapNode[]> {
    const layers: MapNode[] = [];
    for (const profile of this.#activation.profiles ?? []) {
      for (const location of group) layers.push(...(await this.#readVariants(location, profile, chain)));
    }
    return layers;
  }

  async #readLocation(location: Location, chain: readonly string[]): Promise<readonly MapNode[]> {
    switch (location.kind) {
      case 'file': {
        const layers = await this.#readText({ ...location, scope: 'always', chain });
        if (layers === undefined) this.#missing(location, 'no such file');
        return layers ?? [];
      }
      case 'folder':
        return this.#readFolder(location, chain);
      case 'configtree':
        return this.#readConfigTrees(location);
      case 'variable':
        return this.#readVariable(location, chain);
    }
  }

  async #readVariants(location: Location, profile: string, chain: readonly string[]): Promise<readonly MapNode[]> {
    if (location.kind === 'file') {
      const suffix = posix.extname(location.name);
      const name = `${location.name.slice(0, location.name.length - suffix.length)}-${profile}${suffix}`;
      return (await this.#readText({ name, form: location.form, scope: 'profile', chain })) ?? [];
    }
    if (location.kind !== 'folder') return [];
    const names = this.#options.configNames.map((name) => `${name}-${profile}`);
    return this.#search(await this.#foldersOf(location), names, 'profile', chain);
  }

  async #readFolder(location: Location, chain: readonly string[]): Promise<readonly MapNode[]> {
    const before = this.#count;
    const folders = await this.#foldersOf(location);
    const layers = await this.#search(folders, this.#options.configNames, 'always', chain);
    if (this.#count === before && !location.optional && !location.name.includes('*'))
      await this.#listed(location, location.name);
    return layers;
  }

  async #search(
    folders: readonly string[],
    names: readonly string[],
    scope: Source['scope'],
    chain: readonly string[],
  ): Promise<readonly MapNode[]> {
    const layers: MapNode[] = [];
    for (const folder of folders) {
      for (const name of names.flatMap((each) => EXTENSIONS.map((extension) => `${folder}${each}${extension}`))) {
        layers.push(...((await this.#readText({ name, form: formOf(name), scope, chain })) ?? []));
      }
    }
    return layers;
  }

  // `config/*/` is each folder in `config/`, in the order of their names.
  async #foldersOf(location: Location): Promise<readonly string[]> {
    if (!location.name.endsWith('/*/')) return [location.name];
    const parent = location.name.slice(0, -2);
    const entries = await this.#listed(location, parent);
    const folders = entries.filter(({ kind, name }) => kind === 'folder' && !name.startsWith('..'));
    return folders.map(({ name }) => `${parent}${name}/`).toSorted();
  }

  async #listed(location: Location, folder: string): Promise<Awaited<ReturnType<FileAccess['listFolder']>>> {
    try {
      return await this.#options.files.listFolder(folder);
    } catch (error) {
      if (isMissing(error)) this.#missing(location, 'no such directory');
      else this.#unreadable(folder, { found: describeFileError(error), expected: 'a readable directory' });
      return [];
    }
  }

  async #readConfigTrees(location: Location): Promise<readonly MapNode[]> {
    const { files, shape } = this.#options;
    const trees: MapNode[] = [];
    for (const folder of await this.#foldersOf(location)) {
      if (!this.#countIn(location.name)) break;
      try {
        trees.push(await readConfigTree(folder, files, shape, this.#findings));
        this.names.add(`configtree:${folder}`);
      } catch (error) {
        if (isMissing(error)) this.#missing(location, 'no such directory');
        else this.#unreadable(folder, { found: describeFileError(error), expected: 'a readable directory' });
      }
    }
    return trees;
  }

  async #readVariable(
    location: Location & { kind: 'variable' },
    chain: readonly string[],
  ): Promise<readonly MapNode[]> {
    const { name, form } = location;
    const text = Object.hasOwn(this.#options.env, name) ? this.#options.env[name] : undefined;
    const source = { name: `env:${name}`, form, scope: 'always', chain } as const;
    if (text === undefined) this.#missing(location, `no variable ${name} in the environment`);
    else if (!chain.includes(source.name)) return this.#readDocuments(source, { kind: 'environment', name }, text);
    return [];
  }

  /** Undefined when there is no such file. What leads back to itself ends there, as in Spring. */
  async #readText(source: Source): Promise<readonly MapNode[] | undefined> {
    const { name } = source;
    if (source.chain.includes(name)) return [];
    try {
      const content = await this.#options.files.readConfiguration(name);
      return await this.#readDocuments(source, { kind: 'file', file: name }, content);
    } catch (error) {
      if (isMissing(error)) return undefined;
      const remedy = errorCode(error) === 'EISDIR' ? { remedy: DIRECTORY_REMEDY } : {};
      this.#unreadable(name, { found: describeFileError(error), expected: READABLE_FILE, ...remedy });
      return [];
    }
  }

  async #readDocuments(source: Source, origin: Origin, content: Uint8Array | string): Promise<readonly MapNode[]> {
    if (!this.#countIn(source.name)) return [];
    this.names.add(source.name);
    const layers: MapNode[] = [];
    for (const document of this.#options.readDocuments({ origin, form: source.form, content }, this.#findings)) {
      checkBootOptions(document, source.scope, this.#findings);
      if (!applies(document, this.#activation, this.#findings)) continue;
      this.#known = overlay(this.#known, document);
      layers.push(document, ...(await this.#readImports(document, source)));
    }
    return layers;
  }

  async #readImports(document: MapNode, source: Source): Promise<readonly MapNode[]> {
    const slash = source.name.startsWith('env:') ? -1 : source.name.lastIndexOf('/');
    const folder = source.name.slice(0, slash + 1);
    const texts = (textsAt(document, BOOT.import) ?? []).flatMap(
      (leaf) => this.#options.expand(leaf, { option: BOOT.import, known: this.#known, findings: this.#findings }) ?? [],
    );
    const groups = texts.map((leaf) => parseLocation(leaf, BOOT.import, folder, this.#findings));
    const chain = [...source.chain, source.name];
    const layers: MapNode[] = [];
    for (const group of groups) layers.push(...(await this.readPlain(group, chain)));
    for (const group of groups) layers.push(...(await this.readForProfiles(group, chain)));
    return layers;
  }

  #countIn(name: string): boolean {
    this.#count += 1;
    if (this.#count === MOST_SOURCES + 1) {
      const found = `more than ${MOST_SOURCES} files, those that files import counted`;
      this.#unreadable(name, { found, expected: 'fewer' });
    }
    return this.#count <= MOST_SOURCES;
  }

  #missing(location: Location, found: string): void {
    if (location.optional || this.#options.onNotFound === 'ignore') return;
    const { name, option, origin } = location;
    const place = location.kind === 'variable' ? { ...origin } : ({ kind: 'file', file: name } as const);
    const expected = location.kind === 'variable' ? 'one that holds options, since it was named' : READABLE_FILE;
    const said = formatPath(option) === CONFIG_FILE;
    const remedy = `correct ${formatPath(option)} (${formatOrigin(origin)}), or put optional: before what may be missing`;
    const path = location.kind === 'variable' ? option : [];
    this.#findings.problems.push(problem(place, path, { found, expected, ...(said ? {} : { remedy }) }));
  }

  #unreadable(name: string, text: ProblemText): void {
    this.#findings.problems.push(problem({ kind: 'file', file: name }, [], text));
  }
}

/** The one way to name a file that cannot be optional. */
export const CONFIG_FILE = 'config.file';

const READABLE_FILE = 'a readable configuration file, since it was named or stands where we look';

const DIRECTORY_REMEDY = `name the file in it; a location, unlike --${CONFIG_FILE}, may be a directory that ends in /`;
