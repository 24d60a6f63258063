import type { Deployment } from '../../world/records.js';
import { head, type Json, link, metadataOf, postLink, type RenderContext, timestamp, toOne } from './common.js';

export function renderDeployment(deployment: Deployment, context: RenderContext): Json {
  const self = `deployments/${deployment.guid}`;
  const { application, process } = deployment;
  const canary = deployment.strategy === 'canary';
  const changed = timestamp(deployment.updatedMs);
  return {
    ...head(deployment),
    status: {
      value: deployment.status,
      reason: deployment.reason,
      details: { last_successful_healthcheck: changed, last_status_change: changed },
      ...(canary ? { canary: { steps: { current: 1, total: 1 } } } : {}),
    },
    strategy: deployment.strategy,
    options: { max_in_flight: deployment.maxInFlight, ...(canary ? { canary: { steps: null } } : {}) },
    droplet: { guid: application.dropletGuid ?? null },
    previous_droplet: { guid: application.dropletGuid ?? null },
    new_processes: [{ guid: process.guid, type: process.type }],
    revision: process.revision ?? null,
    relationships: { app: toOne(application.guid) },
    metadata: metadataOf(deployment.metadata),
    links: {
      self: link(context, self),
      app: link(context, `apps/${application.guid}`),
      ...(deployment.status === 'ACTIVE' ? { cancel: postLink(context, `${self}/actions/cancel`) } : {}),
      ...(deployment.reason === 'PAUSED' ? { continue: postLink(context, `${self}/actions/continue`) } : {}),
    },
  };
}
