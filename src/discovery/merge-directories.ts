import type { Directory, LeftOut, RuleMatch, Target, TargetApplication } from './directory.js';

/**
 * One directory out of those of several foundations, in the order given. All have to be selected by the same rules.
 *
 * Guids tell applications apart the world over, so one that two foundations show means that one API is configured
 * twice: the first foundation has it then, since a key may lead to one instance only.
 */
export function mergeDirectories(directories: readonly Directory[]): Directory {
  const [only] = directories;
  if (only !== undefined && directories.length === 1) return only;
  const owners = new Map<string, string>();
  const targets: Target[] = [];
  const repeated = new Map<TargetApplication, number>();
  for (const directory of directories) {
    for (const target of directory.targets) {
      const { application } = target;
      const owner = owners.get(application.guid);
      if (owner === undefined) owners.set(application.guid, application.foundation);
      if (owner === undefined || owner === application.foundation) targets.push(target);
      else repeated.set(application, (repeated.get(application) ?? 0) + 1);
    }
  }
  return {
    foundations: directories.flatMap(({ foundations }) => foundations),
    targets,
    byKey: new Map(targets.map((target) => [target.key, target])),
    leftOut: [...directories.flatMap(({ leftOut }) => leftOut), ...repeatedApplications(repeated.keys(), owners)],
    ignoredWishes: directories.flatMap(({ ignoredWishes }) => ignoredWishes),
    rules: addRules(directories, repeated),
    warnings: [
      ...directories.flatMap(({ foundations, warnings }) =>
        warnings.map((warning) => `Foundation ${foundations.join(', ')}: ${warning}`),
      ),
      ...repetitionWarnings(repeated.keys(), owners),
    ],
  };
}

function repeatedApplications(
  applications: Iterable<TargetApplication>,
  owners: ReadonlyMap<string, string>,
): readonly LeftOut[] {
  return [...applications].map(({ foundation, guid, name, spaceName, organizationName, rule }) => ({
    foundation,
    appGuid: guid,
    appName: name,
    spaceName,
    organizationName,
    rule,
    reason: 'served_by_earlier_foundation',
    detail: `foundation ${owners.get(guid)} shows the same application`,
  }));
}

/** Counts of each rule over all foundations, without the instances that were left out. */
function addRules(
  directories: readonly Directory[],
  repeated: ReadonlyMap<TargetApplication, number>,
): readonly RuleMatch[] {
  const sums = new Map<string, RuleMatch>();
  for (const each of directories.flatMap(({ rules }) => rules)) {
    const sum = sums.get(each.rule);
    const { rule, foundation } = each;
    sums.set(rule, {
      rule,
      foundation,
      organizations: each.organizations + (sum?.organizations ?? 0),
      spaces: each.spaces + (sum?.spaces ?? 0),
      applications: each.applications + (sum?.applications ?? 0),
      instances: each.instances + (sum?.instances ?? 0),
    });
  }
  for (const [{ rule }, instances] of repeated) {
    const sum = sums.get(rule);
    if (sum !== undefined) sums.set(rule, { ...sum, instances: sum.instances - instances });
  }
  return [...sums.values()];
}

/** One sentence for two foundations, with no number in it, so that it is said once. */
function repetitionWarnings(
  applications: Iterable<TargetApplication>,
  owners: ReadonlyMap<string, string>,
): readonly string[] {
  const sentences = new Set<string>();
  for (const { foundation, guid } of applications) {
    sentences.add(
      `Foundation ${foundation} shows applications that foundation ${owners.get(guid)} shows too: is one API configured twice? Each counts for foundation ${owners.get(guid)} only.`,
    );
  }
  return [...sentences];
}
