import { foldCase } from '../base/fold-case.js';

/** Part of a directory by names, without regard to case: any of each list; an empty list takes everything. */
export interface DirectoryFilter {
  readonly organizations: readonly string[];
  readonly spaces: readonly string[];
  readonly applications: readonly string[];
}

export interface PlaceNames {
  readonly organizationName: string;
  readonly spaceName: string;
  readonly applicationName: string;
}

/** The filter as a test; undefined when it takes everything, so that callers can skip it. */
export function compileFilter(filter: DirectoryFilter | undefined): ((names: PlaceNames) => boolean) | undefined {
  if (filter === undefined) return undefined;
  const organizations = foldedSet(filter.organizations);
  const spaces = foldedSet(filter.spaces);
  const applications = foldedSet(filter.applications);
  if (organizations === undefined && spaces === undefined && applications === undefined) return undefined;
  return (names) =>
    has(organizations, names.organizationName) &&
    has(spaces, names.spaceName) &&
    has(applications, names.applicationName);
}

function foldedSet(names: readonly string[]): ReadonlySet<string> | undefined {
  return names.length === 0 ? undefined : new Set(names.map(foldCase));
}

function has(wanted: ReadonlySet<string> | undefined, name: string): boolean {
  return wanted === undefined || wanted.has(foldCase(name));
}
