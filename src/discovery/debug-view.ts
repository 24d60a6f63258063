import type {
  AppUnderRule,
  Directory,
  IgnoredWish,
  LeftOut,
  LeftOutReason,
  RuleMatch,
  Target,
  TargetApplication,
} from './directory.js';
import { compileFilter, type DirectoryFilter } from './directory-filter.js';

/** Why an application is, or is not, a target: plain values, ready for JSON. */
export interface DebugView {
  readonly foundations: readonly string[];
  readonly rules: readonly RuleMatch[];
  /** Instances in the directory, as far as the filter takes them. */
  readonly targets: number;
  /** The applications that they belong to, one entry for each address that a rule gives them. */
  readonly selected: readonly SelectedApplication[];
  /** How many of the applications below there are for each reason; reasons without any are absent. */
  readonly leftOutByReason: Readonly<Partial<Record<LeftOutReason, number>>>;
  readonly leftOut: readonly LeftOut[];
  /** What applications ask for by their annotations and do not get. */
  readonly ignoredWishes: readonly IgnoredWish[];
  readonly warnings: readonly string[];
}

export interface SelectedApplication extends AppUnderRule {
  readonly instances: number;
  /** Where the first of them is scraped. */
  readonly url: string;
  /** The route in use, without scheme, as Cloud Foundry shows it. */
  readonly route: string;
}

/** The filter narrows applications; rules and warnings are those of the whole directory. */
export function debugView(directory: Directory, filter?: DirectoryFilter): DebugView {
  const takes = compileFilter(filter) ?? (() => true);
  const concerns = (each: AppUnderRule): boolean => takes({ ...each, applicationName: each.appName });
  const leftOut = directory.leftOut.filter(concerns);
  const targets = directory.targets.filter(({ application }) => {
    return takes({ ...application, applicationName: application.name });
  });
  return {
    foundations: directory.foundations,
    rules: directory.rules,
    targets: targets.length,
    selected: selectedApplications(targets),
    leftOutByReason: countReasons(leftOut),
    leftOut,
    ignoredWishes: directory.ignoredWishes.filter(concerns),
    warnings: directory.warnings,
  };
}

function countReasons(leftOut: readonly LeftOut[]): Partial<Record<LeftOutReason, number>> {
  const counts: Partial<Record<LeftOutReason, number>> = {};
  for (const { reason } of leftOut) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function selectedApplications(targets: readonly Target[]): SelectedApplication[] {
  const byApplication = new Map<TargetApplication, Target[]>();
  for (const target of targets) {
    const known = byApplication.get(target.application);
    if (known === undefined) byApplication.set(target.application, [target]);
    else known.push(target);
  }
  return [...byApplication].map(([application, instances]) => ({
    foundation: application.foundation,
    organizationName: application.organizationName,
    spaceName: application.spaceName,
    appName: application.name,
    appGuid: application.guid,
    rule: application.rule,
    instances: instances.length,
    url: `${instances[0]?.origin}${instances[0]?.path}`,
    route: application.route,
  }));
}
