import { foldCase } from '../base/fold-case.js';

/** Part of a directory by names: any of each list; an empty list takes everything. */
export interface DirectoryFilter {
  readonly foundations: readonly string[];
  /** Rules by name, as targets carry it. */
  readonly rules: readonly string[];
  /** These three without regard to case. */
  readonly organizations: readonly string[];
  readonly spaces: readonly string[];
  readonly applications: readonly string[];
}

export interface PlaceNames {
  readonly foundation: string;
  readonly rule: string;
  readonly organizationName: string;
  readonly spaceName: string;
  readonly applicationName: string;
}

/** The filter as a test; undefined when it takes everything, so that callers can skip it. */
export function compileFilter(filter: DirectoryFilter | undefined): ((names: PlaceNames) => boolean) | undefined {
  if (filter === undefined) return undefined;
  const foundations = exactSet(filter.foundations);
  const rules = exactSet(filter.rules);
  const organizations = foldedSet(filter.organizations);
  const spaces = foldedSet(filter.spaces);
  const applications = foldedSet(filter.applications);
  if ([foundations, rules, organizations, spaces, applications].every((each) => each === undefined)) return undefined;
  return (names) =>
    (foundations?.has(names.foundation) ?? true) &&
    (rules?.has(names.rule) ?? true) &&
    has(organizations, names.organizationName) &&
    has(spaces, names.spaceName) &&
    has(applications, names.applicationName);
}

function exactSet(names: readonly string[]): ReadonlySet<string> | undefined {
  return names.length === 0 ? undefined : new Set(names);
}

function foldedSet(names: readonly string[]): ReadonlySet<string> | undefined {
  return names.length === 0 ? undefined : new Set(names.map(foldCase));
}

function has(wanted: ReadonlySet<string> | undefined, name: string): boolean {
  return wanted === undefined || wanted.has(foldCase(name));
}
