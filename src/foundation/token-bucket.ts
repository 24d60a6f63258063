import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';

export interface BucketSize {
  /** Tokens that come in a second; Infinity is no limit. */
  readonly ratePerSecond: number;
  /** Tokens that quiet times may save up. */
  readonly burst: number;
}

/** A rate over time with bursts: each request takes a token, tokens come steadily, and those not taken are saved to a bound. */
export interface TokenBucket {
  /** False when there is none. */
  take(): boolean;
  /** Until the next token; 0 when there is one. */
  readonly waitMs: Milliseconds;
  /** From now on; what was saved stays, as far as it fits. */
  resize(size: BucketSize): void;
}

/** What adding up fractions may lack of a whole token. */
const ROUNDING = 1e-6;

/** It is full at first. */
export function createTokenBucket(first: BucketSize, clock: Clock): TokenBucket {
  let size = first;
  let tokens = first.burst;
  let filledAt = clock.monotonic();

  function fill(): void {
    const now = clock.monotonic();
    const isUnlimited = size.ratePerSecond === Number.POSITIVE_INFINITY;
    tokens = isUnlimited ? size.burst : Math.min(size.burst, tokens + ((now - filledAt) / 1000) * size.ratePerSecond);
    filledAt = now;
  }

  return {
    take() {
      fill();
      if (tokens < 1 - ROUNDING) return false;
      tokens -= 1;
      return true;
    },
    get waitMs() {
      fill();
      return tokens >= 1 - ROUNDING ? 0 : ((1 - tokens) / size.ratePerSecond) * 1000;
    },
    resize(next) {
      fill();
      size = next;
      tokens = Math.min(size.burst, tokens);
    },
  };
}
