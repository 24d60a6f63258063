import { type Findings, problem, quote } from '../report.js';
import { type Leaf, type MapNode, nodeAt, overlay, type TreeNode } from '../tree.js';
import { BOOT, splitLeaf, textsAt } from './boot-options.js';

/** Spring's rule for names of profiles; they become parts of names of files. */
const PROFILE_NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}_.+@-]*[\p{L}\p{N}])?$/u;

/**
 * The profiles in force, in rising precedence. `spring.profiles.active` of the highest source that has it counts alone;
 * those to include are added from all sources, below them.
 *
 * @param sources in rising precedence
 * @param expand replaces placeholders
 */
export function activeProfiles(
  sources: readonly MapNode[],
  expand: (leaf: Leaf) => Leaf,
  findings: Findings,
): readonly string[] {
  const [first, ...others] = sources;
  if (first === undefined) return [DEFAULT_PROFILE];
  const root = others.reduce(overlay, first);
  const included = sources.flatMap((source) => textsAt(source, BOOT.includedProfiles) ?? []);
  const active = textsAt(root, BOOT.activeProfiles) ?? [];
  const named = [...included, ...active];
  const chosen = (named.length > 0 ? named : (textsAt(root, BOOT.defaultProfiles) ?? [])).flatMap((leaf) =>
    splitLeaf(expand(leaf)),
  );
  const wrong = chosen.filter(({ text }) => !PROFILE_NAME.test(text));
  for (const { origin, text } of wrong) {
    findings.problems.push(
      problem(origin, BOOT.activeProfiles, { found: quote(text), expected: 'a name of letters, digits, - and _' }),
    );
  }
  const names = chosen.filter((leaf) => !wrong.includes(leaf)).map(({ text }) => text);
  const expanded = expandGroups(names.length > 0 ? names : [DEFAULT_PROFILE], nodeAt(root, BOOT.profileGroups));
  return [...new Set(expanded)];
}

const DEFAULT_PROFILE = 'default';

/** A profile that `spring.profiles.group.<name>` lists others for brings them along, behind itself. */
function expandGroups(names: readonly string[], groups: TreeNode | undefined, seen: readonly string[] = []): string[] {
  return names.flatMap((name) => {
    if (seen.includes(name) || groups?.kind !== 'map') return [name];
    const members = textsAt(groups, [name])?.map(({ text }) => text) ?? [];
    return [name, ...expandGroups(members, groups, [...seen, name])];
  });
}
