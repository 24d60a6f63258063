import type { Application } from '../../world/records.js';
import { head, type Json, link, metadataOf, postLink, type RenderContext, toOne } from './common.js';

/** The state is the desired one; without a droplet `data` is an object with a null guid, never null. */
export function renderApplication(application: Application, context: RenderContext): Json {
  const self = `apps/${application.guid}`;
  return {
    ...head(application),
    name: application.name,
    state: application.state,
    lifecycle: { type: application.lifecycle, data: lifecycleData(application) },
    relationships: {
      space: toOne(application.space.guid),
      current_droplet: { data: { guid: application.dropletGuid ?? null } },
    },
    metadata: metadataOf(application.metadata),
    links: {
      self: link(context, self),
      environment_variables: link(context, `${self}/environment_variables`),
      space: link(context, `spaces/${application.space.guid}`),
      processes: link(context, `${self}/processes`),
      packages: link(context, `${self}/packages`),
      current_droplet: link(context, `${self}/droplets/current`),
      droplets: link(context, `${self}/droplets`),
      tasks: link(context, `${self}/tasks`),
      start: postLink(context, `${self}/actions/start`),
      stop: postLink(context, `${self}/actions/stop`),
      clear_buildpack_cache: postLink(context, `${self}/actions/clear_buildpack_cache`),
      revisions: link(context, `${self}/revisions`),
      deployed_revisions: link(context, `${self}/revisions/deployed`),
      features: link(context, `${self}/features`),
    },
  };
}

/** All buildpack applications of the simulated world run on this one. */
export const STACK = 'cflinuxfs4';

function lifecycleData(application: Application): Json {
  if (application.lifecycle === 'docker') return {};
  return { buildpacks: [application.lifecycle === 'cnb' ? 'docker://buildpack' : 'nodejs_buildpack'], stack: STACK };
}
