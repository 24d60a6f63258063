import type { Clock } from '../base/clock.js';
import { describeError } from '../base/errors.js';
import type { ConfigOutcome } from '../config/load-config.js';
import { formatProblem } from '../config/report.js';
import type { Log } from '../telemetry/log.js';
import type { OwnMetrics } from '../telemetry/own-metrics.js';
import type { FileStates } from './file-state.js';

/** `material`: only secrets and certificates are read anew, since nobody has said that the configuration is finished. */
export type ReloadScope = 'everything' | 'material';

export type ReloadOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** A configuration that was read without a problem. */
export interface Loaded
  extends Pick<Extract<ConfigOutcome, { ok: true }>, 'config' | 'watched' | 'files' | 'effective'> {
  /** Of the files that it was read from, as they were before they were read. */
  readonly states: FileStates;
}

/** Reads the configuration as often as it is asked to. */
export interface ConfigLoader {
  load(scope: ReloadScope): Promise<ConfigOutcome & Pick<Loaded, 'states'>>;
  /** What was loaded last is in force: its texts are those that `material` goes on with. */
  keep(): void;
}

export interface Reloader {
  /** Reads and takes the configuration, or leaves the old one in force and says why. Never rejects. */
  reload(scope: ReloadScope): Promise<ReloadOutcome>;
}

export interface ReloaderOptions {
  readonly loader: ConfigLoader;
  /** Names of the configuration files in force. */
  readonly filesInForce: () => readonly string[];
  readonly apply: (loaded: Loaded) => void;
  readonly metrics: Pick<OwnMetrics, 'configReloadSuccessful' | 'configReloadTime'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** One reload at a time; those asked for meanwhile share the next. */
export function createReloader({ loader, filesInForce, apply, metrics, clock, log }: ReloaderOptions): Reloader {
  let running: Promise<ReloadOutcome> | undefined;
  let next: { scope: ReloadScope; readonly outcome: Promise<ReloadOutcome> } | undefined;
  /** What is written differs from what is in force, until all of it has been read without a problem. */
  let isBehind = false;
  succeeded();

  function succeeded(): void {
    metrics.configReloadSuccessful.with({}).set(isBehind ? 0 : 1);
    metrics.configReloadTime.with({}).set(clock.now() / 1000);
  }

  async function run(scope: ReloadScope): Promise<ReloadOutcome> {
    try {
      const outcome = await loader.load(scope);
      for (const warning of outcome.warnings) log.warn(formatProblem(warning));
      if (!outcome.ok) return refused(scope, outcome.problems.map(formatProblem));
      const lost = filesInForce().filter((file) => !outcome.files.includes(file));
      if (lost.length > 0) return refused(scope, lost.map(isGone));
      apply(outcome);
      loader.keep();
      if (scope === 'everything') isBehind = false;
      succeeded();
      log.info(scope === 'everything' ? 'configuration read anew' : 'secrets and certificates read anew');
      return { ok: true };
    } catch (error) {
      return refused(scope, [describeError(error)]);
    }
  }

  function refused(scope: ReloadScope, problems: readonly string[]): ReloadOutcome {
    if (scope === 'everything') isBehind = true;
    metrics.configReloadSuccessful.with({}).set(0);
    for (const each of problems) log.error(each);
    log.error('the configuration was not taken, the old one stays in force', { problems: problems.length });
    return { ok: false, reason: problems.join('\n') };
  }

  function start(scope: ReloadScope): Promise<ReloadOutcome> {
    running = run(scope).finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    reload(scope) {
      if (running === undefined) return start(scope);
      if (next === undefined) {
        const mine: { scope: ReloadScope; outcome: Promise<ReloadOutcome> } = {
          scope,
          outcome: running.then(() => {
            next = undefined;
            return start(mine.scope);
          }),
        };
        next = mine;
      }
      if (scope === 'everything') next.scope = scope;
      return next.outcome;
    },
  };
}

/** An editor or a mount may be replacing it this very moment; believed, all its rules would be dropped. */
function isGone(file: string): string {
  return `${file}: found nothing, expected the file that is in force; put it back, or restart to go on without it`;
}
