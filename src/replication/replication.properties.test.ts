import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/support/manual-clock.js';
import { type Behaviour, createMemoryServer, type MemoryServer } from '../../test/support/replication/memory-server.js';
import { LEASE_MS, pass, READ_EVERY_MS, type Replica, startReplica } from '../../test/support/replication/replica.js';

const REPLICAS = 3;
const HEALED_MS = 90_000;

/** Three replicas, two servers (a Sentinel that is of two minds leaves two masters), one Cloud Foundry. */
interface World {
  readonly clock: ManualClock;
  readonly servers: readonly MemoryServer[];
  readonly replicas: (Replica | undefined)[];
  readonly behaviour: Behaviour[];
  readonly server: number[];
  /** Where the connection for values leads: for a while another one than that for steps. */
  readonly valueServer: number[];
  cloudFoundry: number;
  born: number;
  buried: number;
  skewed: boolean;
  /** A server has lost its memory, or there were two: leaders may be deposed before their time. */
  upset: boolean;
}

function createWorld(): World {
  const clock = manualClock();
  return {
    clock,
    servers: [createMemoryServer(clock, LEASE_MS), createMemoryServer(clock, LEASE_MS)],
    replicas: Array.from({ length: REPLICAS }, () => undefined),
    behaviour: Array.from({ length: REPLICAS }, () => 'fine' as const),
    server: Array.from({ length: REPLICAS }, () => 0),
    valueServer: Array.from({ length: REPLICAS }, () => 0),
    cloudFoundry: 1,
    born: 0,
    buried: 0,
    skewed: false,
    upset: false,
  };
}

function start(world: World, index: number): void {
  if (world.replicas[index] !== undefined) return;
  world.born += 1;
  const behaviour = (): Behaviour => world.behaviour[index] ?? 'fine';
  const at = (): MemoryServer => required(world.servers[world.server[index] ?? 0]);
  const ends = world.servers.map((server) => server.connect(() => (at() === server ? behaviour() : 'away')));
  const lines = world.servers.map((server) => server.connect(behaviour));
  const store = (): (typeof ends)[number] => required(ends[world.server[index] ?? 0]);
  const values = (): (typeof ends)[number] => required(lines[world.valueServer[index] ?? 0]);
  world.replicas[index] = startReplica({
    id: `replica-${world.born}`,
    clock: world.clock,
    cloudFoundry: () => world.cloudFoundry,
    store: {
      look: (...args) => store().look(...args),
      acquire: (...args) => store().acquire(...args),
      renew: (...args) => store().renew(...args),
      release: (...args) => store().release(...args),
      put: (lease, shared) => (shared.value === undefined ? store() : values()).put(lease, shared),
      fetch: () => values().fetch(),
      ask: (...args) => store().ask(...args),
      silence: () => store().silence(),
      onNews(listener) {
        const end = ends.map((each) => each.onNews(listener));
        return () => end.forEach((each) => void each());
      },
    },
  });
}

/** What holds at any moment. */
function check(world: World): void {
  expect(world.servers.map(({ wentBack }) => wentBack)).toEqual([0, 0]);
  if (world.upset) return;
  const leaders = world.replicas.filter((each) => each?.role === 'leader' && !each.isPaused);
  expect(leaders.length).toBeLessThanOrEqual(1);
}

async function passChecked(world: World, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    await pass(world.clock, Math.min(left, 1_000));
    check(world);
  }
}

type Step = (world: World) => void | Promise<void>;

const replica = fc.nat(REPLICAS - 1);

const steps: fc.Arbitrary<readonly [string, Step]> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .integer({ min: 250, max: 20_000 })
      .map((ms) => [`pass ${ms}`, (world: World) => passChecked(world, ms)] as const),
  },
  { weight: 2, arbitrary: fc.constant(['deploy', deploy] as const) },
  { weight: 2, arbitrary: replica.map((index) => [`start ${index}`, (world: World) => start(world, index)] as const) },
  replica.map((index) => [`kill ${index}`, (world: World) => kill(world, index)] as const),
  replica.map((index) => [`stop ${index}`, (world: World) => stop(world, index)] as const),
  {
    weight: 3,
    arbitrary: fc
      .tuple(replica, fc.constantFrom<Behaviour>('fine', 'away', 'late', 'full', 'read_only', 'answer', 'answer lost'))
      .map(([index, how]) => [`store ${how} to ${index}`, (world: World) => behave(world, index, how)] as const),
  },
  fc
    .constantFrom(0, 1)
    .chain((server) =>
      replica.map(
        (index) => [`replica ${index} at server ${server}`, (world: World) => move(world, index, server)] as const,
      ),
    ),
  fc
    .constantFrom(0, 1)
    .chain((server) =>
      replica.map(
        (index) =>
          [`values of ${index} at server ${server}`, (world: World) => moveValues(world, index, server)] as const,
      ),
    ),
  replica.map((index) => [`pause ${index}`, (world: World) => world.replicas[index]?.pause()] as const),
  replica.map((index) => [`resume ${index}`, (world: World) => world.replicas[index]?.resume()] as const),
  fc
    .tuple(replica, fc.integer({ min: -100_000, max: 100_000 }))
    .map(([index, ms]) => [`skew ${index} by ${ms}`, (world: World) => skew(world, index, ms)] as const),
  fc.constantFrom(0, 1).map((server) => [`empty ${server}`, (world: World) => empty(world, server)] as const),
  fc.constantFrom(0, 1).map((server) => [`save ${server}`, (world: World) => save(world, server)] as const),
  fc.constantFrom(0, 1).map((server) => [`restore ${server}`, (world: World) => restore(world, server)] as const),
  fc.constantFrom(0, 1).map((server) => [`make room at ${server}`, (world: World) => makeRoom(world, server)] as const),
);

function kill(world: World, index: number): void {
  const dead = world.replicas[index];
  dead?.kill();
  world.buried += dead?.readings ?? 0;
  world.replicas[index] = undefined;
}

function stop(world: World, index: number): void {
  const leaving = world.replicas[index];
  void leaving?.replication.stop().then(() => leaving.kill());
  world.buried += leaving?.readings ?? 0;
  world.replicas[index] = undefined;
}

function deploy(world: World): void {
  world.cloudFoundry += 1;
}

function behave(world: World, index: number, how: Behaviour): void {
  world.behaviour[index] = how;
}

function move(world: World, index: number, server: number): void {
  world.upset ||= server !== 0;
  world.server[index] = server;
  world.valueServer[index] = server;
}

function moveValues(world: World, index: number, server: number): void {
  world.upset ||= server !== 0;
  world.valueServer[index] = server;
}

function skew(world: World, index: number, ms: number): void {
  world.skewed = true;
  world.replicas[index]?.skew(ms);
}

function empty(world: World, server: number): void {
  world.upset = true;
  world.servers[server]?.empty();
}

function save(world: World, server: number): void {
  world.servers[server]?.save();
}

/** An old lease may be there again. */
function restore(world: World, server: number): void {
  world.upset = true;
  world.servers[server]?.restore();
}

function makeRoom(world: World, server: number): void {
  world.servers[server]?.loseHead();
  world.servers[server]?.loseValue();
}

async function heal(world: World): Promise<void> {
  for (let index = 0; index < REPLICAS; index += 1) {
    world.behaviour[index] = 'fine';
    world.server[index] = 0;
    world.valueServer[index] = 0;
    world.replicas[index]?.resume();
    world.replicas[index]?.skew(0);
    start(world, index);
  }
  await pass(world.clock, world.skewed ? HEALED_MS + 400_000 : HEALED_MS);
  world.cloudFoundry += 1;
  await pass(world.clock, READ_EVERY_MS * 4);
}

test('whatever befalls store, network, clocks and processes: no old leader writes, and in the end all know the newest of one', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 40 }), async (script) => {
      const world = createWorld();
      for (let index = 0; index < REPLICAS; index += 1) start(world, index);
      for (const [, step] of script) {
        await step(world);
        check(world);
      }
      await heal(world);
      const roles = world.replicas.map((each) => each?.role).toSorted();
      expect(roles).toEqual(['follower', 'follower', 'leader']);
      expect(world.replicas.map((each) => each?.knows)).toEqual(world.replicas.map(() => world.cloudFoundry));
      const before = readings(world);
      await pass(world.clock, 100_000);
      // One reads, the others do not: no more than one replica alone.
      expect(readings(world) - before).toBeLessThanOrEqual(100_000 / READ_EVERY_MS + 1);
    }),
    { numRuns: 80 },
  );
});

function readings(world: World): number {
  return world.replicas.reduce((sum, each) => sum + (each?.readings ?? 0), world.buried);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none');
  return value;
}
