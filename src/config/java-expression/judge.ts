import { type Context, createContext, Script } from 'node:vm';
import { createVerdicts, type Verdicts } from './verdicts.js';
import { ESTIMATED_LENGTH } from './work.js';

/** Decides about subjects, whatever an expression does on them. */
export interface Judge {
  /** Whether the expression matches. A subject on which it runs too long is none that matches. */
  test(subject: string): boolean;
  /** Decides about many at once, so that the `test`s that follow are lookups: twenty times cheaper than one by one. */
  prepare(subjects: readonly string[]): void;
  /** Subjects on which it ran too long since the last call; each is named once. */
  takeInterrupted(): readonly string[];
}

/** Steps that take less than a millisecond: running costs no more than remembering. */
const HARMLESS_WORK = 400_000;

/** Steps that take some ten milliseconds: worth remembering, but no longer than an interrupted run. */
const BOUNDED_WORK = 20_000_000;

/** A longer list of interrupted subjects helps nobody. */
const MAX_NAMED = 20;

/** Verdicts kept at least; subjects are names that the inventory holds anyway, so this is a few megabytes. */
const MIN_VERDICTS = 131_072;

/** `work`: steps that a hostile subject may cost, from above. */
export function createJudge(matches: (subject: string) => boolean, work: number): Judge {
  const verdicts = createVerdicts(MIN_VERDICTS);
  const watch = createWatch(matches, verdicts);
  const runsFree = (subject: string): boolean => work <= BOUNDED_WORK && subject.length <= ESTIMATED_LENGTH;
  const decide = (subject: string): boolean => {
    const verdict = runsFree(subject) ? matches(subject) : watch.test(subject);
    verdicts.set(subject, verdict);
    return verdict;
  };
  return {
    test: (subject) => {
      if (work <= HARMLESS_WORK && subject.length <= ESTIMATED_LENGTH) return matches(subject);
      return verdicts.get(subject) ?? decide(subject);
    },
    prepare: (subjects) => watch.prepare(subjects.filter((subject) => !runsFree(subject))),
    takeInterrupted: watch.takeInterrupted,
  };
}

/** Subjects in one go: the start of a watch costs 30 µs, a verdict less than one. */
const BATCH_SIZE = 1000;

/** Time for one go. */
const PATIENCE_MS = 50;

/**
 * Each interruption halves the patience down to this, still a thousand times what an ordinary name takes: many hostile
 * names must not hold up everybody.
 */
const LEAST_PATIENCE_MS = 10;

function createWatch(matches: (subject: string) => boolean, verdicts: Verdicts): Judge {
  const interrupted: string[] = [];
  const runWithin = createTimeLimit();
  let patienceMs = PATIENCE_MS;
  return {
    test: (subject) => {
      const outcome = insist(() => runWithin(patienceMs, () => matches(subject)));
      if (typeof outcome === 'boolean') return outcome;
      patienceMs = Math.max(patienceMs / 2, LEAST_PATIENCE_MS);
      if (interrupted.length < MAX_NAMED) interrupted.push(subject);
      return false;
    },
    prepare: (subjects) => {
      const open = [...new Set(subjects)].filter((subject) => verdicts.get(subject) === undefined);
      for (let start = 0; start < open.length; start += BATCH_SIZE) {
        const batch = open.slice(start, start + BATCH_SIZE);
        const decided: boolean[] = [];
        // What was decided before the time was up counts; the next one is to blame, or bad luck: it is tried alone.
        runWithin(patienceMs, () => {
          for (const subject of batch) decided.push(matches(subject));
          return true;
        });
        for (const [index, verdict] of decided.entries()) verdicts.set(batch[index] ?? '', verdict);
      }
    },
    takeInterrupted: () => interrupted.splice(0),
  };
}

/** How a run ended: with a verdict, or without one, having had the processor or not. */
type Outcome = boolean | 'too long' | 'starved';

/** Runs that had the processor for most of their time; the next may do without a collection of garbage. */
const MAX_FULL_RUNS = 2;
const MAX_RUNS = 10;

/**
 * Tries again where it may have been the machine that paused: a container without a share of the processor stands still
 * for longer than a verdict takes, and an application must not vanish for that.
 */
function insist(run: () => Outcome): Outcome {
  let outcome: Outcome = 'starved';
  for (let runs = 0, fullRuns = 0; runs < MAX_RUNS && fullRuns < MAX_FULL_RUNS; runs += 1) {
    outcome = run();
    if (typeof outcome === 'boolean') break;
    if (outcome === 'too long') fullRuns += 1;
  }
  return outcome;
}

/** Returns a function that runs a job for so many milliseconds at most; interrupted, it has no result. */
function createTimeLimit(): (limitMs: number, job: () => boolean) => Outcome {
  let room:
    | { readonly context: Context; readonly script: Script; readonly globals: { job: () => boolean } }
    | undefined;
  return (limitMs, job) => {
    if (room === undefined) {
      const globals = { job };
      room = { globals, context: createContext(globals), script: new Script('job()') };
    }
    room.globals.job = job;
    const before = process.cpuUsage();
    try {
      return room.script.runInContext(room.context, { timeout: Math.ceil(limitMs) }) === true;
    } catch (error) {
      if (error instanceof RangeError) return 'too long';
      if (!isTimeout(error)) throw error;
      const used = process.cpuUsage(before);
      return (used.user + used.system) / 1000 < limitMs / 2 ? 'starved' : 'too long';
    }
  };
}

/** The error is one of the other realm. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
