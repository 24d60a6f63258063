import type { AuditEvent } from '../../world/records.js';
import { type Json, link, type RenderContext, timestamp } from './common.js';

export function renderAuditEvent(event: AuditEvent, context: RenderContext): Json {
  const time = timestamp(event.createdMs);
  return {
    guid: event.guid,
    created_at: time,
    updated_at: time,
    type: event.type,
    actor: event.actor,
    target: event.target,
    data: event.data,
    space: event.spaceGuid === undefined ? null : { guid: event.spaceGuid },
    organization: event.organizationGuid === undefined ? null : { guid: event.organizationGuid },
    links: { self: link(context, `audit_events/${event.guid}`) },
  };
}
