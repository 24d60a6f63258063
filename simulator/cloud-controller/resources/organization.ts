import type { Organization } from '../../world/records.js';
import { head, type Json, link, metadataOf, type RenderContext, toOne } from './common.js';

export function renderOrganization(organization: Organization, context: RenderContext): Json {
  const { guid } = organization;
  return {
    ...head(organization),
    name: organization.name,
    suspended: organization.suspended,
    relationships: { quota: toOne(organization.quotaGuid) },
    metadata: metadataOf(organization.metadata),
    links: {
      self: link(context, `organizations/${guid}`),
      domains: link(context, `organizations/${guid}/domains`),
      default_domain: link(context, `organizations/${guid}/domains/default`),
      quota: link(context, `organization_quotas/${organization.quotaGuid}`),
    },
  };
}
