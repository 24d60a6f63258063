import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Log } from '../telemetry/log.js';
import { type ApiError, reasonOf } from './api-error.js';
import { RESOURCE_KINDS, type ResourceKind } from './resources.js';

/** One failure of one list. */
export interface ListFault {
  readonly error: ApiError;
  /** Whether the list was read once, so that its elements go on counting. */
  readonly isOldInForce: boolean;
  /** In a row, with this one. */
  readonly failures: number;
}

/**
 * Tells of lists that fail: one line for one reason, whatever the number of lists; again after a minute when further
 * lists fail for it, and every ten minutes; one line when all of them can be read again.
 */
export interface ListFaults {
  failed(kind: ResourceKind, fault: ListFault): void;
  succeeded(kind: ResourceKind): void;
  /** At the end of a round: writes what there is to tell. */
  tell(): void;
}

interface Told {
  /** All that have failed for it. */
  readonly kinds: ReadonlySet<ResourceKind>;
  /** Those that the log names. */
  readonly named: ReadonlySet<ResourceKind>;
  readonly at: Milliseconds;
}

const AGAIN_MS: Milliseconds = 600_000;
/** An outage meets one list after another, each at its next reading. */
const FURTHER_MS: Milliseconds = 60_000;

export function createListFaults({ clock, log }: { readonly clock: Clock; readonly log: Log }): ListFaults {
  const failing = new Map<ResourceKind, ListFault>();
  /** By reason; kept while one of its lists fails for whatever reason, so that two in turn are not told each time. */
  const told = new Map<string, Told>();

  function tellReason(reason: string, kinds: readonly ResourceKind[]): void {
    const before = told.get(reason);
    const all = new Set([...(before?.kinds ?? []), ...kinds]);
    if (before !== undefined && clock.monotonic() - before.at < pauseAfter(before, kinds)) {
      told.set(reason, { ...before, kinds: all });
      return;
    }
    told.set(reason, { kinds: all, named: new Set([...(before?.named ?? []), ...kinds]), at: clock.monotonic() });
    const faults = kinds.flatMap((kind) => failing.get(kind) ?? []);
    const [first] = faults;
    if (first === undefined) return;
    const isOldInForce = faults.every((fault) => fault.isOldInForce);
    const { error } = first;
    log[isToldElsewhere(error) ? 'debug' : 'warn'](
      `lists could not be read${isOldInForce ? '; what they said last stays in force' : ''}`,
      {
        kinds: kinds.join(', '),
        failures: Math.max(...faults.map(({ failures }) => failures)),
        requestId: error.requestId,
        error,
      },
    );
  }

  function tellEnd(): void {
    const readable = new Set<ResourceKind>();
    for (const [reason, { kinds }] of told) {
      if ([...kinds].some((kind) => failing.has(kind))) continue;
      told.delete(reason);
      for (const kind of kinds) readable.add(kind);
    }
    if (readable.size > 0) log.info('lists can be read now', { kinds: [...readable].join(', ') });
  }

  return {
    failed(kind, fault) {
      failing.set(kind, fault);
    },
    succeeded(kind) {
      failing.delete(kind);
    },
    tell() {
      const reasons = new Map<string, ResourceKind[]>();
      for (const kind of RESOURCE_KINDS) {
        const fault = failing.get(kind);
        if (fault === undefined) continue;
        const reason = reasonOf(fault.error);
        reasons.set(reason, [...(reasons.get(reason) ?? []), kind]);
      }
      for (const [reason, kinds] of reasons) tellReason(reason, kinds);
      tellEnd();
    },
  };
}

function pauseAfter({ named }: Told, kinds: readonly ResourceKind[]): Milliseconds {
  return kinds.some((kind) => !named.has(kind)) ? FURTHER_MS : AGAIN_MS;
}

/** A login that fails has been told of where it failed, and so has a pause; either fails every list alike. */
function isToldElsewhere({ code }: ApiError): boolean {
  return code === 'login_refused' || code === 'login_failed' || code === 'api_paused';
}
