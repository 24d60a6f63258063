import type { Application, EventParty, Instance, Route, Space } from './records.js';
import type { WorldState } from './state.js';

/** Enough to tail; a real foundation keeps 31 days. */
const KEPT_EVENTS = 10_000;
/** Taking the oldest away moves all others, so it is not done for each. */
const TRIMMED_AT_ONCE = 10_000;

const ADMINISTRATOR: EventParty = { guid: '00000000-0000-4000-8000-000000000001', type: 'user', name: 'admin' };

type Data = Readonly<Record<string, unknown>>;

/** Records an audit event about an application, by the administrator (facts 3.9). */
export function applicationEvent(state: WorldState, application: Application, type: string, data: Data = {}): void {
  append(state, { type, data, actor: ADMINISTRATOR, target: applicationParty(application), space: application.space });
}

export function routeEvent(state: WorldState, route: Route, type: string): void {
  const target = { guid: route.guid, type: 'route', name: route.host };
  append(state, { type, data: {}, actor: ADMINISTRATOR, target, space: route.space });
}

export interface CrashDetails {
  readonly exitStatus: number;
  readonly exitDescription: string;
}

const USUAL_CRASH: CrashDetails = { exitStatus: 1, exitDescription: 'APP/PROC/WEB: Exited with status 1' };

/** A crash has the process as its actor, and is told twice. */
export function crashEvents(state: WorldState, instance: Instance, details = USUAL_CRASH): void {
  const { process, index } = instance;
  const data = {
    instance: instance.guid,
    index,
    reason: 'CRASHED',
    exit_status: details.exitStatus,
    exit_description: details.exitDescription,
    crash_count: Math.max(1, instance.crashes),
    crash_timestamp: state.clock.now() * 1e6,
    version: process.version,
  };
  const actor = { guid: process.guid, type: 'process', name: process.type };
  const target = applicationParty(process.application);
  for (const type of ['audit.app.process.crash', 'app.crash']) {
    append(state, { type, data, actor, target, space: process.application.space });
  }
}

interface Entry {
  readonly type: string;
  readonly data: Data;
  readonly actor: EventParty;
  readonly target: EventParty;
  readonly space: Space;
}

function append(state: WorldState, entry: Entry): void {
  state.events.push({
    guid: state.random.guid(),
    createdMs: state.clock.now(),
    type: entry.type,
    actor: entry.actor,
    target: entry.target,
    data: entry.data,
    spaceGuid: entry.space.guid,
    organizationGuid: entry.space.organization.guid,
  });
  if (state.events.length > KEPT_EVENTS + TRIMMED_AT_ONCE) state.events.splice(0, TRIMMED_AT_ONCE);
}

function applicationParty(application: Application): EventParty {
  return { guid: application.guid, type: 'app', name: application.name };
}
