import { beforeEach, describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/support/manual-clock.js';
import { type Behaviour, createMemoryServer, type MemoryServer } from '../../test/support/replication/memory-server.js';
import {
  LEASE_MS,
  pass,
  READ_EVERY_MS,
  type Replica,
  type ReplicaOptions,
  startReplica,
} from '../../test/support/replication/replica.js';
import { type ReplicaStore, StoreError } from './replica-store.js';

let clock: ManualClock;
let server: MemoryServer;
let cloudFoundry: number;
const store: Record<string, Behaviour> = {};

beforeEach(() => {
  clock = manualClock();
  server = createMemoryServer(clock, LEASE_MS);
  cloudFoundry = 1;
  for (const name of Object.keys(store)) delete store[name];
});

function replica(id: string, more: Partial<ReplicaOptions> = {}): Replica {
  const connected = server.connect(() => store[id] ?? 'fine');
  return startReplica({ id, store: connected, clock, cloudFoundry: () => cloudFoundry, ...more });
}

async function leaderAndFollower(
  ofFollower: Partial<ReplicaOptions> = {},
  ofLeader: Partial<ReplicaOptions> = {},
): Promise<readonly [Replica, Replica]> {
  const one = replica('one', ofLeader);
  await pass(clock, 1_000);
  const two = replica('two', ofFollower);
  await pass(clock, 3_000);
  return [one, two];
}

test('the first leads, the next takes what it has read and reads nothing', async () => {
  const [one, two] = await leaderAndFollower();
  expect([one.role, two.role]).toEqual(['leader', 'follower']);
  cloudFoundry = 2;
  await pass(clock, 10 * READ_EVERY_MS);
  expect([one.knows, two.knows]).toEqual([2, 2]);
  expect(two.readings).toBe(0);
  expect(two.roles).toEqual(['follower']);
});

test('a follower names its leader by the name that the leader tells of itself', async () => {
  const [one, two] = await leaderAndFollower();
  expect(one.count('this replica reads Cloud Foundry for all replica=one')).toBe(1);
  expect(two.count('this one takes what it shares leader=one')).toBe(1);
});

test('a new one knows all before a quarter of a second is over', async () => {
  await leaderAndFollower();
  const three = replica('three');
  await pass(clock, 250);
  expect([three.role, three.knows, three.readings]).toEqual(['follower', 1, 0]);
});

test.each([
  ['that dies is followed within 15 s', (one: Replica): void => one.kill(), 15_000],
  ['that stops is followed at once', (one: Replica): void => void one.replication.stop(), 500],
  [
    'that cannot reach the store is followed within 15 s',
    (): void => void Object.assign(store, { one: 'away' }),
    15_000,
  ],
] as const)('a leader %s', async (_, end, withinMs) => {
  const [one, two] = await leaderAndFollower();
  end(one);
  await pass(clock, withinMs);
  expect(two.role).toBe('leader');
});

test('a leader stops believing before its lease is over, whatever its timers do', async () => {
  const [one, two] = await leaderAndFollower();
  store['one'] = 'away';
  const roles = (): readonly string[] => [one.role, two.role];
  for (let ms = 0; ms < 15_000; ms += 250) {
    await pass(clock, 250);
    expect(roles()).not.toEqual(['leader', 'leader']);
  }
  expect(roles()).toEqual(['alone', 'leader']);
  delete store['one'];
  await pass(clock, 10_000);
  expect([one.role, two.role]).toEqual(['follower', 'leader']);
});

test('a leader that can renew and whose writings come too late gives the lease to another', async () => {
  let late = false;
  const connected = server.connect(() => 'fine');
  const slow: ReplicaStore = {
    ...connected,
    put: (...args) => (late ? Promise.reject(new StoreError('late', 'too late')) : connected.put(...args)),
  };
  const [one, two] = await leaderAndFollower({}, { store: slow });
  expect([one.role, two.role]).toEqual(['leader', 'follower']);
  late = true;
  cloudFoundry = 2;
  await pass(clock, 3 * LEASE_MS);
  expect([one.role, two.role]).toEqual(['follower', 'leader']);
  expect([one.knows, two.knows]).toEqual([2, 2]);
});

test('one that cannot read what was shared last leads with what it reads by itself', async () => {
  let late = false;
  const connected = server.connect(() => 'fine');
  const slow: ReplicaStore = {
    ...connected,
    fetch: () => (late ? Promise.reject(new StoreError('late', 'too late')) : connected.fetch()),
  };
  const [one] = await leaderAndFollower({ store: slow });
  late = true;
  cloudFoundry = 2;
  await pass(clock, READ_EVERY_MS + 1_000);
  one.kill();
  cloudFoundry = 3;
  await pass(clock, 3 * LEASE_MS);
  const three = replica('three');
  await pass(clock, 1_000);
  expect([server.leader, three.role, three.knows, three.readings]).toEqual(['two', 'follower', 3, 0]);
});

test('one that has what was shared last leads without reading it again', async () => {
  let fetched = 0;
  const connected = server.connect(() => 'fine');
  const counted: ReplicaStore = {
    ...connected,
    fetch() {
      fetched += 1;
      return connected.fetch();
    },
  };
  const [one, two] = await leaderAndFollower({ store: counted });
  expect(fetched).toBe(1);
  one.kill();
  await pass(clock, 15_000);
  expect([two.role, fetched]).toEqual(['leader', 1]);
});

describe('a value on its way', () => {
  /** Its writings stand still until `go`. */
  function held(): { readonly store: ReplicaStore; hold(): void; go(): void } {
    const connected = server.connect(() => store['one'] ?? 'fine');
    let holds = false;
    let waiting: (() => void)[] = [];
    return {
      store: {
        ...connected,
        async put(...args) {
          if (holds) await new Promise<void>((resolve) => waiting.push(resolve));
          return await connected.put(...args);
        },
      },
      hold() {
        holds = true;
      },
      go() {
        holds = false;
        for (const each of waiting) each();
        waiting = [];
      },
    };
  }

  test('for longer than a lease leaves its leader in charge, who hears what is wished for', async () => {
    const slow = held();
    const one = replica('one', { store: slow.store });
    await pass(clock, 1_000);
    const two = replica('two');
    await pass(clock, 3_000);
    slow.hold();
    cloudFoundry = 2;
    await pass(clock, 2.5 * LEASE_MS);
    expect([one.role, two.role, two.knows]).toEqual(['leader', 'follower', 1]);
    const before = one.readings;
    const asked = two.replication.invalidate(['apps']);
    await pass(clock, LEASE_MS / 2);
    expect(one.readings).toBeGreaterThan(before);
    slow.go();
    await pass(clock, 1_000);
    await asked;
    expect([two.knows, two.readings, one.roles]).toEqual([2, 0, ['leader']]);
  });

  test('under a lease that was lost meanwhile is written by nobody', async () => {
    const slow = held();
    const one = replica('one', { store: slow.store });
    await pass(clock, 1_000);
    const two = replica('two');
    await pass(clock, 3_000);
    slow.hold();
    cloudFoundry = 2;
    await pass(clock, READ_EVERY_MS);
    store['one'] = 'away';
    await pass(clock, 2 * LEASE_MS);
    expect([one.role, two.role]).toEqual(['alone', 'leader']);
    const shared = server.head?.version;
    delete store['one'];
    slow.go();
    await pass(clock, 3_000);
    expect(server.head?.version.fence).toBe(shared?.fence);
    expect([one.role, two.role]).toEqual(['follower', 'leader']);
  });
});

describe('a leader that is blind', () => {
  test('gives the lease to one that sees, and all know what that reads', async () => {
    let blind = false;
    const [one, two] = await leaderAndFollower({}, { isBlind: () => blind });
    expect([one.role, two.role]).toEqual(['leader', 'follower']);
    blind = true;
    cloudFoundry = 2;
    await pass(clock, 2 * LEASE_MS);
    expect([one.role, two.role]).toEqual(['follower', 'leader']);
    expect([one.knows, two.knows]).toEqual([2, 2]);
    expect(one.roles).not.toContain('alone');
    expect(one.count('another replica is to read it')).toBe(1);
  });

  test('gives way once in ten minutes, where all are', async () => {
    let blind = false;
    const isBlind = (): boolean => blind;
    const [one, two] = await leaderAndFollower({ isBlind }, { isBlind });
    blind = true;
    const told = (): readonly number[] => [one, two].map(({ count }) => count('another replica is to read it'));
    await pass(clock, 540_000);
    expect(told()).toEqual([1, 1]);
    expect([one.role, two.role].toSorted()).toEqual(['follower', 'leader']);
    await pass(clock, 120_000);
    expect(told()).toEqual([2, 2]);
  });

  test('has the lease again where nobody else takes it', async () => {
    const one = replica('one', { isBlind: () => true, known: 1 });
    await pass(clock, 10 * LEASE_MS);
    expect(one.role).toBe('leader');
    expect(one.count('another replica is to read it')).toBe(1);
  });
});

describe('a store that is', () => {
  test.each(['away', 'late', 'denied', 'answer'] as const)(
    '%s leaves each by itself with what it has, and heals',
    async (how) => {
      const [one, two] = await leaderAndFollower();
      store['one'] = how;
      store['two'] = how;
      await pass(clock, 4 * LEASE_MS);
      expect([one.role, two.role]).toEqual(['alone', 'alone']);
      cloudFoundry = 2;
      await pass(clock, READ_EVERY_MS + 1_000);
      expect([one.knows, two.knows]).toEqual([2, 2]);
      // At most what one reads, each.
      const before = two.readings;
      await pass(clock, 100_000);
      expect(two.readings - before).toBeLessThanOrEqual(21);
      expect(two.count('reads Cloud Foundry by itself')).toBe(1);
      delete store['one'];
      delete store['two'];
      await pass(clock, 2 * LEASE_MS);
      expect([one.role, two.role].toSorted()).toEqual(['follower', 'leader']);
      expect(two.failures).toContain(how);
    },
  );

  test.each(['full', 'read_only'] as const)('%s makes nobody leader that could not share', async (how) => {
    const [one, two] = await leaderAndFollower();
    store['one'] = how;
    store['two'] = how;
    cloudFoundry = 2;
    await pass(clock, 6 * LEASE_MS);
    expect([one.role, two.role]).toEqual(['alone', 'alone']);
    expect([one.knows, two.knows]).toEqual([2, 2]);
    expect(one.roles.length + two.roles.length).toBeLessThanOrEqual(6);
    delete store['one'];
    delete store['two'];
    await pass(clock, 9 * LEASE_MS);
    expect([one.role, two.role].toSorted()).toEqual(['follower', 'leader']);
  });

  test('emptied is filled again', async () => {
    const [one, two] = await leaderAndFollower();
    server.empty();
    await pass(clock, LEASE_MS);
    expect([one.role, two.role].toSorted()).toEqual(['follower', 'leader']);
    const three = replica('three');
    await pass(clock, 1_000);
    expect([three.role, three.knows, three.readings]).toEqual(['follower', 1, 0]);
    expect(one.readings + two.readings).toBeLessThanOrEqual(5);
  });

  test.each([
    ['put back to an older copy', 'restore'],
    ['robbed of the head', 'loseHead'],
    ['robbed of the value', 'loseValue'],
  ] as const)('%s is written to again, though nothing has changed', async (_, how) => {
    const [one, two] = await leaderAndFollower();
    server.save();
    cloudFoundry = 2;
    await pass(clock, READ_EVERY_MS + 1_000);
    expect([one.knows, two.knows]).toEqual([2, 2]);
    const before = [one.readings, two.readings];
    server[how]();
    await pass(clock, 3_500);
    const three = replica('three');
    await pass(clock, 500);
    expect([one.role, two.role, three.role]).toEqual(['leader', 'follower', 'follower']);
    expect([one.knows, two.knows, three.knows]).toEqual([2, 2, 2]);
    expect([one.readings - (before[0] ?? 0), two.readings, three.readings]).toEqual([1, 0, 0]);
    expect(one.count('has lost what was shared')).toBe(1);
  });

  test('one that keeps no value is sent one a minute at most', async () => {
    let written = 0;
    const connected = server.connect(() => 'fine');
    const forgetful: ReplicaStore = {
      ...connected,
      async put(lease, shared) {
        if (shared.value !== undefined) written += 1;
        const done = await connected.put(lease, shared);
        server.loseValue();
        return done;
      },
    };
    const one = replica('one', { store: forgetful });
    await pass(clock, 1_000);
    written = 0;
    await pass(clock, 120_000);
    expect([one.role, written]).toEqual(['leader', 2]);
    expect(one.count('has lost what was shared')).toBe(1);
  });

  test.each([
    ['not there at the start', {}, 500],
    ['not there at the start of one with an inventory on disk', { known: 7 }, LEASE_MS + 500],
  ] as const)('%s', async (_, more, withinMs) => {
    store['one'] = 'away';
    const one = replica('one', more);
    await pass(clock, withinMs - 1_000);
    if (withinMs > 1_000) expect([one.role, one.readings]).toEqual(['joining', 0]);
    await pass(clock, 1_500);
    expect([one.role, one.knows]).toEqual(['alone', 1]);
  });
});

describe('a value that', () => {
  const damaged = (connected: ReplicaStore, how: (value: Buffer) => Buffer | undefined): ReplicaStore => ({
    ...connected,
    async fetch() {
      const found = await connected.fetch();
      const value = found && how(found.value);
      return found === undefined || value === undefined ? undefined : { ...found, value };
    },
  });

  test.each([
    ['is damaged', (): Buffer | undefined => Buffer.from('x'), 'checksum', 6],
    ['is gone', (): Buffer | undefined => undefined, 'is gone', Number.POSITIVE_INFINITY],
  ] as const)('%s is not used, and asked for once more', async (_, how, words, mostFetches) => {
    let broken = true;
    let fetched = 0;
    const connected = damaged(
      server.connect(() => 'fine'),
      (value) => {
        fetched += 1;
        return broken ? how() : value;
      },
    );
    const [one, two] = await leaderAndFollower({ store: connected, known: 1 });
    expect(two.count(words)).toBe(1);
    expect(two.failures).toContain('value');
    fetched = 0;
    await pass(clock, 4 * READ_EVERY_MS);
    expect(fetched).toBeLessThanOrEqual(mostFetches);
    broken = false;
    cloudFoundry = 3;
    await pass(clock, 3 * LEASE_MS);
    expect([one.role, two.role, two.knows]).toEqual(['leader', 'follower', 3]);
  });

  test.each([
    ['has another size than its head says', (bytes: number) => ({ bytes, valueBytes: bytes + 1 }), 'size'],
    ['is larger than any of ours', () => ({ bytes: 2 ** 30, valueBytes: 2 ** 30 }), 'too large'],
  ])('%s is not even fetched', async (_, sizes, words) => {
    let fetched = 0;
    let wrong = true;
    const connected = server.connect(() => 'fine');
    const store: ReplicaStore = {
      ...connected,
      fetch() {
        fetched += 1;
        return connected.fetch();
      },
      async look(seen) {
        const found = await connected.look(seen);
        if (!wrong || found.head?.value === undefined) return found;
        const { bytes, valueBytes } = sizes(found.head.value.bytes);
        return { ...found, valueBytes, head: { ...found.head, value: { ...found.head.value, bytes } } };
      },
    };
    const [one, two] = await leaderAndFollower({ store, known: 7 });
    await pass(clock, 2 * LEASE_MS);
    expect([one.role, fetched, two.knows]).toEqual(['leader', 0, 1]);
    // Reads by itself; and follows then, by what it has read later than what is shared.
    expect(two.roles.slice(0, 2)).toEqual(['alone', 'follower']);
    expect(two.count(words)).toBeGreaterThan(0);
    wrong = false;
    cloudFoundry = 3;
    await pass(clock, 2 * LEASE_MS);
    expect([two.role, two.knows]).toEqual(['follower', 3]);
    expect(fetched).toBeGreaterThan(0);
  });

  test('may not be used here leaves the replica by itself, with one warning', async () => {
    const [, two] = await leaderAndFollower({ judge: () => 'the rules want more', known: 1 });
    await pass(clock, 10 * LEASE_MS);
    expect([two.role, two.knows]).toEqual(['alone', 1]);
    expect(two.count('the rules want more')).toBeLessThanOrEqual(2);
    expect(two.readings).toBeLessThanOrEqual(21);
  });
});

describe('an invalidation', () => {
  test.each(['one', 'two'])('at replica %s is one reading, and all have what it brought', async (at) => {
    const [one, two] = await leaderAndFollower();
    const before = one.readings;
    cloudFoundry = 9;
    const asked = { one, two }[at]?.replication.invalidate(['apps', 'routes']);
    await pass(clock, 500);
    await asked;
    expect([one.knows, two.knows]).toEqual([9, 9]);
    expect([one.readings - before, two.readings]).toEqual([1, 0]);
  });

  test('at one whose leader dies is read by who comes next', async () => {
    const [one, two] = await leaderAndFollower();
    one.kill();
    cloudFoundry = 9;
    const asked = two.replication.invalidate(['apps']);
    await pass(clock, 15_000);
    await asked;
    expect(two.knows).toBe(9);
  });

  test('at one that stops is not waited for', async () => {
    const [, two] = await leaderAndFollower();
    store['one'] = 'away';
    const before = two.replication.invalidate(['apps']);
    await pass(clock, 250);
    expect(two.readings).toBe(0);
    void two.replication.stop();
    await Promise.all([before, two.replication.invalidate(['apps'])]);
    expect(two.readings).toBe(2);
  });

  test('whose wish the store has lost ends with words, and 1,000 of them keep nobody from asking', async () => {
    const connected = server.connect(() => 'fine');
    let lost = true;
    const forgetful: ReplicaStore = {
      ...connected,
      ask: (wishes) =>
        lost
          ? Promise.resolve(Object.fromEntries(wishes.map((wish) => [wish, clock.now() + 1])))
          : connected.ask(wishes),
    };
    const [, two] = await leaderAndFollower({ store: forgetful });
    // Domains, since the other lists are read and answered for anyway.
    const asked = Array.from({ length: 1_001 }, () =>
      two.replication.invalidate(['domains']).then(
        () => 'done',
        (error: unknown) => String(error),
      ),
    );
    await pass(clock, 33_000);
    const answers = await Promise.all(asked);
    expect(answers[0]).toContain('has not answered');
    expect(answers[1_000]).toContain('too many wait');
    lost = false;
    const next = two.replication.invalidate(['domains']);
    await pass(clock, 1_000);
    await next;
    expect(two.role).toBe('follower');
  });

  test('that cannot be told is refused with the reason', async () => {
    const [, two] = await leaderAndFollower();
    store['two'] = 'full';
    await expect(two.replication.invalidate(['apps'])).rejects.toThrow('full');
  });
});

test('a doubt of a follower reaches the leader, seldom', async () => {
  const [one, two] = await leaderAndFollower();
  for (let times = 0; times < 5; times += 1) two.replication.suspect();
  await pass(clock, 1_000);
  expect(one.suspicions).toBe(1);
});
