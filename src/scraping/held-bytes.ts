/** Bytes of answers held in memory by all scrapes together. */
export interface HeldBytes {
  /** False when they would go over `maxBytes`, which another configuration may move: then nothing was taken. */
  take(bytes: number, maxBytes: number): boolean;
  give(bytes: number): void;
  readonly bytes: number;
}

export function createHeldBytes(): HeldBytes {
  let held = 0;
  return {
    take(bytes, maxBytes) {
      if (held + bytes > maxBytes) return false;
      held += bytes;
      return true;
    },
    give(bytes) {
      held -= bytes;
    },
    get bytes() {
      return held;
    },
  };
}
