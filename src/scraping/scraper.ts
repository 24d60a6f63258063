import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Authenticators } from '../credentials/authenticator.js';
import type { Directory, Target, TargetApplication } from '../discovery/directory.js';
import { createAcceptNegotiation } from '../exposition/accept.js';
import { acceptsGzip, readsGzipMembers } from '../exposition/accept-encoding.js';
import type { BodyCoding } from '../exposition/join-own-samples.js';
import type { Connections } from '../outbound/connections.js';
import type { Log } from '../telemetry/log.js';
import { createRepeats } from '../telemetry/repeats.js';
import { accessGone, instanceBusy } from './failure.js';
import { type InstanceState, NEVER } from './instance-states.js';
import { LOOP_MARK_HEADER } from './loop-mark.js';
import { RunningScrape, type ScrapeParts } from './running-scrape.js';
import type { ScrapeError } from './scrape-error.js';
import type { ScrapeLedger } from './scrape-ledger.js';
import type { ScrapeSink } from './scrape-sink.js';
import { type TimeLimitOptions, timeLimit } from './time-limit.js';

export interface ScraperOptions {
  /** Towards an application, by its `tlsId`; undefined: those of the default TLS settings. */
  readonly connectionsFor: (tlsId: string | undefined) => Connections;
  readonly authenticators: Authenticators;
  /** Whether its credentials and TLS settings are still those that it was selected with; absent: always. */
  readonly hasAccess?: (application: TargetApplication) => boolean;
  /** Shared with the scraper that this one takes over from. */
  readonly ledger: ScrapeLedger;
  readonly clock: Clock;
  readonly log: Log;
  /** Of this process, for the loop mark. */
  readonly instanceId: string;
  readonly userAgent: string;
  readonly timeLimit: TimeLimitOptions;
  /** Longest pause between two bytes; absent when only the deadline counts. */
  readonly pauseTimeoutMs: Milliseconds | undefined;
  readonly foreignRedirects: 'fail' | 'follow';
  readonly maxResponseBytes: number;
  readonly maxBufferedBytes: number;
  readonly maxConcurrentPerInstance: number;
  readonly observe: ScrapeObserver;
  /** The router knows no such instance: the list of processes may be old. */
  readonly onGone: () => void;
}

export interface ScrapeObserver {
  finished(outcome: ScrapeReport): void;
}

export interface ScrapeReport {
  readonly target: Target;
  readonly error: ScrapeError | undefined;
  readonly durationMs: Milliseconds;
  /** Bytes of the instance's body as they came. */
  readonly bytes: number;
  /** The caller went away before the end. */
  readonly aborted: boolean;
}

/** What a caller says that matters to a scrape; absent headers are undefined. */
export interface Caller {
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly userAgent: string | undefined;
  /** Value of `X-Prometheus-Scrape-Timeout-Seconds`. */
  readonly grantedSeconds: string | undefined;
}

export interface Scraper {
  /** Scrapes one instance for a caller; the sink is told how it went. */
  scrape(target: Target, caller: Caller, sink: ScrapeSink): ScrapeControl;
  /** Forgets what it knew of targets that left. */
  retain(directory: Directory): void;
  /** Resolves once none of this scraper's own scrapes needs its connections; at once when none runs. */
  idle(): Promise<void>;
  /** Of all scrapers that share the ledger. */
  readonly inFlight: number;
  readonly heldBytes: number;
}

export interface ScrapeControl {
  /** The caller went away: the request to the instance ends at once. */
  abort(): void;
  /** The caller takes more bytes again. */
  resume(): void;
}

/** A body is searched for our own names in its first scrape and again after this. */
const INSPECTION_INTERVAL_MS: Milliseconds = 3_600_000;

export function createScraper(options: ScraperOptions): Scraper {
  const { clock, log, ledger } = options;
  const { states, heldBytes } = ledger;
  const accepts = createAcceptNegotiation();
  const idlers: (() => void)[] = [];
  const failures = createRepeats(clock);
  let running = 0;

  /**
   * Prometheus shows the status of a failed scrape and not its reason, and of an answer that broke off neither. Of
   * thousands of instances some always fail: one for each cause is told, with how many there were.
   */
  function tellFailure(error: ScrapeError): void {
    const times = failures.occurred(error.code);
    if (times === undefined) log.debug('a scrape failed', { error });
    else log.info('a scrape failed', times === 1 ? { error } : { times, error });
  }

  function finished(report: ScrapeReport): void {
    if (report.error !== undefined) tellFailure(report.error);
    options.observe.finished(report);
  }

  function refuse(target: Target, sink: ScrapeSink, error: ScrapeError): ScrapeControl {
    finished({ target, error, durationMs: 0, bytes: 0, aborted: false });
    sink.fail(error);
    return NOTHING_TO_CONTROL;
  }

  const parts: ScrapeParts = {
    ...options,
    observe: { finished },
    heldBytes,
    release({ state, inspect }, how) {
      if (inspect && how !== 'answered') state.inspectedAt = NEVER;
      state.inFlight -= 1;
      ledger.inFlight -= 1;
      running -= 1;
      if (running === 0) for (const resolve of idlers.splice(0)) resolve();
    },
  };

  /** What goes to the application; nothing else of the caller crosses. */
  function requestHeaders(target: Target, accept: string | undefined, coding: BodyCoding): Record<string, string> {
    const headers: Record<string, string> = {
      accept: accepts.cut(accept),
      'accept-encoding': coding,
      'user-agent': options.userAgent,
      [LOOP_MARK_HEADER]: options.instanceId,
    };
    if (target.instanceHeader !== undefined) headers[INSTANCE_HEADER] = target.instanceHeader;
    return headers;
  }

  return {
    scrape(target, caller, sink) {
      if (options.hasAccess?.(target.application) === false) return refuse(target, sink, accessGone(target));
      const state = states.of(target);
      if (state.inFlight >= options.maxConcurrentPerInstance) {
        return refuse(target, sink, instanceBusy(target, options.maxConcurrentPerInstance));
      }
      state.inFlight += 1;
      ledger.inFlight += 1;
      running += 1;
      const inspect = isInspectionDue(state, clock);
      const gzipForCaller = acceptsGzip(caller.acceptEncoding) && readsGzipMembers(caller.userAgent);
      const scrape = new RunningScrape(parts, {
        target,
        state,
        sink,
        inspect,
        gzipForCaller,
        authenticator: options.authenticators.find(target.application.authenticatorId),
        limitMs: timeLimit(caller.grantedSeconds, options.timeLimit),
      });
      scrape.start(requestHeaders(target, caller.accept, gzipForCaller && !inspect ? 'gzip' : 'identity'));
      return scrape;
    },
    retain: (directory) => states.retain(directory),
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
    get inFlight() {
      return ledger.inFlight;
    },
    get heldBytes() {
      return heldBytes.bytes;
    },
  };
}

/** Surgical routing (facts/cloud-foundry.md 5.2). Never sent empty: the router would pick any instance. */
const INSTANCE_HEADER = 'x-cf-app-instance';

const NOTHING_TO_CONTROL: ScrapeControl = { abort: () => undefined, resume: () => undefined };

/** Marks it as done at once, so that parallel scrapes do not all look. */
function isInspectionDue(state: InstanceState, clock: Clock): boolean {
  const now = clock.monotonic();
  if (now - state.inspectedAt < INSPECTION_INTERVAL_MS) return false;
  state.inspectedAt = now;
  return true;
}
