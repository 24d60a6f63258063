import type { Path } from '../path.js';
import { type Findings, problem } from '../report.js';
import { type MapNode, nodeAt } from '../tree.js';
import { BOOT } from './boot-options.js';

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
