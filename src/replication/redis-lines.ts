import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { createRedisLink, type RedisLink } from './redis-link.js';
import type { RedisSettings } from './redis-settings.js';

/** Two connections to one server, so that a small step never waits behind a value of megabytes. */
export interface RedisLines {
  readonly steps: Pick<RedisLink, 'send' | 'silence' | 'subscribe'>;
  /** One after the other: each has the line for itself, and its limit begins when its turn has come. */
  readonly values: Pick<RedisLink, 'send'>;
  start(): void;
  stop(): void;
}

export interface RedisLinesOptions {
  readonly settings: RedisSettings;
  /** For each value; the limit of `settings` is for steps. */
  readonly valueLimitMs: Milliseconds;
  readonly clock: Clock;
  /** 0 to 1; spreads what many replicas would else do at the same moment. */
  readonly random: () => number;
}

export function createRedisLines({ settings, valueLimitMs, clock, random }: RedisLinesOptions): RedisLines {
  const steps = createRedisLink({ settings, clock, random });
  const values = createRedisLink({ settings: { ...settings, limitMs: valueLimitMs }, clock, random });
  let last: Promise<unknown> = Promise.resolve();

  return {
    steps,
    values: {
      send(command) {
        const sent = last.then(() => values.send(command));
        last = sent.catch(() => undefined);
        return sent;
      },
    },
    start() {
      steps.start();
      values.start();
    },
    stop() {
      steps.stop();
      values.stop();
    },
  };
}
