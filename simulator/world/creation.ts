import type { Milliseconds } from '../../src/base/duration.js';
import { SimulatorError } from '../simulator-error.js';
import { type Behaviour, defaultBehaviour } from './behaviour.js';
import { applicationEvent } from './events.js';
import { fitInstances } from './instances.js';
import type { LongRunning } from './long-running.js';
import type { Application, Domain, Lifecycle, Metadata, Organization, Process, Space } from './records.js';
import { type DestinationOptions, mapRoute } from './routing.js';
import { findOrganization, findSpace, type WorldState } from './state.js';

export interface MetadataOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface OrganizationOptions extends MetadataOptions {
  readonly name: string;
  readonly suspended?: boolean;
  readonly createdMs?: Milliseconds;
}

export interface SpaceOptions extends MetadataOptions {
  readonly name: string;
  /** Name or guid. */
  readonly organization: string;
  readonly suspended?: boolean;
  readonly createdMs?: Milliseconds;
}

export interface DomainOptions extends MetadataOptions {
  readonly name: string;
  readonly internal?: boolean;
  readonly tcp?: boolean;
  /** Owner of a private domain, by name or guid. */
  readonly organization?: string;
  readonly sharedWith?: readonly string[];
  readonly createdMs?: Milliseconds;
}

export interface ProcessOptions {
  readonly type: string;
  readonly instances: number;
}

export interface ApplicationOptions extends MetadataOptions {
  readonly name: string;
  /** Name, guid or `organization/space`. */
  readonly space: string;
  /** Of the web process. Default 1; 0 is legal. */
  readonly instances?: number;
  /** `host.domain/path`, or in detail. Default: the name in the first shared domain; `[]` for none. */
  readonly routes?: readonly (string | DestinationOptions)[];
  /** Default STARTED. */
  readonly state?: 'STARTED' | 'STOPPED';
  /** False: never staged, so that all instances are DOWN. Default true. */
  readonly staged?: boolean;
  readonly lifecycle?: Lifecycle;
  /** False: no process of type web. Default true. */
  readonly web?: boolean;
  /** Processes of other types. */
  readonly processes?: readonly ProcessOptions[];
  readonly behaviour?: Partial<Behaviour>;
  /** Its instances are real processes then. */
  readonly longRunning?: LongRunning;
  readonly createdMs?: Milliseconds;
}

export function createOrganization(state: WorldState, options: OrganizationOptions): Organization {
  const organization: Organization = {
    ...newResource(state, options),
    name: options.name,
    suspended: options.suspended ?? false,
    quotaGuid: state.random.guid(),
  };
  state.organizations.set(organization.guid, organization);
  return organization;
}

export function createSpace(state: WorldState, options: SpaceOptions): Space {
  const organization = findOrganization(state, options.organization);
  const space: Space = {
    ...newResource(state, options),
    name: options.name,
    organization,
    suspended: options.suspended ?? false,
    quotaGuid: undefined,
  };
  state.spaces.set(space.guid, space);
  return space;
}

export function createDomain(state: WorldState, options: DomainOptions): Domain {
  const domain: Domain = {
    ...newResource(state, options),
    name: options.name.toLowerCase(),
    internal: options.internal ?? false,
    routerGroupGuid: options.tcp === true ? state.random.guid() : undefined,
    organization: options.organization === undefined ? undefined : findOrganization(state, options.organization),
    sharedWith: (options.sharedWith ?? []).map((name) => findOrganization(state, name)),
  };
  state.domains.set(domain.guid, domain);
  return domain;
}

/** Everything that `cf push` leaves behind: application, processes, route, events. The instances run at once. */
export function deployApplication(state: WorldState, options: ApplicationOptions): Application {
  const application = newApplication(state, options);
  state.applications.set(application.guid, application);
  if (options.web !== false) {
    // The first web process has the guid of its application; no other process ever has (facts 3.5).
    addProcess(state, application, { type: 'web', instances: options.instances ?? 1, guid: application.guid });
  }
  for (const process of options.processes ?? []) addProcess(state, application, process);
  const { createdMs } = application;
  for (const route of options.routes ?? [defaultRoute(state, application)]) {
    mapRoute(state, { app: application.guid, createdMs, ...(typeof route === 'string' ? { route } : route) });
  }
  applicationEvent(state, application, 'audit.app.create');
  if (application.state === 'STARTED') applicationEvent(state, application, 'audit.app.start');
  return application;
}

export interface NewProcessOptions extends ProcessOptions {
  readonly guid?: string;
}

/** A further process of an application, with running instances if the application is started. */
export function addProcess(state: WorldState, application: Application, options: NewProcessOptions): Process {
  const process = newProcess(state, application, options);
  fitInstances(state, process);
  return process;
}

/** A process without instances yet. */
export function newProcess(state: WorldState, application: Application, options: NewProcessOptions): Process {
  if (!Number.isInteger(options.instances) || options.instances < 0) {
    throw new SimulatorError(
      'invalid',
      `instances of ${application.name} has to be a whole number, not ${options.instances}`,
    );
  }
  const process: Process = {
    ...newResource(state, options.guid === application.guid ? application : {}),
    guid: options.guid ?? state.random.guid(),
    application,
    type: options.type,
    version: state.random.guid(),
    desired: options.instances,
    instances: [],
    revision: application.dropletGuid === undefined ? undefined : { guid: state.random.guid(), version: 1 },
    memoryMb: application.longRunning?.memoryMb ?? 256,
    diskMb: 1024,
  };
  process.metadata = { labels: {}, annotations: {} };
  application.processes.push(process);
  state.processes.set(process.guid, process);
  return process;
}

function newApplication(state: WorldState, options: ApplicationOptions): Application {
  return {
    ...newResource(state, options),
    name: options.name,
    space: findSpace(state, options.space),
    state: options.state ?? 'STARTED',
    lifecycle: options.lifecycle ?? 'buildpack',
    dropletGuid: options.staged === false ? undefined : state.random.guid(),
    processes: [],
    routes: new Set(),
    behaviour: { ...defaultBehaviour(state.bodyBytes), ...options.behaviour },
    instanceBehaviours: new Map(),
    longRunning: options.longRunning,
    unlisted: new Set(),
    deployment: undefined,
  };
}

function defaultRoute(state: WorldState, application: Application): DestinationOptions {
  for (const domain of state.domains.values()) {
    const shared = domain.organization === undefined && !domain.internal && domain.routerGroupGuid === undefined;
    if (shared) return { host: application.name, domain: domain.guid };
  }
  throw new SimulatorError(
    'invalid',
    `No shared domain for ${application.name}: create one, or say which routes it has`,
  );
}

interface NewResource {
  readonly guid: string;
  readonly createdMs: Milliseconds;
  updatedMs: Milliseconds;
  metadata: Metadata;
}

interface ResourceOptions extends MetadataOptions {
  readonly createdMs?: Milliseconds;
}

function newResource(state: WorldState, options: ResourceOptions): NewResource {
  const createdMs = options.createdMs ?? state.clock.now();
  return {
    guid: state.random.guid(),
    createdMs,
    updatedMs: createdMs,
    metadata: { labels: options.labels ?? {}, annotations: options.annotations ?? {} },
  };
}
