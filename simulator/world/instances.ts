import type { Instance, InstanceState, Process } from './records.js';
import type { WorldState } from './state.js';

/**
 * Brings the instances of a process to its desired count: surplus ones vanish from API and router at once, new ones run at once.
 *
 * Real containers need seconds for both; `setInstanceState` shows what lies between.
 */
export function fitInstances(state: WorldState, process: Process, newState: InstanceState = 'RUNNING'): void {
  const wanted = runs(process) ? process.desired : 0;
  dropInstances(state, process, wanted);
  for (let index = process.instances.length; index < wanted; index += 1) {
    const instance = newInstance(state, process, index, stateToBegin(process, newState));
    process.instances.push(instance);
    if (process.application.longRunning !== undefined) state.runner?.start(instance);
  }
}

/** Takes the instances from an index on away; real processes are told to stop. */
export function dropInstances(state: WorldState, process: Process, from: number): void {
  if (process.instances.length <= from) return;
  const surplus = process.instances.slice(from);
  process.instances = process.instances.slice(0, from);
  if (process.application.longRunning === undefined) return;
  for (const instance of surplus) state.runner?.stop(instance);
}

/** Another container for the index of an instance. The caller puts it where it belongs, and starts it. */
export function successorOf(state: WorldState, instance: Instance): Instance {
  const { process, index, crashes } = instance;
  return { ...newInstance(state, process, index, 'STARTING'), crashes };
}

function stateToBegin({ application }: Process, newState: InstanceState): InstanceState {
  return application.longRunning === undefined ? newState : 'STARTING';
}

/** Sets what the API says about an instance, and whether the router knows it: only a running one is registered. */
export function setInstanceState(state: WorldState, instance: Instance, to: InstanceState): void {
  instance.state = to;
  instance.sinceMs = state.clock.now();
  if (to === 'RUNNING') {
    instance.alive = true;
    instance.ready = true;
    instance.placementError = undefined;
    if (instance.registration === 0) register(state, instance);
  } else {
    instance.alive = false;
    instance.registration = 0;
  }
}

/** Unregister and register again: of two instances with the same index the later one wins (facts 5.4). */
export function register(state: WorldState, instance: Instance): void {
  state.registrations += 1;
  instance.registration = state.registrations;
}

/** Fresh containers for all instances, as after a restart. */
export function replaceInstances(state: WorldState, process: Process): void {
  dropInstances(state, process, 0);
  process.version = state.random.guid();
  fitInstances(state, process);
}

function runs(process: Process): boolean {
  return process.application.state === 'STARTED' && process.application.dropletGuid !== undefined;
}

function newInstance(state: WorldState, process: Process, index: number, newState: InstanceState): Instance {
  const running = newState === 'RUNNING';
  if (running) state.registrations += 1;
  return {
    process,
    index,
    guid: state.random.instanceGuid(),
    state: newState,
    sinceMs: state.clock.now(),
    registration: running ? state.registrations : 0,
    alive: running,
    scrapes: 0,
    startedMs: state.clock.now(),
    placementError: undefined,
    ready: running,
    hostPort: undefined,
    crashes: 0,
  };
}
