import { type Answer, jsonAnswer } from '../http/message.js';
import type { Platform } from '../platform.js';
import type { Application, Organization, Process, Route } from '../world/records.js';
import { newestProcess, type WorldState } from '../world/state.js';
import { notFound, statsUnavailable, unknownError, unknownRequest } from './capi-error.js';
import type { ListKind, ListRecord } from './list.js';
import { parseListQuery } from './list-query.js';
import { type Json, link, type RenderContext } from './resources/common.js';
import { renderDomain } from './resources/domain.js';
import { renderProcess, renderProcessInstances } from './resources/process.js';
import { renderDestinations } from './resources/route.js';
import { renderStats } from './resources/stats.js';

export interface SingleRequest {
  readonly state: WorldState;
  readonly context: RenderContext;
  readonly platform: Platform;
  readonly query: string;
}

/** A record that the caller may see; for others 404, as if there were none. */
export function findVisible<T extends ListRecord>(
  kind: ListKind<T>,
  records: ReadonlyMap<string, T>,
  guid: string,
  { context, what }: { readonly context: RenderContext; readonly what: string },
): T {
  const record = records.get(guid);
  if (record === undefined || !kind.visible(record, context.visibility)) throw notFound(what);
  return record;
}

/** One resource by itself, with `included` at its top level where that was asked for. */
export function answerSingle<T extends ListRecord>(request: SingleRequest, kind: ListKind<T>, record: T): Answer {
  const { context } = request;
  const query = parseListQuery(request.query, kind.rules(context.features));
  const included =
    kind.included !== undefined && query.include.length > 0
      ? { included: kind.included([record], context, query) }
      : {};
  return jsonAnswer(200, { ...kind.render(record, context, query), ...included });
}

/** The real command, or that it is hidden, in place of what lists say. */
export function answerProcess(request: SingleRequest, process: Process): Answer {
  return jsonAnswer(200, renderProcess(process, request.context, { command: 'single', embedInstances: false }));
}

/** By type: the newest one when a deployment made several, so older instances are out of sight (facts 3.6). */
export function processOfType(application: Application, type: string): Process {
  const process = newestProcess(application, type);
  if (process === undefined) throw notFound('Process');
  return process;
}

export function answerStats(request: SingleRequest, process: Process): Answer {
  const { platform, context } = request;
  if (platform.diego === 'down') throw statsUnavailable();
  const usage = platform.logCache === 'up' ? 'available' : 'unavailable';
  const resources = renderStats(process, context, usage);
  const warnings = usage === 'available' ? [] : [['X-Cf-Warnings', 'Stats+server+temporarily+unavailable.'] as const];
  return jsonAnswer(200, { resources }, warnings);
}

export function answerProcessInstances(request: SingleRequest, process: Process): Answer {
  const { context } = request;
  if (!context.features.embedsProcessInstances) throw unknownRequest();
  if (request.platform.diego === 'down') throw unknownError();
  return jsonAnswer(200, {
    resources: renderProcessInstances(process, context),
    links: {
      self: link(context, `processes/${process.guid}/process_instances`),
      process: link(context, `processes/${process.guid}`),
    },
  });
}

export function answerDestinations(request: SingleRequest, route: Route): Answer {
  const { context } = request;
  const links: Json = {
    self: link(context, `routes/${route.guid}/destinations`),
    route: link(context, `routes/${route.guid}`),
  };
  return jsonAnswer(200, { destinations: renderDestinations(route), links });
}

/** The first domain that new routes of the organization would be made on. */
export function answerDefaultDomain(request: SingleRequest, organization: Organization): Answer {
  for (const domain of request.state.domains.values()) {
    const usable = !domain.internal && domain.routerGroupGuid === undefined;
    if (usable && (domain.organization === undefined || domain.organization === organization)) {
      return jsonAnswer(200, renderDomain(domain, request.context, 'list'));
    }
  }
  throw notFound('Domain');
}
