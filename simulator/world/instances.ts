import type { Instance, InstanceState, Process } from './records.js';
import type { WorldState } from './state.js';

/**
 * Brings the instances of a process to its desired count: surplus ones vanish from API and router at once, new ones run at once.
 *
 * Real containers need seconds for both; `setInstanceState` shows what lies between.
 */
export function fitInstances(state: WorldState, process: Process, newState: InstanceState = 'RUNNING'): void {
  const wanted = runs(process) ? process.desired : 0;
  if (process.instances.length > wanted) process.instances = process.instances.slice(0, wanted);
  for (let index = process.instances.length; index < wanted; index += 1) {
    process.instances.push(newInstance(state, process, index, newState));
  }
}

/** Sets what the API says about an instance, and whether the router knows it: only a running one is registered. */
export function setInstanceState(state: WorldState, instance: Instance, to: InstanceState): void {
  instance.state = to;
  instance.sinceMs = state.clock.now();
  if (to === 'RUNNING') {
    instance.alive = true;
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
  process.instances = [];
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
  };
}
