import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { describeError } from '../base/errors.js';
import { RESOURCE_KINDS, type ResourceKind } from '../foundation/resources.js';
import type { Wishes } from './replica-store.js';
import type { Answer, Answers } from './shared-head.js';

export interface WishDeskOptions {
  /** Reads these lists now. */
  readonly refresh: (kinds: readonly ResourceKind[]) => Promise<void>;
  /** There are new answers. */
  readonly onAnswered: () => void;
  readonly clock: Clock;
}

/** Who wants lists read anew, here and elsewhere, and what has come of it. */
export interface WishDesk {
  readonly answered: Answers;
  /** Goes on from the answers of the leader before. */
  inherit(answered: Answers): void;
  /** Fulfils what is wished for and not fulfilled yet. */
  serve(wished: Wishes): void;
  /** Resolves when the leader has answered these. @throws what the leader says of its failure, or that it says nothing */
  wait(wishes: Wishes): Promise<void>;
  /** What the leader has answered. */
  hear(answered: Answers): void;
  /** There is no leader any more to wait for: what is waited for is read here. */
  takeBack(): void;
}

interface Waiting {
  readonly wishes: Wishes;
  readonly since: Milliseconds;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** More do not wait: each is a caller that hangs. */
const MOST_WAITING = 1_000;
/** Longer than any caller of ours waits: a wish that the store has lost would wait for ever, and keep others from waiting. */
const LONGEST_WAIT_MS: Milliseconds = 30_000;

export function createWishDesk({ refresh, onAnswered, clock }: WishDeskOptions): WishDesk {
  const answers = new Map<ResourceKind, Answer>();
  const running = new Map<ResourceKind, number>();
  let waiting: Waiting[] = [];

  async function fulfil(kinds: readonly ResourceKind[], wished: Wishes): Promise<void> {
    for (const kind of kinds) running.set(kind, wished[kind] ?? 0);
    const failure = await refresh(kinds).then(
      () => undefined,
      (error: unknown) => describeError(error),
    );
    for (const kind of kinds) {
      const upTo = wished[kind] ?? 0;
      if (running.get(kind) === upTo) running.delete(kind);
      if (upTo >= (answers.get(kind)?.upTo ?? 0))
        answers.set(kind, failure === undefined ? { upTo } : { upTo, failure });
    }
    onAnswered();
  }

  function endLongest(): void {
    const since = clock.monotonic() - LONGEST_WAIT_MS;
    const ended = waiting.filter((each) => each.since <= since);
    if (ended.length === 0) return;
    waiting = waiting.filter((each) => each.since > since);
    for (const { reject } of ended) reject(new Error('the replica that reads has not answered'));
  }

  return {
    get answered() {
      return Object.fromEntries(answers);
    },
    inherit(answered) {
      answers.clear();
      for (const kind of RESOURCE_KINDS) {
        const answer = answered[kind];
        if (answer !== undefined) answers.set(kind, answer);
      }
    },
    serve(wished) {
      const kinds = RESOURCE_KINDS.filter((kind) => {
        const done = Math.max(answers.get(kind)?.upTo ?? 0, running.get(kind) ?? 0);
        return (wished[kind] ?? 0) > done;
      });
      if (kinds.length > 0) void fulfil(kinds, wished);
    },
    wait(wishes) {
      endLongest();
      if (waiting.length >= MOST_WAITING) return Promise.reject(new Error('too many wait for the replica that reads'));
      return new Promise((resolve, reject) => {
        waiting.push({ wishes, since: clock.monotonic(), resolve, reject });
      });
    },
    hear(answered) {
      const isOpen = (wishes: Wishes): boolean =>
        RESOURCE_KINDS.some((kind) => (wishes[kind] ?? 0) > (answered[kind]?.upTo ?? 0));
      const ready = waiting.filter(({ wishes }) => !isOpen(wishes));
      waiting = waiting.filter(({ wishes }) => isOpen(wishes));
      for (const { wishes, resolve, reject } of ready) {
        const failure = RESOURCE_KINDS.flatMap((kind) => (wishes[kind] ? (answered[kind]?.failure ?? []) : []))[0];
        if (failure === undefined) resolve();
        else reject(new Error(failure));
      }
      endLongest();
    },
    takeBack() {
      const all = waiting;
      waiting = [];
      if (all.length === 0) return;
      const kinds = RESOURCE_KINDS.filter((kind) => all.some(({ wishes }) => wishes[kind] !== undefined));
      refresh(kinds).then(
        () => all.forEach(({ resolve }) => void resolve()),
        (error: unknown) => all.forEach(({ reject }) => void reject(asError(error))),
      );
    },
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(describeError(error));
}
