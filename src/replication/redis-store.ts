import type { Milliseconds, Seconds } from '../base/duration.js';
import type { RedisLink } from './redis-link.js';
import { type HeldLease, type ReplicaStore, StoreError, type Wish, type Wishes } from './replica-store.js';
import { ACQUIRE, ASK, LOOK, PUT, RELEASE, RENEW } from './scripts.js';
import { readHead, type SharedHead, writeHead } from './shared-head.js';
import type { StoreKeys } from './store-keys.js';

export interface RedisStoreOptions {
  readonly link: RedisLink;
  readonly keys: StoreKeys;
  readonly leaseMs: Milliseconds;
  /** How long anything stays that nobody renews. */
  readonly keepSeconds: Seconds;
}

const WISHES: ReadonlySet<string> = new Set([
  'organizations',
  'spaces',
  'apps',
  'processes',
  'routes',
  'domains',
  'suspicion',
  'value',
] satisfies readonly Wish[]);

/** What replicas share, in Redis or Valkey. */
export function createRedisStore({ link, keys, leaseMs, keepSeconds }: RedisStoreOptions): ReplicaStore {
  const keep = String(keepSeconds);

  function run(script: string, of: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    return link.send(['EVAL', script, String(of.length), ...of, ...args]);
  }

  return {
    async look(seenFence) {
      const [lease, leftMs, head] = listOf(await run(LOOK, [keys.lease, keys.head], [String(seenFence)]));
      return { lease: leaseOf(lease, leftMs), head: headOf(head) };
    },
    async acquire(holder, seenFence) {
      const of = [keys.lease, keys.fence, keys.head];
      const answer = await run(ACQUIRE, of, [holder, String(leaseMs), String(seenFence), keep]);
      if (answer === null) return undefined;
      const [fence, head] = listOf(answer);
      return { fence: numberOf(fence), head: headOf(head) };
    },
    async renew(lease) {
      const [held, wishes] = listOf(await run(RENEW, [keys.lease, keys.wishes], [nameOf(lease), String(leaseMs)]));
      return held === 1 ? wishesOf(listOf(wishes)) : undefined;
    },
    async release(lease) {
      await run(RELEASE, [keys.lease], [nameOf(lease), keys.news]);
    },
    async put(lease, { head, value }) {
      const args = [nameOf(lease), keys.news, keep, writeHead(head), ...(value === undefined ? [] : [value])];
      return (await run(PUT, [keys.lease, keys.head, keys.value], args)) === 1;
    },
    async fetch() {
      const [head, value] = listOf(await link.send(['MGET', keys.head, keys.value]));
      const read = headOf(head);
      return read === undefined || !Buffer.isBuffer(value) ? undefined : { head: read, value };
    },
    async ask(wishes) {
      const numbers = listOf(await run(ASK, [keys.wishes], [keys.news, keep, ...wishes]));
      return Object.fromEntries(wishes.map((wish, index) => [wish, numberOf(numbers[index])]));
    },
    onNews: (listener) => link.subscribe(keys.news, listener),
  };
}

function nameOf({ holder, fence }: HeldLease): string {
  return `${fence} ${holder}`;
}

function leaseOf(lease: unknown, leftMs: unknown): Awaited<ReturnType<ReplicaStore['look']>>['lease'] {
  if (lease === null) return undefined;
  const [, fence, holder] = /^(\d{1,16}) (.{1,200})$/.exec(textOf(lease)) ?? [];
  const left = numberOf(leftMs);
  // Somebody else's data in our place: never ours, and gone when its time is over, or never where it has none (PTTL -1).
  return {
    holder: holder ?? 'somebody else',
    fence: Number(fence ?? 0),
    leftMs: left < 0 ? Number.POSITIVE_INFINITY : left,
  };
}

function headOf(head: unknown): SharedHead | undefined {
  return head === null ? undefined : readHead(textOf(head));
}

function wishesOf(flat: readonly unknown[]): Wishes {
  const found = new Map<string, number>();
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = textOf(flat[at]);
    if (WISHES.has(name)) found.set(name, numberOf(flat[at + 1]));
  }
  return Object.fromEntries(found);
}

function listOf(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  throw unexpected();
}

function textOf(answer: unknown): string {
  if (Buffer.isBuffer(answer)) return answer.toString();
  if (typeof answer === 'string') return answer;
  throw unexpected();
}

function numberOf(answer: unknown): number {
  const number = typeof answer === 'number' ? answer : Number(textOf(answer));
  if (Number.isSafeInteger(number)) return number;
  throw unexpected();
}

function unexpected(): StoreError {
  return new StoreError('answer', 'the store holds something else than what replicas write');
}
