import type { Socket } from 'node:net';
import type { Milliseconds } from '../base/duration.js';

/** What is known of an answer that is written and lies ready to be read by its caller. */
export interface Sending {
  readonly since: Milliseconds;
  readonly sentBytes: number;
  readonly movedAt: Milliseconds;
}

/** For bytes that lie ready to move at all. */
const STALL_MS: Milliseconds = 20_000;
/** For all of them: twice what Prometheus waits for a discovery document unless told otherwise. */
const LONGEST_MS: Milliseconds = 120_000;

/**
 * Looks at an answer again. `stuck`: its caller takes nothing, or too little at a time, and must not hold the memory of
 * the answer and its connection for ever.
 */
export function watchSending(
  before: Sending | undefined,
  { bytesWritten, writableLength }: Pick<Socket, 'bytesWritten' | 'writableLength'>,
  now: Milliseconds,
): Sending | 'stuck' {
  // What Node calls written includes what waits.
  const sentBytes = bytesWritten - writableLength;
  if (before === undefined) return { since: now, sentBytes, movedAt: now };
  const movedAt = sentBytes > before.sentBytes ? now : before.movedAt;
  return now - movedAt >= STALL_MS || now - before.since >= LONGEST_MS
    ? 'stuck'
    : { since: before.since, sentBytes, movedAt };
}
