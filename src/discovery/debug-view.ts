import type { Directory, LeftOut, LeftOutReason, RuleMatch } from './directory.js';
import { compileFilter, type DirectoryFilter } from './directory-filter.js';

/** Why an application is, or is not, a target: plain values, ready for JSON. */
export interface DebugView {
  readonly rules: readonly RuleMatch[];
  /** Instances in the directory, as far as the filter takes them. */
  readonly targets: number;
  /** How many of the applications below there are for each reason; reasons without any are absent. */
  readonly leftOutByReason: Readonly<Partial<Record<LeftOutReason, number>>>;
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

/** The filter narrows applications; rules and warnings are those of the whole directory. */
export function debugView(directory: Directory, filter?: DirectoryFilter): DebugView {
  const takes = compileFilter(filter) ?? (() => true);
  const leftOut = directory.leftOut.filter(({ appName, spaceName, organizationName }) => {
    return takes({ organizationName, spaceName, applicationName: appName });
  });
  const targets = directory.targets.filter(({ application: { organizationName, spaceName, name } }) => {
    return takes({ organizationName, spaceName, applicationName: name });
  });
  return {
    rules: directory.rules,
    targets: targets.length,
    leftOutByReason: countReasons(leftOut),
    leftOut,
    warnings: directory.warnings,
  };
}

function countReasons(leftOut: readonly LeftOut[]): Partial<Record<LeftOutReason, number>> {
  const counts: Partial<Record<LeftOutReason, number>> = {};
  for (const { reason } of leftOut) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
