import type { Answer, SimulatedRequest } from '../http/message.js';
import type { Platform } from '../platform.js';
import type { RequestKind } from '../request-kind.js';
import type { Application, Organization, Process } from '../world/records.js';
import type { WorldState } from '../world/state.js';
import { notFound, unknownRequest } from './capi-error.js';
import { answerList, type ListKind, type ListRecord, type PageFault } from './list.js';
import {
  applicationList,
  auditEventList,
  deploymentList,
  domainList,
  organizationList,
  processList,
  processListWithoutDiego,
  routeList,
  spaceList,
} from './list-kinds.js';
import type { RenderContext } from './resources/common.js';
import {
  answerDefaultDomain,
  answerDestinations,
  answerProcess,
  answerProcessInstances,
  answerSingle,
  answerStats,
  findVisible,
  processOfType,
} from './single.js';

export interface ResourceRequest {
  readonly request: SimulatedRequest;
  readonly state: WorldState;
  readonly context: RenderContext;
  readonly platform: Platform;
  readonly fault: PageFault | undefined;
}

/** Everything under `/v3/` that is read with a token. Throws the API's errors. */
export function answerResource(resource: ResourceRequest): Answer {
  const { request } = resource;
  if (request.method !== 'GET' && request.method !== 'HEAD') throw unknownRequest();
  const [kind = '', guid, ...rest] = request.path.slice('/v3/'.length).split('/');
  if (guid === undefined) return answerCollection(resource, kind);
  const decoded = decodeURIComponent(guid);
  switch (kind) {
    case 'organizations':
      return answerOrganization(resource, decoded, rest);
    case 'apps':
      return answerApplication(resource, decoded, rest);
    case 'processes':
      return answerProcessPath(resource, visibleProcess(resource, decoded), rest);
    case 'routes':
      return answerRoute(resource, decoded, rest);
    default:
      return answerPlain(resource, kind, decoded, rest);
  }
}

/** What a path counts as: lists and what belongs to one of their resources count alike. */
export function kindOfResource(path: string): RequestKind {
  const segments = path.slice('/v3/'.length).split('/');
  if (segments.includes('stats')) return 'stats';
  const last = [...segments].reverse().find((segment) => segment in KINDS);
  return last === undefined ? 'other' : (KINDS[last] ?? 'other');
}

const KINDS: Readonly<Record<string, RequestKind>> = {
  organizations: 'organizations',
  spaces: 'spaces',
  apps: 'apps',
  processes: 'processes',
  routes: 'routes',
  domains: 'domains',
  deployments: 'deployments',
  audit_events: 'audit_events',
};

function answerCollection(resource: ResourceRequest, kind: string): Answer {
  switch (kind) {
    case 'organizations':
      return list(resource, organizationList);
    case 'spaces':
      return list(resource, spaceList);
    case 'apps':
      return list(resource, applicationList);
    case 'processes':
      return list(resource, processes(resource));
    case 'routes':
      return list(resource, routeList);
    case 'domains':
      return list(resource, domainList);
    case 'deployments':
      return list(resource, deploymentList);
    case 'audit_events':
      return list(resource, auditEventList);
    default:
      throw unknownRequest();
  }
}

function answerOrganization(resource: ResourceRequest, guid: string, rest: readonly string[]): Answer {
  const { state, context } = resource;
  const organization = findVisible(organizationList, state.organizations, guid, { context, what: 'Organization' });
  const path = rest.join('/');
  if (path === '') return answerSingle(single(resource), organizationList, organization);
  if (path === 'domains/default') return answerDefaultDomain(single(resource), organization);
  if (path === 'domains') return list(resource, domainList, { within: (domain) => usableIn(domain, organization) });
  throw unknownRequest();
}

function answerApplication(resource: ResourceRequest, guid: string, rest: readonly string[]): Answer {
  const { state, context } = resource;
  const application = findVisible(applicationList, state.applications, guid, { context, what: 'App' });
  const [part, type, ...further] = rest;
  if (part === undefined) return answerSingle(single(resource), applicationList, application);
  if (part === 'routes' && type === undefined) {
    const within = (route: { readonly destinations: readonly { readonly application: Application }[] }): boolean =>
      route.destinations.some((destination) => destination.application === application);
    return list(resource, routeList, { within, without: ['app_guids'] });
  }
  if (part !== 'processes') throw unknownRequest();
  if (type === undefined) {
    const within = (process: Process): boolean => process.application === application;
    return list(resource, processes(resource), { within, without: ['app_guids', 'space_guids', 'organization_guids'] });
  }
  return answerProcessPath(resource, processOfType(application, decodeURIComponent(type)), further);
}

function answerProcessPath(resource: ResourceRequest, process: Process, rest: readonly string[]): Answer {
  switch (rest.join('/')) {
    case '':
      return answerProcess(single(resource), process);
    case 'stats':
      return answerStats(single(resource), process);
    case 'process_instances':
      return answerProcessInstances(single(resource), process);
    default:
      throw unknownRequest();
  }
}

function answerRoute(resource: ResourceRequest, guid: string, rest: readonly string[]): Answer {
  const { state, context } = resource;
  const route = findVisible(routeList, state.routes, guid, { context, what: 'Route' });
  if (rest.length === 0) return answerSingle(single(resource), routeList, route);
  if (rest.join('/') === 'destinations') return answerDestinations(single(resource), route);
  throw unknownRequest();
}

function answerPlain(resource: ResourceRequest, kind: string, guid: string, rest: readonly string[]): Answer {
  const { state, context } = resource;
  if (rest.length > 0) throw unknownRequest();
  if (kind === 'spaces') {
    return answerSingle(
      single(resource),
      spaceList,
      findVisible(spaceList, state.spaces, guid, { context, what: 'Space' }),
    );
  }
  if (kind === 'domains') {
    return answerSingle(
      single(resource),
      domainList,
      findVisible(domainList, state.domains, guid, { context, what: 'Domain' }),
    );
  }
  if (kind === 'deployments') {
    const deployment = findVisible(deploymentList, state.deployments, guid, { context, what: 'Deployment' });
    return answerSingle(single(resource), deploymentList, deployment);
  }
  if (kind !== 'audit_events') throw unknownRequest();
  const event = state.events.find((each) => each.guid === guid);
  if (event === undefined || !auditEventList.visible(event, context.visibility)) throw notFound('Event');
  return answerSingle(single(resource), auditEventList, event);
}

function visibleProcess({ state, context }: ResourceRequest, guid: string): Process {
  return findVisible(processList, state.processes, guid, { context, what: 'Process' });
}

function processes(resource: ResourceRequest): ListKind<Process> {
  return resource.platform.diego === 'up' ? processList : processListWithoutDiego;
}

interface Nesting<T> {
  readonly within: (record: T) => boolean;
  readonly without?: readonly string[];
}

function list<T extends ListRecord>(resource: ResourceRequest, kind: ListKind<T>, nesting?: Nesting<T>): Answer {
  const { request, state, context, fault } = resource;
  return answerList({ kind, state, context, path: request.path, query: request.query, fault, ...nesting });
}

function single(resource: ResourceRequest): Parameters<typeof answerProcess>[0] {
  const { state, context, platform, request } = resource;
  return { state, context, platform, query: request.query };
}

interface OwnedDomain {
  readonly organization: Organization | undefined;
  readonly sharedWith: readonly Organization[];
}

/** Shared ones, own ones, and those that others share with it. */
function usableIn(domain: OwnedDomain, organization: Organization): boolean {
  return (
    domain.organization === undefined ||
    domain.organization === organization ||
    domain.sharedWith.includes(organization)
  );
}
