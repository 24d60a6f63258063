import { type Path, relaxName } from '../path.js';
import { type Findings, problem, quote } from '../report.js';
import { type Leaf, type MapNode, nodeAt, overlay, type TreeNode } from '../tree.js';
import { BOOT, splitLeaf, textsAt } from './boot-options.js';
import { parseProfileExpression } from './profile-expression.js';

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

/** What decides whether a document counts. */
export interface Activation {
  /** Undefined while they are being found out: what is for a profile does not count yet. */
  readonly profiles: readonly string[] | undefined;
  /** Name of the platform as Spring writes it, `cloud-foundry`. */
  readonly platform: string | undefined;
}

/** Whether a document's own conditions hold. One that cannot be understood is a problem, and does not. */
export function applies(document: MapNode, activation: Activation, findings: Findings): boolean {
  const platform = textsAt(document, BOOT.onCloudPlatform)?.[0];
  if (platform !== undefined && !holdsPlatform(platform, activation, findings)) return false;
  const conditions = textsAt(document, BOOT.onProfile) ?? [];
  if (conditions.length === 0) return true;
  return conditions.map((condition) => holdsProfile(condition, activation, findings)).includes(true);
}

function holdsProfile(condition: Leaf, activation: Activation, findings: Findings): boolean {
  const test = parseProfileExpression(condition.text);
  if (test !== undefined) return activation.profiles !== undefined && test(new Set(activation.profiles));
  findings.problems.push(
    problem(condition.origin, BOOT.onProfile, {
      found: quote(condition.text),
      expected: 'profiles joined by & or |, with parentheses where both stand',
    }),
  );
  return false;
}

/** In Spring Boot's own words. */
export const PLATFORMS = [
  'none',
  'cloud-foundry',
  'heroku',
  'sap',
  'nomad',
  'kubernetes',
  'azure-app-service',
] as const;

function holdsPlatform(leaf: Leaf, activation: Activation, findings: Findings): boolean {
  const platform = PLATFORMS.find((each) => relaxName(each) === relaxName(leaf.text));
  if (platform !== undefined) return platform === activation.platform;
  const expected = `one of ${PLATFORMS.join(', ')}`;
  findings.problems.push(problem(leaf.origin, BOOT.onCloudPlatform, { found: quote(leaf.text), expected }));
  return false;
}

const PROFILE_OPTIONS: readonly Path[] = [BOOT.activeProfiles, BOOT.includedProfiles, BOOT.defaultProfiles];

/** Names that Spring refuses where they stand in `document`, and those that it does not read there. */
export function checkBootOptions(document: MapNode, scope: 'always' | 'profile', findings: Findings): void {
  const legacy = nodeAt(document, BOOT.profiles);
  if (legacy !== undefined && legacy.kind !== 'map' && !(legacy.kind === 'leaf' && legacy.text === '')) {
    findings.problems.push(
      problem(legacy.keyOrigin, BOOT.profiles, {
        found: 'a name that Spring Boot has given up',
        expected: 'none',
        remedy: 'write spring.config.activate.on-profile',
      }),
    );
  }
  const conditional = scope === 'profile' || nodeAt(document, BOOT.onProfile) !== undefined;
  for (const path of conditional ? PROFILE_OPTIONS : []) {
    const node = nodeAt(document, path);
    if (node === undefined) continue;
    const expected = 'profiles to be chosen where no profile is needed to read it';
    const found = 'profiles chosen within what is for a profile itself';
    findings.problems.push(problem(node.keyOrigin, path, { found, expected }));
  }
  for (const path of [BOOT.location, BOOT.additionalLocation, BOOT.name, BOOT.json, BOOT.onNotFound]) {
    const node = nodeAt(document, path);
    if (node === undefined || (node.kind === 'leaf' && node.text === '')) continue;
    findings.warnings.push(
      problem(node.keyOrigin, path, {
        found: 'an option that is read before any file',
        expected: 'it on the command line or in the environment',
        remedy: 'to add a file from within a file, write spring.config.import',
      }),
    );
  }
}
