import type { Random } from '../../simulator/random.js';
import type { Behaviour, World } from '../../simulator/simulator.js';
import type { Milliseconds } from '../../src/base/duration.js';
import type { Change, Standing } from './events.js';

/** Ongoing work of those who deploy: each step changes something at random, and tells of it. */
export interface Deployments {
  /** One change; what takes longer goes on by itself. */
  step(): void;
  /** What began or ended since the last call. */
  takeChanges(): readonly Change[];
  standing(): readonly Standing[];
  stop(): void;
}

export interface DeploymentsOptions {
  readonly world: World;
  readonly random: Random;
  /** Of each application, about. */
  readonly instances: number;
  /** After this what has changed has to be seen everywhere. */
  readonly graceMs: Milliseconds;
  /** Of applications that are new in an organization. */
  behaviourIn(organization: string): Partial<Behaviour>;
}

const ROLLOUT_TICK_MS: Milliseconds = 1_000;
const RESTART_MS: Milliseconds = 700;
const CRASHED_MS: Milliseconds = 8_000;
/** A request that was under way at the end of a change. */
const TAIL_MS: Milliseconds = 1_000;
/** How far an application may be scaled from what is usual. */
const SCALED_BY = 3;

type Range = Pick<Change, 'fromIndex' | 'toIndex' | 'effect'>;

const EVERYTHING_GOES: Range = { fromIndex: 0, toIndex: Number.POSITIVE_INFINITY, effect: 'instances go' };

export function startDeployments(options: DeploymentsOptions): Deployments {
  const { world, random, graceMs } = options;
  const changes = new Map<number, Change>();
  const told = new Set<number>();
  /** By application: until when something is under way, and when something changed last. */
  const busy = new Set<string>();
  const changedMs = new Map<string, Milliseconds>();
  const timers = new Set<NodeJS.Timeout>();
  const usual = world.applications().length;
  const startedMs = Date.now();
  let lastId = 0;

  function begin(what: string, app: string, range: Partial<Range> = {}): number {
    lastId += 1;
    const now = Date.now();
    changes.set(lastId, { id: lastId, what, app, ...EVERYTHING_GOES, ...range, fromMs: now, untilMs: undefined });
    told.delete(lastId);
    changedMs.set(app, now);
    return lastId;
  }

  function end(id: number, afterMs: Milliseconds): void {
    const change = changes.get(id);
    if (change === undefined) return;
    changes.set(id, { ...change, untilMs: Date.now() + afterMs });
    told.delete(id);
    changedMs.set(change.app, Date.now());
  }

  function later(ms: Milliseconds, task: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      task();
    }, ms);
    timers.add(timer);
  }

  function idleApplication(): string | undefined {
    const apps = world.applications().filter(({ guid }) => !busy.has(guid));
    return apps[random.below(apps.length)]?.guid;
  }

  function countOf(app: string): number {
    return world.application(app).processes.find(({ type }) => type === 'web')?.desired ?? 0;
  }

  function scale(app: string): void {
    const before = countOf(app);
    const wanted = Math.max(1, options.instances - SCALED_BY + random.below(2 * SCALED_BY + 1));
    world.scale(app, wanted);
    const range: Partial<Range> =
      wanted < before ? { fromIndex: wanted } : { fromIndex: before, effect: 'instances come' };
    end(begin(wanted < before ? 'scaled down' : 'scaled up', app, range), graceMs);
  }

  function rollOut(app: string): void {
    busy.add(app);
    const id = begin('rolling deployment', app);
    world.beginRollingDeployment({ app, maxInFlight: 2 });
    const advance = (): void => {
      if (world.advanceDeployment(app).status === 'ACTIVE') {
        later(ROLLOUT_TICK_MS, advance);
        return;
      }
      busy.delete(app);
      end(id, graceMs);
    };
    later(ROLLOUT_TICK_MS, advance);
  }

  function restart(app: string): void {
    busy.add(app);
    const id = begin('restarted', app);
    world.stop(app);
    later(RESTART_MS, () => {
      world.start(app);
      busy.delete(app);
      end(id, graceMs);
    });
  }

  function crash(app: string): void {
    busy.add(app);
    const index = random.below(countOf(app));
    const router = random.below(2) === 0 ? 'registered' : 'unregistered';
    const id = begin(`instance crashed, ${router}`, app, { fromIndex: index, toIndex: index + 1 });
    world.crash({ app, index, router });
    later(CRASHED_MS, () => {
      // Not `recover`, which replaces all later ones too.
      world.setInstance({ app, index, state: 'RUNNING' });
      busy.delete(app);
      end(id, TAIL_MS);
    });
  }

  function remove(app: string): void {
    const id = begin('deleted', app);
    world.delete(app);
    end(id, graceMs);
  }

  function add(): void {
    const spaces = world.spaces();
    const space = spaces[random.below(spaces.length)];
    if (space === undefined) return;
    const app = world.deployApplication({
      name: `soak-${random.hex(8)}`,
      space: space.guid,
      instances: options.instances,
      behaviour: options.behaviourIn(space.organization.name),
    });
    end(begin('added', app.guid, { effect: 'instances come' }), graceMs);
  }

  const kinds = [scale, scale, rollOut, restart, crash, crash];

  return {
    step() {
      const app = idleApplication();
      if (app === undefined) return;
      const kind = random.below(kinds.length + 2);
      if (kind < kinds.length) kinds[kind]?.(app);
      else if (world.applications().length < usual) add();
      else remove(app);
    },
    takeChanges() {
      const fresh = [...changes.values()].filter(({ id }) => !told.has(id));
      for (const { id, untilMs } of fresh) {
        told.add(id);
        if (untilMs !== undefined) changes.delete(id);
      }
      return fresh;
    },
    standing: () =>
      world.applications().map(({ guid }) => ({
        app: guid,
        instances: countOf(guid),
        changedMs: busy.has(guid) ? Date.now() : (changedMs.get(guid) ?? startedMs),
      })),
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
