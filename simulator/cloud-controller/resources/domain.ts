import type { Domain } from '../../world/records.js';
import { head, type Json, link, metadataOf, type RenderContext, toOne } from './common.js';

/** In `included` the organizations that share a domain are always left out. */
export type DomainForm = 'list' | 'included';

export function renderDomain(domain: Domain, context: RenderContext, form: DomainForm): Json {
  const { guid, organization, routerGroupGuid } = domain;
  const shared = form === 'included' ? [] : domain.sharedWith.filter((each) => context.visibility.organization(each));
  return {
    ...head(domain),
    name: domain.name,
    internal: domain.internal,
    router_group: routerGroupGuid === undefined ? null : { guid: routerGroupGuid },
    supported_protocols: [routerGroupGuid === undefined ? 'http' : 'tcp'],
    relationships: {
      organization: organization === undefined ? { data: null } : toOne(organization.guid),
      shared_organizations: { data: shared.map((each) => ({ guid: each.guid })) },
    },
    metadata: metadataOf(domain.metadata),
    links: {
      self: link(context, `domains/${guid}`),
      ...(organization === undefined
        ? {}
        : {
            organization: link(context, `organizations/${organization.guid}`),
            shared_organizations: link(context, `domains/${guid}/relationships/shared_organizations`),
          }),
      route_reservations: link(context, `domains/${guid}/route_reservations`),
      ...(routerGroupGuid === undefined
        ? {}
        : { router_group: { href: `${context.api}/routing/v1/router_groups/${routerGroupGuid}` } }),
    },
  };
}
