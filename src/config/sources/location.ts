import { posix } from 'node:path';
import type { Origin } from '../origin.js';
import type { Path } from '../path.js';
import { type Findings, problem, quote } from '../report.js';
import type { Leaf } from '../tree.js';

/** A place where configuration is looked for, as `spring.config.location` and `spring.config.import` name it. */
export type Location = Target & {
  /** Whether it may be missing. */
  readonly optional: boolean;
  /** As it was written, for messages. */
  readonly written: string;
  readonly origin: Origin;
  readonly option: Path;
};

export type Target =
  | { readonly kind: 'file'; readonly name: string; readonly form: TextForm }
  /** Searched for files of the configured names; ends in a slash. */
  | { readonly kind: 'folder'; readonly name: string }
  /** One file per option; ends in a slash. */
  | { readonly kind: 'configtree'; readonly name: string }
  | { readonly kind: 'variable'; readonly name: string; readonly form: TextForm };

export type TextForm = 'yaml' | 'properties';

/** Of several that stand in one place, the later one counts more, as in Spring. */
export const EXTENSIONS = ['.yaml', '.yml', '.properties'] as const;

export function formOf(name: string): TextForm {
  return name.endsWith('.properties') ? 'properties' : 'yaml';
}

/**
 * The places that one text names: groups of equal standing, apart by `;` within a group. Names without `file:` start
 * from `folder`, those with it from the working directory, as in Spring.
 */
export function parseLocation(leaf: Leaf, option: Path, folder: string, findings: Findings): readonly Location[] {
  const parts = leaf.text.split(';').map((part) => part.trim());
  return parts.filter((part) => part !== '').flatMap((part) => parsePart(part, { leaf, option, folder, findings }));
}

interface Context {
  readonly leaf: Leaf;
  readonly option: Path;
  readonly folder: string;
  readonly findings: Findings;
}

function parsePart(written: string, context: Context): readonly Location[] {
  const optional = written.startsWith('optional:');
  const place = optional ? written.slice('optional:'.length) : written;
  const target = parseTarget(place, context.folder);
  const { origin } = context.leaf;
  if (target.kind !== 'unknown') return [{ ...target, optional, written, origin, option: context.option }];
  // Spring reads the jar's own defaults there, which are built in here.
  if (/^classpath\*?:/.test(place)) {
    const found = quote(written);
    const remedy = 'it is passed over; name a file by file:';
    const expected = 'a place outside of the jar, whose defaults are built in';
    if (!optional) context.findings.warnings.push(problem(origin, context.option, { found, expected, remedy }));
    return [];
  }
  const { expected, remedy } = target;
  context.findings.problems.push(problem(origin, context.option, { found: quote(written), expected, remedy }));
  return [];
}

interface UnknownTarget {
  readonly kind: 'unknown';
  readonly expected: string;
  readonly remedy: string;
}

function parseTarget(place: string, folder: string): Target | UnknownTarget {
  const [, scheme, rest = place] = /^([a-zA-Z][\w*+.-]*):(.*)$/s.exec(place) ?? [];
  switch (scheme) {
    case undefined:
      return toFile(rest.startsWith('/') ? rest : `${folder}${rest}`);
    case 'file':
    case 'resource':
      return toFile(rest.replace(/^\/\/(?=\/)/, ''));
    case 'configtree':
      return rest.endsWith('/')
        ? { kind: 'configtree', name: tidy(rest.replace(/^file:/, '')) }
        : { kind: 'unknown', expected: 'a directory', remedy: 'end it in a slash' };
    case 'env':
      return toVariable(rest);
    default:
      return {
        kind: 'unknown',
        expected: 'a place that begins with file:, configtree: or env:, since there is no other here',
        remedy: 'name a file, or put optional: before what may be missing',
      };
  }
}

/** `config/app[.yml]` has no suffix of its own; the one in brackets says how to read it. */
function toFile(path: string): Target | UnknownTarget {
  if (path.endsWith('/')) return { kind: 'folder', name: tidy(path) };
  const [, bare, hint] = /^(.*)\[(\.[a-z]+)\]$/s.exec(path) ?? [];
  const suffix = EXTENSIONS.find((extension) => (hint ?? path).endsWith(extension));
  if (suffix === undefined) {
    const remedy = 'a directory ends in a slash';
    return { kind: 'unknown', expected: `a file that ends in ${EXTENSIONS.join(', ')}`, remedy };
  }
  return { kind: 'file', name: tidy(bare ?? path), form: formOf(suffix) };
}

/** `env:NAME` holds properties, `env:NAME[.yml]` says otherwise. */
function toVariable(text: string): Target {
  const [, name, hint] = /^(.*)\[(\.[a-z]+)\]$/s.exec(text) ?? [];
  return { kind: 'variable', name: name ?? text, form: hint === undefined ? 'properties' : formOf(hint) };
}

/** Without `./` and doubled slashes; a slash at the end stays. */
export function tidy(path: string): string {
  const normal = posix.normalize(path);
  return normal === './' || normal === '.' ? '' : normal;
}
