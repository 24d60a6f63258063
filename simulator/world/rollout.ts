import { SimulatorError } from '../simulator-error.js';
import { newProcess } from './creation.js';
import { applicationEvent } from './events.js';
import { dropInstances, fitInstances, replaceInstances, setInstanceState } from './instances.js';
import type { Application, Deployment, Process } from './records.js';
import { findApplication, newestProcess, type WorldState } from './state.js';

/** Safety net of `finishRollout`: more ticks than any deployment needs. */
const MOST_TICKS = 10_000;

export interface RolloutOptions {
  /** Name or guid. */
  readonly app: string;
  /** Default 1. */
  readonly maxInFlight?: number;
  /** `canary` stops with one new instance until it is finished or cancelled. Default rolling. */
  readonly strategy?: 'rolling' | 'canary';
}

/**
 * Begins what `cf push --strategy rolling` does: a second process of type web with instances of its own from index 0 on, still STARTING (facts 7).
 *
 * A deployment under way is superseded; its process stays until the new one finishes.
 */
export function beginRollout(state: WorldState, options: RolloutOptions): Deployment {
  const application = findApplication(state, options.app);
  const older = application.processes.filter((process) => process.type === 'web');
  const newest = newestProcess(application, 'web');
  if (newest === undefined || application.state === 'STOPPED') {
    throw new SimulatorError(
      'refused',
      `${application.name} is stopped or has no web process, so nothing can be rolled out`,
    );
  }
  const superseded = application.deployment;
  if (superseded !== undefined) finalize(state, superseded, 'SUPERSEDED');
  const target = superseded?.target ?? newest.desired;
  const maxInFlight = options.maxInFlight ?? 1;
  const strategy = options.strategy ?? 'rolling';
  const first = strategy === 'canary' ? 1 : Math.min(maxInFlight, target);
  const process = newProcess(state, application, { type: 'web', instances: first });
  fitInstances(state, process, 'STARTING');
  const deployment: Deployment = {
    guid: state.random.guid(),
    createdMs: state.clock.now(),
    updatedMs: state.clock.now(),
    metadata: { labels: {}, annotations: {} },
    application,
    strategy,
    maxInFlight,
    target,
    process,
    older,
    status: 'ACTIVE',
    reason: 'DEPLOYING',
    continued: strategy === 'rolling',
  };
  state.deployments.set(deployment.guid, deployment);
  application.deployment = deployment;
  applicationEvent(state, application, 'audit.app.deployment.create', { deployment_guid: deployment.guid, strategy });
  return deployment;
}

/**
 * One tick of the deployment updater: what was STARTING runs, old instances go, new ones start. A paused canary stays as it is.
 *
 * Real processes run when they do: old instances go as new ones are routable.
 */
export function advanceRollout(state: WorldState, app: string): Deployment {
  const deployment = deploymentOf(state, app);
  if (deployment.reason === 'PAUSED') return deployment;
  tick(state, deployment);
  return deployment;
}

/**
 * Ticks until the new process has taken over; ends a canary's pause too. The old web processes are deleted then.
 *
 * Real processes take their time: of theirs only the pause ends here, and `advanceRollout` is to be called on.
 */
export function finishRollout(state: WorldState, app: string): Deployment {
  const deployment = deploymentOf(state, app);
  if (deployment.reason === 'PAUSED') {
    deployment.reason = 'DEPLOYING';
    applicationEvent(state, deployment.application, 'audit.app.deployment.continue', {
      deployment_guid: deployment.guid,
    });
  }
  deployment.continued = true;
  if (deployment.application.longRunning !== undefined) return deployment;
  for (let ticks = 0; deployment.status === 'ACTIVE' && ticks < MOST_TICKS; ticks += 1) {
    tick(state, deployment);
  }
  return deployment;
}

/** The newest process goes, the one before it comes back to the full count. */
export function cancelRollout(state: WorldState, app: string): Deployment {
  const deployment = deploymentOf(state, app);
  const { application, older } = deployment;
  removeProcess(state, application, deployment.process);
  const survivor = older.at(-1);
  for (const process of older) {
    if (process !== survivor) removeProcess(state, application, process);
  }
  if (survivor !== undefined) setDesired(state, survivor, deployment.target);
  finalize(state, deployment, 'CANCELED');
  applicationEvent(state, application, 'audit.app.deployment.cancel', { deployment_guid: deployment.guid });
  return deployment;
}

function tick(state: WorldState, deployment: Deployment): void {
  const { process, target, maxInFlight } = deployment;
  const simulated = deployment.application.longRunning === undefined;
  for (const instance of process.instances) {
    if (simulated && instance.state === 'STARTING') setInstanceState(state, instance, 'RUNNING');
  }
  const routable = process.instances.filter(({ state: each, ready }) => each === 'RUNNING' && ready).length;
  if (!deployment.continued) {
    if (routable === 0) return;
    // Old instances become original - canary + 1, and one canary is what the default steps ask for.
    shrinkOlder(state, deployment, target);
    deployment.reason = 'PAUSED';
    deployment.updatedMs = state.clock.now();
    return;
  }
  if (routable >= target) {
    complete(state, deployment);
    return;
  }
  shrinkOlder(state, deployment, Math.max(target - routable, 0));
  process.desired = Math.min(routable + maxInFlight, target);
  process.updatedMs = state.clock.now();
  fitInstances(state, process, 'STARTING');
}

/** Takes instances from the oldest processes first; the original one may sit at 0, interim ones are destroyed there (facts 7). */
function shrinkOlder(state: WorldState, deployment: Deployment, wanted: number): void {
  let left = wanted;
  for (const process of [...deployment.older].reverse()) {
    const kept = Math.min(process.desired, left);
    left -= kept;
    setDesired(state, process, kept);
    if (kept === 0 && process !== deployment.older[0]) removeProcess(state, deployment.application, process);
  }
}

function complete(state: WorldState, deployment: Deployment): void {
  const { application } = deployment;
  for (const process of deployment.older) removeProcess(state, application, process);
  setDesired(state, deployment.process, deployment.target);
  for (const process of application.processes) {
    if (process.type !== 'web') replaceInstances(state, process);
  }
  finalize(state, deployment, 'DEPLOYED');
}

function finalize(state: WorldState, deployment: Deployment, reason: Deployment['reason']): void {
  deployment.status = 'FINALIZED';
  deployment.reason = reason;
  deployment.updatedMs = state.clock.now();
  if (deployment.application.deployment === deployment) deployment.application.deployment = undefined;
}

function setDesired(state: WorldState, process: Process, desired: number): void {
  process.desired = desired;
  process.updatedMs = state.clock.now();
  fitInstances(state, process);
}

function removeProcess(state: WorldState, application: Application, process: Process): void {
  application.processes = application.processes.filter((each) => each !== process);
  dropInstances(state, process, 0);
  state.processes.delete(process.guid);
}

function deploymentOf(state: WorldState, app: string): Deployment {
  const application = findApplication(state, app);
  if (application.deployment === undefined)
    throw new SimulatorError('not_found', `${application.name} has no deployment under way`);
  return application.deployment;
}
