import type { OrganizationRole, ScopedRoles, SpaceRole } from '../options.js';
import type { Application, AuditEvent, Domain, Organization, Route, Space } from '../world/records.js';
import type { WorldState } from '../world/state.js';

/** Who may see what: the table of facts 3.1. */
export interface Visibility {
  /** Sees everything. */
  readonly global: boolean;
  organization(organization: Organization): boolean;
  space(space: Space): boolean;
  application(application: Application): boolean;
  route(route: Route): boolean;
  domain(domain: Domain): boolean;
  event(event: AuditEvent): boolean;
  /** May see commands and the like. */
  secrets(space: Space): boolean;
}

const everything: Visibility = {
  global: true,
  organization: () => true,
  space: () => true,
  application: () => true,
  route: () => true,
  domain: () => true,
  event: () => true,
  secrets: () => true,
};

/** Global readers; an auditor does not see secrets. */
export function globalVisibility(secrets: 'with-secrets' | 'without-secrets'): Visibility {
  return secrets === 'with-secrets' ? everything : { ...everything, secrets: () => false };
}

/** Roles are looked up for each request, so that they follow renamed and new spaces. */
export function scopedVisibility(state: WorldState, roles: ScopedRoles): Visibility {
  const rolesBySpace = new Map<Space, readonly SpaceRole[]>();
  for (const space of state.spaces.values()) {
    const found = spaceRoles(roles, space);
    if (found.length > 0) rolesBySpace.set(space, found);
  }
  const withSpace = new Set([...rolesBySpace.keys()].map((space) => space.organization));
  const inOrganization = (organization: Organization, ...wanted: readonly OrganizationRole[]): boolean =>
    organizationRoles(roles, organization).some((role) => wanted.includes(role));
  const inSpace = (space: Space, ...wanted: readonly SpaceRole[]): boolean =>
    (rolesBySpace.get(space) ?? []).some((role) => wanted.includes(role));

  const seesSpace = (space: Space): boolean =>
    rolesBySpace.has(space) || inOrganization(space.organization, 'organization_manager');
  const seesDomainsOf = (organization: Organization): boolean =>
    withSpace.has(organization) || inOrganization(organization, 'organization_manager', 'organization_auditor');

  return {
    global: false,
    organization: (organization) => withSpace.has(organization) || organizationRoles(roles, organization).length > 0,
    space: seesSpace,
    application: (application) => seesSpace(application.space),
    route: (route) =>
      seesSpace(route.space) ||
      inOrganization(route.space.organization, 'organization_auditor') ||
      route.sharedWith.some(seesSpace),
    domain: (domain) =>
      domain.organization === undefined || seesDomainsOf(domain.organization) || domain.sharedWith.some(seesDomainsOf),
    event(event) {
      const space = state.spaces.get(event.spaceGuid ?? '');
      if (space !== undefined && inSpace(space, 'space_developer', 'space_auditor', 'space_supporter')) return true;
      const organization = state.organizations.get(event.organizationGuid ?? '');
      return organization !== undefined && inOrganization(organization, 'organization_auditor');
    },
    secrets: (space) => inSpace(space, 'space_developer'),
  };
}

function organizationRoles(roles: ScopedRoles, organization: Organization): readonly OrganizationRole[] {
  const named = roles.organizations ?? {};
  return [...(named[organization.guid] ?? []), ...(named[organization.name] ?? [])];
}

function spaceRoles(roles: ScopedRoles, space: Space): readonly SpaceRole[] {
  const named = roles.spaces ?? {};
  return [
    ...(named[space.guid] ?? []),
    ...(named[space.name] ?? []),
    ...(named[`${space.organization.name}/${space.name}`] ?? []),
  ];
}
