import { SimulatorError } from '../simulator-error.js';
import type { Behaviour } from './behaviour.js';
import { applicationEvent, crashEvents } from './events.js';
import { fitInstances, register, replaceInstances, setInstanceState } from './instances.js';
import type { Application, Instance, InstanceState, Metadata, Process } from './records.js';
import {
  findApplication,
  findDomain,
  findOrganization,
  findRoute,
  findSpace,
  newestProcess,
  type WorldState,
} from './state.js';

export interface ScaleOptions {
  /** Name or guid. */
  readonly app: string;
  readonly instances: number;
  /** Default web. */
  readonly processType?: string;
}

/** Changes the desired count; only the process counts as updated. Refused during a deployment, as 422 390016 does. */
export function scale(state: WorldState, options: ScaleOptions): Process {
  const application = findApplication(state, options.app);
  refuseDuringDeployment(application, 'scaled');
  if (!Number.isInteger(options.instances) || options.instances < 0) {
    throw new SimulatorError('invalid', `instances has to be a whole number, not ${options.instances}`);
  }
  const process = processOf(application, options.processType ?? 'web');
  process.desired = options.instances;
  process.updatedMs = state.clock.now();
  fitInstances(state, process);
  applicationEvent(state, application, 'audit.app.process.scale', {
    process_guid: process.guid,
    process_type: process.type,
    request: { instances: options.instances },
  });
  return process;
}

/** Desired counts are kept, instances vanish. Refused during a deployment. */
export function stop(state: WorldState, app: string): Application {
  const application = findApplication(state, app);
  refuseDuringDeployment(application, 'stopped');
  application.state = 'STOPPED';
  application.updatedMs = state.clock.now();
  for (const process of application.processes) fitInstances(state, process);
  applicationEvent(state, application, 'audit.app.stop');
  return application;
}

export function start(state: WorldState, app: string): Application {
  const application = findApplication(state, app);
  application.state = 'STARTED';
  application.updatedMs = state.clock.now();
  for (const process of application.processes) replaceInstances(state, process);
  applicationEvent(state, application, 'audit.app.start');
  return application;
}

/** Takes an application with its processes away; its routes stay without destinations. Only events tell of it afterwards. */
export function deleteApplication(state: WorldState, app: string): Application {
  const application = findApplication(state, app);
  applicationEvent(state, application, 'audit.app.stop', { delete_triggered: true });
  applicationEvent(state, application, 'audit.app.delete-request');
  state.applications.delete(application.guid);
  for (const process of application.processes) state.processes.delete(process.guid);
  for (const route of application.routes) {
    route.destinations = route.destinations.filter((destination) => destination.application !== application);
  }
  application.state = 'STOPPED';
  for (const process of application.processes) fitInstances(state, process);
  return application;
}

export interface CrashOptions {
  readonly app: string;
  readonly index: number;
  readonly processType?: string;
  /**
   * What the router knows of it. `unregistered` (default): nothing any more. `registered`: it still sends requests there, which
   * fail with 502; ordinary requests prune it, those with the instance header do not (facts 5.2).
   */
  readonly router?: 'unregistered' | 'registered';
}

/** The desired count stays: for the API the instance is CRASHED. `recover` brings it back. */
export function crash(state: WorldState, options: CrashOptions): Instance {
  const instance = findSimulated(state, options);
  const { registration } = instance;
  setInstanceState(state, instance, 'CRASHED');
  if (options.router === 'registered') instance.registration = registration;
  crashEvents(state, instance);
  return instance;
}

export interface InstanceOptions {
  readonly app: string;
  readonly index: number;
  readonly processType?: string;
}

export interface InstanceStateOptions extends InstanceOptions {
  readonly state: InstanceState;
  /** Why it is DOWN. */
  readonly placementError?: string;
}

/** What lies between: STARTING, DOWN for want of memory, STOPPING. RUNNING makes it reachable again. */
export function setInstance(state: WorldState, options: InstanceStateOptions): Instance {
  const instance = findSimulated(state, options);
  setInstanceState(state, instance, options.state);
  instance.placementError = options.placementError;
  return instance;
}

/** A fresh container for a crashed instance, with counters from zero. */
export function recover(state: WorldState, options: InstanceOptions): Instance {
  const { process, index } = findSimulated(state, options);
  process.instances.splice(index);
  fitInstances(state, process);
  return findInstance(state, options);
}

/** Registers an instance anew, so that it wins over others of the same index. */
export function reregister(state: WorldState, options: InstanceOptions): Instance {
  const instance = findInstance(state, options);
  register(state, instance);
  return instance;
}

export type NamedKind = 'organization' | 'space' | 'application';

export interface RenameOptions {
  readonly kind: NamedKind;
  readonly resource: string;
  readonly name: string;
}

export function rename(state: WorldState, options: RenameOptions): void {
  const finders = { organization: findOrganization, space: findSpace, application: findApplication };
  const resource = finders[options.kind](state, options.resource);
  resource.name = options.name;
  resource.updatedMs = state.clock.now();
}

export type DescribedKind = NamedKind | 'route' | 'domain';

export interface SetMetadataOptions {
  readonly kind: DescribedKind;
  readonly resource: string;
  /** Merged into what is there; null deletes, as PATCH does. */
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly annotations?: Readonly<Record<string, string | null>>;
}

export function setMetadata(state: WorldState, options: SetMetadataOptions): Metadata {
  const finders = {
    organization: findOrganization,
    space: findSpace,
    application: findApplication,
    route: findRoute,
    domain: findDomain,
  };
  const resource = finders[options.kind](state, options.resource);
  resource.metadata = {
    labels: merged(resource.metadata.labels, options.labels ?? {}),
    annotations: merged(resource.metadata.annotations, options.annotations ?? {}),
  };
  resource.updatedMs = state.clock.now();
  return resource.metadata;
}

export interface SetBehaviourOptions {
  readonly app: string;
  /** Without it the behaviour of all instances changes, except where an index has its own. */
  readonly index?: number;
  readonly behaviour: Partial<Behaviour>;
}

/** Changes how an application answers from now on; an empty object for an index gives that one back to the rest. */
export function setBehaviour(state: WorldState, options: SetBehaviourOptions): Application {
  const application = findApplication(state, options.app);
  if (options.index === undefined) {
    application.behaviour = { ...application.behaviour, ...options.behaviour };
  } else if (Object.keys(options.behaviour).length === 0) {
    application.instanceBehaviours.delete(options.index);
  } else {
    application.instanceBehaviours.set(options.index, options.behaviour);
  }
  return application;
}

function findInstance(state: WorldState, options: InstanceOptions): Instance {
  const application = findApplication(state, options.app);
  const process = processOf(application, options.processType ?? 'web');
  const instance = process.instances[options.index];
  if (instance === undefined) {
    const count = process.instances.length;
    throw new SimulatorError(
      'not_found',
      `${application.name} has ${count} ${process.type} instances, so no index ${options.index}`,
    );
  }
  return instance;
}

/** A real process is what it is: nobody can say that it has crashed. */
function findSimulated(state: WorldState, options: InstanceOptions): Instance {
  const instance = findInstance(state, options);
  const { application } = instance.process;
  if (application.longRunning === undefined) return instance;
  throw new SimulatorError(
    'refused',
    `The instances of ${application.name} are real processes: use kill or evacuate of the simulator's diego`,
  );
}

function processOf(application: Application, type: string): Process {
  const process = newestProcess(application, type);
  if (process === undefined)
    throw new SimulatorError('not_found', `${application.name} has no process of type ${type}`);
  return process;
}

function refuseDuringDeployment(application: Application, verb: string): void {
  if (application.deployment === undefined) return;
  throw new SimulatorError(
    'refused',
    `${application.name} cannot be ${verb} during a deployment: finish or cancel it first`,
  );
}

function merged(
  before: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const after: Record<string, string> = { ...before };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete after[key];
    else after[key] = value;
  }
  return after;
}
