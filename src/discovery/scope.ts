import type { Plan } from '../foundation/inventory.js';
import type { Scope } from '../foundation/plan.js';
import type { Organization, Space } from '../foundation/resources.js';
import { groupBy, indexByName, type NameIndex, remembering } from './name-selector.js';
import type { Rule } from './rules.js';

/** The part of a rule that picks spaces. */
export type ScopeRule = Pick<Rule, 'organization' | 'space'>;

/** What a rule picks before it comes to applications. */
export interface RuleScope {
  readonly organizations: readonly Organization[];
  readonly spaces: readonly Space[];
}

/** Organizations and spaces as an inventory holds them, by guid. */
export interface Places {
  readonly organizations: ReadonlyMap<string, Organization>;
  readonly spaces: ReadonlyMap<string, Space>;
}

export interface PlanOptions extends Places {
  readonly rules: readonly ScopeRule[];
  /** Elements that the client asks for per page. */
  readonly pageSize: number;
}

/** Space guids in one request: about 39 bytes each, under the 8 KiB of a request line (facts/cloud-foundry.md 3.1). */
const SPACES_PER_BATCH = 190;

/**
 * Applications that a space is taken to hold when the requests of a plan are estimated. Low on purpose: it leads to
 * narrowing, which costs a request per batch at most and saves the bytes of everybody else's applications.
 */
const APPS_PER_SPACE = 2;

/**
 * Returns a function that says which organizations and spaces a rule picks. A space whose organization is not listed
 * belongs to nobody and is never picked.
 */
export function indexScopes(places: Places): (rule: ScopeRule) => RuleScope {
  const organizationIndex = indexByName([...places.organizations.values()]);
  const spaceIndexes = new Map<string, NameIndex<Space>>();
  for (const [guid, spaces] of groupBy(places.spaces.values(), (space) => space.organizationGuid)) {
    spaceIndexes.set(guid, indexByName(spaces));
  }
  return (rule) => {
    const organizations = organizationIndex.pick(remembering(rule.organization));
    const selector = remembering(rule.space);
    return { organizations, spaces: organizations.flatMap(({ guid }) => spaceIndexes.get(guid)?.pick(selector) ?? []) };
  };
}

/** Guids of the spaces that the rules pick; `all` when a rule names neither organizations nor spaces. */
export function wantedSpaces(rules: readonly ScopeRule[], places: Places): 'all' | ReadonlySet<string> {
  if (rules.some(takesEverySpace)) return 'all';
  const scopeOf = indexScopes(places);
  const wanted = new Set<string>();
  for (const rule of rules) for (const space of scopeOf(rule).spaces) wanted.add(space.guid);
  return wanted;
}

/**
 * The cheapest way to list applications, processes and routes for these rules: whole, or narrowed to the spaces they
 * pick. All three kinds cost about the same, so one of them is compared: batches of the wanted spaces against pages of
 * everything. On a tie narrowing wins, since its answers are smaller. Without a wanted space there is nothing to list.
 */
export function choosePlan(options: PlanOptions): Plan {
  const wanted = wantedSpaces(options.rules, options);
  if (wanted === 'all') return { spaces: 'all' };
  if (wanted.size > 0 && wanted.size === options.spaces.size) return { spaces: 'all' };
  const batches = Math.ceil(wanted.size / SPACES_PER_BATCH);
  const pagesOfEverything = Math.ceil((options.spaces.size * APPS_PER_SPACE) / options.pageSize);
  return batches > pagesOfEverything ? { spaces: 'all' } : { spaces: wanted };
}

/** Whether an inventory of this plan holds everything that the rules pick; only then may a directory be built from it. */
export function planCovers(plan: Plan, rules: readonly ScopeRule[], places: Places): boolean {
  const covered = plan.spaces;
  if (covered === 'all') return true;
  const wanted = wantedSpaces(rules, places);
  return [...(wanted === 'all' ? places.spaces.keys() : wanted)].every((guid) => covered.has(guid));
}

/** What the refresh of an inventory wants to know about these rules. */
export function foundationScope(options: Pick<PlanOptions, 'rules' | 'pageSize'>): Scope {
  return {
    everything: options.rules.some(takesEverySpace),
    choosePlan: (organizations, spaces) => choosePlan({ ...options, organizations, spaces }),
    isCoveredBy: (inventory) => planCovers(inventory.plan, options.rules, inventory),
  };
}

/** Whether a rule takes all spaces whatever there is; an expression has to be tried on names first. */
function takesEverySpace(rule: ScopeRule): boolean {
  return rule.organization.kind === 'all' && rule.space.kind === 'all';
}
