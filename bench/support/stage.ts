/** Something that a measurement started. Stopping it twice is the same as once. */
export interface Part {
  stop(): Promise<void>;
  /** For a bench that is interrupted: at once, without waiting. */
  kill(): void;
}

export interface Stage {
  add<T extends Part>(part: T): T;
}

/** As shells report a process that SIGINT ended. */
const EXIT_INTERRUPTED = 130;

/** Runs `play` and ends every part that it added, the last one first, however it ends; Ctrl-C included. */
export async function onStage<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
  const parts: Part[] = [];
  const interrupt = (): void => {
    for (const part of [...parts].reverse()) part.kill();
    // Stages may be nested, and each has to end its own parts first.
    setImmediate(() => process.exit(EXIT_INTERRUPTED));
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await play({
      add(part) {
        parts.push(part);
        return part;
      },
    });
  } finally {
    for (const part of [...parts].reverse()) await part.stop();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
