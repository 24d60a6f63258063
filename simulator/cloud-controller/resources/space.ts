import type { Space } from '../../world/records.js';
import { head, type Json, link, metadataOf, postLink, type RenderContext, toOne } from './common.js';

export function renderSpace(space: Space, context: RenderContext): Json {
  const { guid, quotaGuid } = space;
  return {
    ...head(space),
    name: space.name,
    ...(context.features.suspendedSpaces ? { suspended: space.suspended } : {}),
    relationships: {
      organization: toOne(space.organization.guid),
      quota: quotaGuid === undefined ? { data: null } : toOne(quotaGuid),
    },
    metadata: metadataOf(space.metadata),
    links: {
      self: link(context, `spaces/${guid}`),
      organization: link(context, `organizations/${space.organization.guid}`),
      features: link(context, `spaces/${guid}/features`),
      apply_manifest: postLink(context, `spaces/${guid}/actions/apply_manifest`),
      ...(quotaGuid === undefined ? {} : { quota: link(context, `space_quotas/${quotaGuid}`) }),
    },
  };
}
