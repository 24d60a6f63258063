import type { Destination, Route } from '../../world/records.js';
import { routeUrl } from '../../world/state.js';
import { head, type Json, link, metadataOf, type RenderContext, timestamp, toOne } from './common.js';

/** Internal routes say `http` too; only the domain tells them apart. */
export function renderRoute(route: Route, context: RenderContext): Json {
  return {
    ...head(route),
    protocol: route.domain.routerGroupGuid === undefined ? 'http' : 'tcp',
    host: route.host,
    path: route.path,
    port: route.port ?? null,
    url: routeUrl(route),
    destinations: renderDestinations(route),
    ...(context.features.routeOptions ? { options: route.options } : {}),
    metadata: metadataOf(route.metadata),
    relationships: { space: toOne(route.space.guid), domain: toOne(route.domain.guid) },
    links: {
      self: link(context, `routes/${route.guid}`),
      space: link(context, `spaces/${route.space.guid}`),
      destinations: link(context, `routes/${route.guid}/destinations`),
      domain: link(context, `domains/${route.domain.guid}`),
    },
  };
}

export function renderDestinations(route: Route): readonly Json[] {
  return route.destinations.map(renderDestination);
}

/** To an application and a type of process, never to one process: in a deployment it covers both (facts 3.7). */
function renderDestination(destination: Destination): Json {
  return {
    guid: destination.guid,
    app: { guid: destination.application.guid, process: { type: destination.processType } },
    weight: null,
    port: destination.port,
    protocol: destination.protocol,
    created_at: timestamp(destination.createdMs),
    updated_at: timestamp(destination.createdMs),
  };
}
