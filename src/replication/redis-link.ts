import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { isOfOurOwn, storeError } from './redis-error.js';
import { openSession, type RedisSession } from './redis-session.js';
import { type RedisSettings, secretsOf } from './redis-settings.js';
import { StoreError } from './replica-store.js';

/** A server that is used as long as it answers, and looked for again when it does not. */
export interface RedisLink {
  start(): void;
  /** Answers within the limit. Waits for a connection that is being opened, and for no other. @throws {StoreError} */
  send(command: readonly (string | Buffer)[]): Promise<unknown>;
  /** Why nothing comes of it at this moment, as a sentence without secrets. */
  silence(): string;
  /** Messages of this channel, and a call with each new connection, since messages may have been missed. */
  subscribe(channel: string, listener: () => void): () => void;
  stop(): void;
}

export interface RedisLinkOptions {
  readonly settings: RedisSettings;
  readonly clock: Clock;
  /** 0 to 1; spreads what many replicas would else do at the same moment. */
  readonly random: () => number;
}

const FIRST_WAIT_MS: Milliseconds = 500;
const LONGEST_WAIT_MS: Milliseconds = 4_000;
const SILENCE = 'the store does not answer';

export function createRedisLink({ settings, clock, random }: RedisLinkOptions): RedisLink {
  const secrets = secretsOf(settings);
  const listeners = new Map<string, Set<() => void>>();
  let session: RedisSession | undefined;
  /** Ends the session, and its opening too. */
  let current: AbortController | undefined;
  let opening: Promise<RedisSession> | undefined;
  let failure = new StoreError('away', 'the store has not been reached yet');
  let silence = SILENCE;
  let failures = 0;
  let openedAt = Number.NEGATIVE_INFINITY;
  let timer: Timer | undefined;
  let stopped = true;

  function connect(): void {
    if (stopped) return;
    const mine = new AbortController();
    current = mine;
    const attempt = openSession({
      settings,
      signal: mine.signal,
      onMessage: tell,
      onWaiting(what) {
        if (mine === current) silence = what;
      },
      onEnd: (error) => {
        if (mine === current) ended(error);
      },
    });
    opening = within(attempt, 'connecting to the store', () => `: ${silence}`);
    opening.then(
      (opened) => {
        if (mine !== current) return;
        opening = undefined;
        session = opened;
        openedAt = clock.monotonic();
        void listen(opened, [...listeners.keys()]);
      },
      (error: unknown) => {
        if (mine === current) ended(storeError(error, 'connecting to the store', secrets));
      },
    );
  }

  function ended(error: StoreError): void {
    current?.abort();
    current = undefined;
    if (session !== undefined && clock.monotonic() - openedAt > LONGEST_WAIT_MS) failures = 0;
    session = undefined;
    opening = undefined;
    failure = error;
    if (stopped) return;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + 0.5 * random());
    failures = Math.min(failures + 1, 10);
    timer?.cancel();
    timer = clock.after(waitMs, connect);
  }

  /** News that are lost are found by looking, so nobody waits for this; those of before are told of by one call. */
  async function listen(to: RedisSession, channels: readonly string[]): Promise<void> {
    if (channels.length === 0) return;
    try {
      await within(to.listen(channels), 'subscribing at the store');
      for (const channel of channels) tell(channel);
    } catch (error) {
      if (to === session) ended(storeError(error, 'subscribing at the store', secrets));
    }
  }

  function tell(channel: string): void {
    for (const listener of listeners.get(channel) ?? []) listener();
  }

  /** What takes longer has failed, though it may still happen; `why` is asked for then. */
  async function within<T>(work: Promise<T>, what: string, why = (): string => ''): Promise<T> {
    let limit: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      limit = clock.after(settings.limitMs, () => {
        reject(new StoreError('late', `${what} took longer than ${settings.limitMs / 1000} s${why()}`));
      });
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      limit?.cancel();
    }
  }

  return {
    start() {
      if (!stopped) return;
      stopped = false;
      connect();
    },
    async send(command) {
      const used = session ?? (await opening);
      if (used === undefined) throw failure;
      try {
        return await within(used.send(command), `${String(command[0])} to the store`);
      } catch (error) {
        // Other steps end with the one that failed, for its reason.
        const reason = used !== session && isOfOurOwn(error) ? failure : storeError(error, 'the store', secrets);
        // An answer that comes late would be taken for that of the next command; and a copy may have a new master.
        if (used === session && isEnd(reason)) ended(reason);
        throw reason;
      }
    },
    silence: () => silence,
    subscribe(channel, listener) {
      const known = listeners.get(channel) ?? new Set();
      known.add(listener);
      if (!listeners.has(channel) && session !== undefined) void listen(session, [channel]);
      listeners.set(channel, known);
      return () => {
        known.delete(listener);
        if (known.size === 0) listeners.delete(channel);
      };
    },
    stop() {
      stopped = true;
      timer?.cancel();
      current?.abort();
      current = undefined;
      session = undefined;
      opening = undefined;
      failure = new StoreError('away', 'this program is stopping');
    },
  };
}

function isEnd({ code }: StoreError): boolean {
  return code === 'away' || code === 'late' || code === 'read_only';
}
