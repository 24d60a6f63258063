import { Buffer } from 'node:buffer';
import type { Clock } from '../../../src/base/clock.js';
import type { DatedInventory } from '../../../src/foundation/dated-inventory.js';
import type { Inventory } from '../../../src/foundation/inventory.js';
import { perKind, type ResourceKind } from '../../../src/foundation/resources.js';
import type { ReplicaStore, StoreErrorCode } from '../../../src/replication/replica-store.js';
import { createReplication, type Replication } from '../../../src/replication/replication.js';
import type { ReplicaRole } from '../../../src/replication/role-keeper.js';
import type { ValueCodec } from '../../../src/replication/shared-value.js';
import { recordedLog } from '../foundation/recorded-log.js';
import type { ManualClock } from '../manual-clock.js';

/** How often a replica that reads Cloud Foundry does so. */
export const READ_EVERY_MS = 5_000;
export const LEASE_MS = 10_000;

/** One replica of the program, with a Cloud Foundry that is a number. */
export interface Replica {
  readonly id: string;
  readonly replication: Replication;
  readonly role: ReplicaRole;
  /** The number that it goes by. */
  readonly knows: number | undefined;
  readonly readings: number;
  readonly suspicions: number;
  readonly failures: readonly (StoreErrorCode | 'value')[];
  readonly roles: readonly ReplicaRole[];
  count(text: string): number;
  /** The process stands still: what is due waits. */
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
  /** Its clock on the wall goes wrong by so much. */
  skew(ms: number): void;
  /** The process is gone, without a word. */
  kill(): void;
}

export interface ReplicaOptions {
  readonly id: string;
  readonly store: ReplicaStore;
  readonly clock: ManualClock;
  readonly cloudFoundry: () => number;
  readonly judge?: (dated: DatedInventory) => DatedInventory | string;
  /** What it has from before, a minute old. */
  readonly known?: number;
  /** Whether Cloud Foundry is out of its reach: it reads nothing then. */
  readonly isBlind?: () => boolean;
}

export function startReplica(options: ReplicaOptions): Replica {
  const { id, store, clock: time, cloudFoundry, judge, known, isBlind = () => false } = options;
  const { log, count } = recordedLog();
  const failures: (StoreErrorCode | 'value')[] = [];
  const roles: ReplicaRole[] = [];
  let offsetMs = 0;
  let paused = false;
  let dead = false;
  let held: (() => void)[] = [];
  let readings = 0;
  let suspicions = 0;
  const clock: Clock = {
    now: () => time.now() + offsetMs,
    monotonic: () => time.monotonic(),
    after: (delayMs, task) =>
      time.after(delayMs, () => {
        if (dead) return;
        if (paused) held.push(task);
        else task();
      }),
  };
  let dated = known === undefined ? undefined : datedOf(known, clock.now() - 60_000);

  async function read(kinds: readonly ResourceKind[]): Promise<void> {
    readings += 1;
    if (isBlind()) return;
    const number = cloudFoundry();
    const inventory =
      dated !== undefined && numberOf(dated) === number ? dated.inventory : datedOf(number, 0).inventory;
    dated = { ...datedOf(number, clock.now()), inventory };
    if (kinds.length > 0) replication.changed();
  }

  function readsItself(): boolean {
    return replication.role === 'leader' || replication.role === 'alone';
  }

  function round(): void {
    const dueAt = (dated?.readAtMs.apps ?? Number.NEGATIVE_INFINITY) + READ_EVERY_MS;
    if (readsItself() && Math.abs(dueAt - clock.now()) > READ_EVERY_MS) void read(['apps']);
    else if (readsItself() && dueAt <= clock.now()) void read(['apps']);
    clock.after(500, round);
  }

  const replication = createReplication({
    store,
    replicaId: id,
    leaseMs: LEASE_MS,
    clock,
    random: () => 0.5,
    log,
    observe: { failed: (reason) => void failures.push(reason) },
    known: () => dated,
    judge: judge ?? ((each) => each),
    onTaken: (taken) => {
      dated = taken;
    },
    onRole: (role) => void roles.push(role),
    refresh: read,
    onSuspicion: () => {
      suspicions += 1;
    },
    isBlind,
    codec: numberCodec,
  });
  clock.after(0, round);
  replication.start();
  return {
    id,
    replication,
    get role() {
      return replication.role;
    },
    get knows() {
      return dated === undefined ? undefined : numberOf(dated);
    },
    get readings() {
      return readings;
    },
    get suspicions() {
      return suspicions;
    },
    failures,
    roles,
    count,
    get isPaused() {
      return paused;
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      const due = held;
      held = [];
      for (const task of due) task();
    },
    skew(ms) {
      offsetMs = ms;
    },
    kill() {
      dead = true;
    },
  };
}

const NOTHING = new Map<string, never>();

function datedOf(number: number, atMs: number): DatedInventory {
  const inventory: Inventory = {
    foundation: String(number),
    plan: { spaces: 'all' },
    organizations: NOTHING,
    spaces: NOTHING,
    apps: NOTHING,
    processes: NOTHING,
    routes: NOTHING,
    domains: NOTHING,
  };
  const reader = { grant: 'password', name: 'ann' } as const;
  return { inventory, apiOrigin: 'https://api.example.org', reader, readAtMs: perKind(() => atMs) };
}

function numberOf({ inventory }: DatedInventory): number {
  return Number(inventory.foundation);
}

const numberCodec: ValueCodec = {
  pack: async (dated) => Buffer.from(String(numberOf(dated))),
  unpack: async (value) => datedOf(Number(value.toString()), 0),
};

/** Moves time on in small steps, in which all that is under way ends. */
export async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= STEP_MS) {
    clock.advance(Math.min(left, STEP_MS));
    await settle();
  }
}

const STEP_MS = 250;

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
