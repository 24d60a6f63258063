/** What a command is given of the outside world; tests hand in their own. */
export interface CommandContext {
  /** Behind the name of the command. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly openStdin: () => Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Calls the handler for each SIGTERM and SIGINT; returns what takes it off again. */
  readonly onSignal: (handler: (name: string) => void) => () => void;
  /**
   * Calls the handler for each SIGHUP, which means "read the configuration anew", and for one that came while nobody
   * listened; returns what takes it off again.
   */
  readonly onReload: (handler: () => void) => () => void;
  /** What is to say an error that nobody has handled, and to write out what it still holds; absent: a line on stderr. */
  readonly onUnhandledError?: (say: (error: unknown) => Promise<void>) => void;
}

/** Chunks until its end. */
export type Input = AsyncIterable<Uint8Array | string>;

export interface Output {
  write(text: string): unknown;
}

export interface Command {
  /** Shown by `--help`. */
  readonly usage: string;
  /** @returns the exit code */
  run(context: CommandContext): Promise<number>;
}

export const EXIT_OK = 0;
export const EXIT_FAILURE = 1;
/** As shells report a process that SIGINT ended. */
export const EXIT_INTERRUPTED = 130;
/** sysexits.h EX_USAGE. */
export const EXIT_USAGE = 64;
/** sysexits.h EX_SOFTWARE: an error that nobody has handled. */
export const EXIT_SOFTWARE = 70;
/** sysexits.h EX_CONFIG. */
export const EXIT_CONFIG = 78;
/** The original's, when its watchdog gives up (facts/promregator.md 9). */
export const EXIT_WATCHDOG = 161;
