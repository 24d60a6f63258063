import type { Milliseconds, Seconds } from '../base/duration.js';
import type { RedisLines } from './redis-lines.js';
import { type HeldLease, type ReplicaStore, StoreError, type Wish, type Wishes } from './replica-store.js';
import { ACQUIRE, ASK, LOOK, PUT, RELEASE, RENEW } from './scripts.js';
import { readHead, type SharedHead, writeHead } from './shared-head.js';
import type { StoreKeys } from './store-keys.js';

export interface RedisStoreOptions {
  readonly lines: RedisLines;
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
export function createRedisStore({ lines, keys, leaseMs, keepSeconds }: RedisStoreOptions): ReplicaStore {
  const keep = String(keepSeconds);

  function step(script: string, of: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    return lines.steps.send(['EVAL', script, String(of.length), ...of, ...args]);
  }

  function nameOf({ holder, fence }: HeldLease): string {
    return `${fence} ${leaseMs} ${holder}`;
  }

  return {
    async look(seenFence) {
      const of = [keys.lease, keys.head, keys.value];
      const [lease, leftMs, head, bytes] = listOf(await step(LOOK, of, [String(seenFence)]));
      return { lease: leaseOf(lease, leftMs), head: headOf(head), valueBytes: numberOf(bytes) };
    },
    async acquire(holder, seenFence) {
      const of = [keys.lease, keys.fence, keys.head];
      const answer = await step(ACQUIRE, of, [holder, String(leaseMs), String(seenFence), keep]);
      if (answer === null) return undefined;
      const [fence, head] = listOf(answer);
      return { fence: numberOf(fence), head: headOf(head) };
    },
    async renew(lease) {
      const of = [keys.lease, keys.wishes, keys.head, keys.value];
      const [held, wishes, head, bytes] = listOf(await step(RENEW, of, [nameOf(lease), String(leaseMs)]));
      if (held !== 1) return undefined;
      return { wishes: wishesOf(listOf(wishes)), head: headOf(head), valueBytes: numberOf(bytes) };
    },
    async release(lease) {
      await step(RELEASE, [keys.lease], [nameOf(lease), keys.news]);
    },
    async put(lease, { head, value }) {
      const of = [keys.lease, keys.head, keys.value];
      const args = [nameOf(lease), keys.news, keep, writeHead(head)];
      if (value === undefined) return (await step(PUT, of, args)) === 1;
      return (await lines.values.send(['EVAL', PUT, String(of.length), ...of, ...args, value])) === 1;
    },
    async fetch() {
      const [head, value] = listOf(await lines.values.send(['MGET', keys.head, keys.value]));
      const read = headOf(head);
      return read === undefined || !Buffer.isBuffer(value) ? undefined : { head: read, value };
    },
    async ask(wishes) {
      const numbers = listOf(await step(ASK, [keys.wishes], [keys.news, keep, ...wishes]));
      return Object.fromEntries(wishes.map((wish, index) => [wish, numberOf(numbers[index])]));
    },
    silence: () => lines.steps.silence(),
    onNews: (listener) => lines.steps.subscribe(keys.news, listener),
  };
}

function leaseOf(lease: unknown, leftMs: unknown): Awaited<ReturnType<ReplicaStore['look']>>['lease'] {
  if (lease === null) return undefined;
  const [, fence, holder] = /^(\d{1,16}) \d{1,16} (.{1,200})$/.exec(textOf(lease)) ?? [];
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
