/** Both spellings that Prometheus takes: the last line break may be missing (facts/prometheus.md 3.1). */
const EOF_LINES = ['# EOF\n', '# EOF'] as const;
const LONGEST_EOF = 6;
/** The end marker and the line break before it, without which it would be a part of another line. */
export const HELD_LENGTH = LONGEST_EOF + 1;
const LINE_BREAK = 0x0a;
const EMPTY = Buffer.alloc(0);

/** The last bytes of an OpenMetrics body, taken apart. */
export interface BodyTail {
  /** What belongs to the body still. */
  readonly body: Buffer;
  /** `# EOF` with or without its line break; undefined when the body does not end so. */
  readonly eof: Buffer | undefined;
}

/** Keeps back the end of one streamed body, so that something can be put before its `# EOF`. */
export interface EofHoldback {
  /** Takes the next bytes; gives those that may go out, at most two pieces and none of them copied at length. */
  push(chunk: Buffer): readonly Buffer[];
  /** After the last push. */
  end(): BodyTail;
}

export function createEofHoldback(): EofHoldback {
  let held: Buffer = EMPTY;
  return {
    push(chunk) {
      if (chunk.length >= HELD_LENGTH) {
        const cut = chunk.length - HELD_LENGTH;
        const out = [held, chunk.subarray(0, cut)].filter((piece) => piece.length > 0);
        held = chunk.subarray(cut);
        return out;
      }
      const joined = Buffer.concat([held, chunk]);
      const cut = Math.max(0, joined.length - HELD_LENGTH);
      held = joined.subarray(cut);
      return cut === 0 ? [] : [joined.subarray(0, cut)];
    },
    end: () => splitTail(held),
  };
}

/** Takes the end off a body that is there whole, or off its last bytes if these are seven at least. */
export function splitTail(tail: Buffer): BodyTail {
  for (const line of EOF_LINES) {
    const start = tail.length - line.length;
    if (start < 0 || tail.toString('latin1', start) !== line) continue;
    // With seven bytes in hand only a whole body can begin with the marker.
    const beginsLine = start === 0 || tail[start - 1] === LINE_BREAK;
    if (beginsLine) return { body: tail.subarray(0, start), eof: tail.subarray(start) };
  }
  return { body: tail, eof: undefined };
}
