import type { Milliseconds } from '../../src/base/duration.js';
import type { Behaviour } from './behaviour.js';
import type { LongRunning } from './long-running.js';

/**
 * What a world consists of. The Cloud Controller, the router and the applications read these records; only the
 * functions of `world/` change them, since indexes and events have to follow.
 */
export interface Metadata {
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

interface Resource {
  readonly guid: string;
  readonly createdMs: Milliseconds;
  updatedMs: Milliseconds;
  metadata: Metadata;
}

export interface Organization extends Resource {
  name: string;
  suspended: boolean;
  readonly quotaGuid: string;
}

export interface Space extends Resource {
  name: string;
  readonly organization: Organization;
  suspended: boolean;
  readonly quotaGuid: string | undefined;
}

export interface Domain extends Resource {
  readonly name: string;
  readonly internal: boolean;
  /** Present for TCP domains. */
  readonly routerGroupGuid: string | undefined;
  /** Absent for shared domains. */
  readonly organization: Organization | undefined;
  readonly sharedWith: Organization[];
}

export type Lifecycle = 'buildpack' | 'cnb' | 'docker';

export interface Application extends Resource {
  name: string;
  readonly space: Space;
  state: 'STARTED' | 'STOPPED';
  readonly lifecycle: Lifecycle;
  /** Absent when never staged: such an application has no running instance. */
  readonly dropletGuid: string | undefined;
  /** Oldest first. During a rolling deployment there are several of type `web`. */
  processes: Process[];
  readonly routes: Set<Route>;
  behaviour: Behaviour;
  readonly instanceBehaviours: Map<number, Partial<Behaviour>>;
  /** Present when its instances are real processes (see diego/); they answer for themselves, so its behaviour counts for nothing. */
  readonly longRunning: LongRunning | undefined;
  /** Real processes that the API does not show: told to stop, or not yet in the place of an evacuated one. The router may know them. */
  readonly unlisted: Set<Instance>;
  deployment: Deployment | undefined;
}

export interface Process extends Resource {
  readonly application: Application;
  readonly type: string;
  version: string;
  /** The desired count; kept while the application is stopped. */
  desired: number;
  /** At position i the instance of index i; empty while the application is stopped. */
  instances: Instance[];
  readonly revision: Revision | undefined;
  readonly memoryMb: number;
  readonly diskMb: number;
}

export interface Revision {
  readonly guid: string;
  readonly version: number;
}

export type InstanceState = 'RUNNING' | 'STARTING' | 'CRASHED' | 'DOWN' | 'STOPPING' | 'UNKNOWN';

export interface Instance {
  readonly process: Process;
  readonly index: number;
  readonly guid: string;
  state: InstanceState;
  sinceMs: Milliseconds;
  /** Order in which the router learnt of it; 0 when the router does not know it. */
  registration: number;
  /** False when connections to it fail although the router may still know it. */
  alive: boolean;
  /** Scrapes answered since it started. */
  scrapes: number;
  startedMs: Milliseconds;
  /** Reason of the scheduler why it is DOWN, for example `insufficient resources: memory`. */
  placementError: string | undefined;
  /** What the readiness check says; true where there is none. */
  ready: boolean;
  /** Port on loopback behind which a real process listens; undefined until it has one, and for all others. */
  hostPort: number | undefined;
  /** Of this index, one after the other. */
  crashes: number;
}

export interface Route extends Resource {
  /** `''` for the domain itself, `'*'` for a wildcard. */
  readonly host: string;
  readonly domain: Domain;
  /** `''` or beginning with a slash. */
  readonly path: string;
  /** Of TCP routes. */
  readonly port: number | undefined;
  readonly space: Space;
  readonly sharedWith: Space[];
  /** Sorted by guid. */
  destinations: Destination[];
  options: Readonly<Record<string, string>>;
  /** When the last endpoint was pruned after a failure; the router says `no_endpoints` for a while then. */
  prunedMs: Milliseconds | undefined;
  /** Of the endpoints in turn, the one that is next. */
  turn: number;
}

export interface Destination {
  readonly guid: string;
  readonly application: Application;
  readonly processType: string;
  readonly port: number;
  readonly protocol: 'http1' | 'http2' | 'tcp';
  readonly createdMs: Milliseconds;
}

export type DeploymentReason = 'DEPLOYING' | 'PAUSED' | 'DEPLOYED' | 'CANCELED' | 'SUPERSEDED';

export interface Deployment extends Resource {
  readonly application: Application;
  readonly strategy: 'rolling' | 'canary';
  readonly maxInFlight: number;
  /** Number of web instances wanted before it began and after it ends. */
  readonly target: number;
  readonly process: Process;
  /** Web processes that were there before. */
  readonly older: readonly Process[];
  status: 'ACTIVE' | 'FINALIZED';
  reason: DeploymentReason;
  /** False for a canary that has yet to pause, or that pauses. */
  continued: boolean;
}

export interface AuditEvent {
  readonly guid: string;
  readonly createdMs: Milliseconds;
  readonly type: string;
  readonly actor: EventParty;
  readonly target: EventParty;
  readonly data: Readonly<Record<string, unknown>>;
  readonly spaceGuid: string | undefined;
  readonly organizationGuid: string | undefined;
}

export interface EventParty {
  readonly guid: string;
  readonly type: string;
  readonly name: string;
}
