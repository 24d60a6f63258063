import type { Clock } from '../base/clock.js';
import { describeError } from '../base/errors.js';
import type { ConfigOutcome } from '../config/load-config.js';
import { formatProblem } from '../config/report.js';
import type { Log } from '../telemetry/log.js';
import type { OwnMetrics } from '../telemetry/own-metrics.js';

/** `material`: only secrets and certificates are read anew, since nobody has said that the configuration is finished. */
export type ReloadScope = 'everything' | 'material';

export type ReloadOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface Reloader {
  /** Reads and takes the configuration, or leaves the old one in force and says why. Never rejects. */
  reload(scope: ReloadScope): Promise<ReloadOutcome>;
}

/** A configuration that was read without a problem, and the files that it was read from. */
export type Loaded = Pick<Extract<ConfigOutcome, { ok: true }>, 'config' | 'watched'>;

export type LoadAgain = (scope: ReloadScope) => Promise<ConfigOutcome>;

export interface ReloaderOptions {
  readonly load: LoadAgain;
  readonly apply: (loaded: Loaded) => void | Promise<void>;
  readonly metrics: Pick<OwnMetrics, 'configReloadSuccessful' | 'configReloadTime'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** One reload at a time; those asked for meanwhile share the next. */
export function createReloader({ load, apply, metrics, clock, log }: ReloaderOptions): Reloader {
  let running: Promise<ReloadOutcome> | undefined;
  let next: { scope: ReloadScope; readonly outcome: Promise<ReloadOutcome> } | undefined;
  succeeded();

  function succeeded(): void {
    metrics.configReloadSuccessful.with({}).set(1);
    metrics.configReloadTime.with({}).set(clock.now() / 1000);
  }

  async function run(scope: ReloadScope): Promise<ReloadOutcome> {
    try {
      const outcome = await load(scope);
      for (const warning of outcome.warnings) log.warn(formatProblem(warning));
      if (!outcome.ok) return refused(outcome.problems.map(formatProblem));
      await apply(outcome);
      succeeded();
      log.info(scope === 'everything' ? 'configuration read anew' : 'secrets and certificates read anew');
      return { ok: true };
    } catch (error) {
      return refused([describeError(error)]);
    }
  }

  function refused(problems: readonly string[]): ReloadOutcome {
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
