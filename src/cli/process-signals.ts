import type { Milliseconds } from '../base/duration.js';
import { type CommandContext, EXIT_INTERRUPTED } from './command.js';

/** The signals of this process, heard from the first moment on, since none may be lost while the program is loaded. */
export interface ProcessSignals extends Pick<CommandContext, 'onSignal' | 'onReload'> {
  /** For commands that have nothing to read anew: SIGHUP ends them, as it ends all programs of a terminal that goes. */
  endOnHangUp(): void;
  /** Ends what runs in order, as a signal does, and counts for none. */
  askToEnd(reason: string): void;
  /**
   * When nobody waits any longer for a command that is over: with the next signal, or soon after the one that ended the
   * command.
   */
  outOfPatience(): Promise<void>;
}

/** For the last lines of a log to be taken from us by whoever has asked us to end. */
const PATIENCE_MS: Milliseconds = 1_000;

export function hearSignals(): ProcessSignals {
  const signals = hearEnding();
  const hangUps = hearHangUps();
  return { ...signals, ...hangUps };
}

/** What comes before the command listens is told to it when it does; where it never does, the second one ends it. */
function hearEnding(): Pick<ProcessSignals, 'onSignal' | 'askToEnd' | 'outOfPatience'> {
  const handlers = new Set<(name: string) => void>();
  let early: string | undefined;
  let count = 0;

  function hear(name: string): void {
    count += 1;
    if (handlers.size === 0 && early !== undefined) process.exit(EXIT_INTERRUPTED);
    if (handlers.size === 0) early = name;
    askToEnd(name);
  }

  function askToEnd(reason: string): void {
    for (const handler of handlers) handler(reason);
  }

  process.on('SIGTERM', hear);
  process.on('SIGINT', hear);
  return {
    askToEnd,
    onSignal(handler) {
      handlers.add(handler);
      if (early !== undefined) setImmediate(handler, early);
      return () => void handlers.delete(handler);
    },
    outOfPatience() {
      if (count > 1) return Promise.resolve();
      return new Promise((resolve) => {
        if (count === 1) setTimeout(resolve, PATIENCE_MS);
        handlers.add(() => resolve());
      });
    },
  };
}

/** Harmless at any moment: what comes while nobody listens is told to the next who does. */
function hearHangUps(): Pick<ProcessSignals, 'onReload' | 'endOnHangUp'> {
  const handlers = new Set<() => void>();
  let isMissed = false;

  function hear(): void {
    isMissed = handlers.size === 0;
    for (const handler of handlers) handler();
  }

  process.on('SIGHUP', hear);
  return {
    onReload(handler) {
      handlers.add(handler);
      if (isMissed) setImmediate(handler);
      isMissed = false;
      return () => void handlers.delete(handler);
    },
    endOnHangUp() {
      process.off('SIGHUP', hear);
      if (isMissed) process.kill(process.pid, 'SIGHUP');
    },
  };
}
