import { describeError } from '../base/errors.js';
import { EXIT_SOFTWARE } from './command.js';

/** Says in the form of the log why the program ends, and resolves when nothing more is to be waited for. */
export type SayLast = (error: unknown) => Promise<void>;

/** What happens to errors that nobody has handled: a process that goes on would be half alive. */
export interface LastWords {
  /** From now on by the program's log; until then, and where that fails, by a line on stderr. */
  saidBy(say: SayLast): void;
}

export interface LastWordsOptions {
  readonly stderr: { write(text: string): unknown };
  /** Resolves when all that was written has been taken. */
  readonly drained: () => Promise<unknown>;
}

export const LAST_WORDS = 'this error was not handled anywhere, so the program ends';

/** Whoever reads our output may have stopped reading, and a disk may hang. */
const PATIENCE_MS = 1_000;

/** Hears exceptions that nobody caught and rejections that nobody awaited; only the first counts. */
export function hearUnhandledErrors({ stderr, drained }: LastWordsOptions): LastWords {
  let say: SayLast | undefined;
  let isEnding = false;

  function sayPlainly(error: unknown): void {
    stderr.write(`promregator: ${LAST_WORDS}: ${describeError(error)}\n`);
  }

  async function sayAll(error: unknown): Promise<void> {
    try {
      if (say === undefined) sayPlainly(error);
      else await say(error);
    } catch {
      sayPlainly(error);
    }
    await drained();
  }

  // An unhandled rejection arrives here too (Node: `--unhandled-rejections=throw`, the default).
  process.on('uncaughtException', (error: unknown) => {
    if (isEnding) return;
    isEnding = true;
    const end = (): never => process.exit(EXIT_SOFTWARE);
    setTimeout(end, PATIENCE_MS);
    sayAll(error).then(end, end);
  });
  return {
    saidBy(next) {
      say = next;
    },
  };
}
