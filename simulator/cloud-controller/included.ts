import type { Domain, Organization, Space } from '../world/records.js';
import type { Json, RenderContext } from './resources/common.js';
import { renderDomain } from './resources/domain.js';
import { renderOrganization } from './resources/organization.js';
import { renderSpace } from './resources/space.js';

/** `included` of lists of spaces: each organization once, in order of creation. */
export function includedOrganizations(spaces: readonly Space[], context: RenderContext): Json {
  const organizations = new Set(spaces.map((space) => space.organization));
  return { organizations: byCreation<Organization>(organizations).map((each) => renderOrganization(each, context)) };
}

interface WithSpace {
  readonly space: Space;
}

/** `included` of applications and routes: readable spaces, and their organizations when those were asked for. */
export function includedSpaces(
  records: readonly WithSpace[],
  context: RenderContext,
  include: readonly string[],
): Json {
  const spaces = new Set(records.map((record) => record.space).filter((space) => context.visibility.space(space)));
  const shown = byCreation<Space>(spaces);
  const spaceObjects = shown.map((space) => renderSpace(space, context));
  const wantsOrganizations = include.includes('space.organization') || include.includes('org');
  if (!wantsOrganizations) return { spaces: spaceObjects };
  return { spaces: spaceObjects, ...includedOrganizations(shown, context) };
}

interface WithDomain {
  readonly domain: Domain;
}

export function includedDomains(routes: readonly WithDomain[], context: RenderContext): Json {
  const domains = [...new Set(routes.map((route) => route.domain))].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { domains: domains.map((domain) => renderDomain(domain, context, 'included')) };
}

function byCreation<T extends { readonly createdMs: number }>(records: Iterable<T>): readonly T[] {
  return [...records].sort((a, b) => a.createdMs - b.createdMs);
}
