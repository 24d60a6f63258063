import type { FaultForm } from '../../simulator/faults.js';
import type { FaultAction, RequestKind } from '../../simulator/simulator.js';
import { doorOf, type Lab } from './lab.js';
import { KEPT_OPEN, NO_PAGES, type PlatformFault } from './platform-row.js';
import type { Pace } from './row.js';
import { LISTS, striking } from './strike.js';

const TEN_MINUTES_MS = 600_000;
/** Of a request that hangs: the least that `cf.request.timeout.*` takes, and what the others have. */
const HANG_LIMIT_MS = 10_000;
/** Of a connection that is not made (assembly/connections.ts). */
const CONNECT_LIMIT_MS = 5_000;
const HANG_PATIENCE_MS = 45_000;

/** What API and UAA answer, or do not. */
export function answerFaults(): readonly PlatformFault[] {
  return [
    ...connectionFaults(),
    ...statusFaults(),
    ...rateLimitFaults(),
    ...outlastingLimits(),
    ...bodyFaults(),
    ...pageFaults(),
    ...forbiddenFaults(),
    ...platformPartFaults(),
  ];
}

function statusFaults(): PlatformFault[] {
  const forms: readonly (readonly [string, FaultForm])[] = [
    ['JSON', 'capi'],
    ['HTML', 'html'],
    ['nothing', 'empty'],
  ];
  return [500, 502, 503, 504].flatMap((status) =>
    forms.map(([words, form]) =>
      striking({
        name: `${status} as ${words}`,
        action: (kind) => ({ type: 'status', status, form: kind === 'token' && form === 'capi' ? 'uaa' : form }),
      }),
    ),
  );
}

function limited(headers: Readonly<Record<string, string>>): FaultAction {
  return {
    type: 'status',
    status: 429,
    form: 'capi',
    code: 10013,
    title: 'CF-RateLimitExceeded',
    detail: 'Rate Limit Exceeded',
    headers,
  };
}

/** Where a demand outlasts the fault, it is kept: that is no back-off of ours. */
function rateLimitFaults(): PlatformFault[] {
  const at = (lab: Lab, aheadMs: number): string =>
    new Date(Date.now() + lab.foundationShiftMs + aheadMs).toUTCString();
  const forms: readonly (readonly [string, (lab: Lab) => Readonly<Record<string, string>>])[] = [
    ['without Retry-After', () => ({})],
    ['with Retry-After: 2', () => ({ 'Retry-After': '2' })],
    ['with Retry-After: 0', () => ({ 'Retry-After': '0' })],
    ['with Retry-After: -5', () => ({ 'Retry-After': '-5' })],
    ['with Retry-After: 1.5', () => ({ 'Retry-After': '1.5' })],
    ['with Retry-After as words', () => ({ 'Retry-After': 'soon' })],
    ['with Retry-After as a date', (lab) => ({ 'Retry-After': at(lab, 2_000) })],
    ['with Retry-After as a date gone by', (lab) => ({ 'Retry-After': at(lab, -60_000) })],
  ];
  return forms.map(([words, headers]) => striking({ name: `429 ${words}`, action: (_, lab) => limited(headers(lab)) }));
}

function outlastingLimits(): PlatformFault[] {
  return [
    striking({
      name: '429 with Retry-After: 99999999',
      action: () => limited({ 'Retry-After': '99999999' }),
      fresh: 'not awaited',
    }),
    {
      ...striking({
        name: '429 with Retry-After as a date, clock of the foundation ten minutes ahead',
        action: (_, lab) => {
          lab.foundationShiftMs = TEN_MINUTES_MS;
          const headers = (ahead: number): string => new Date(Date.now() + TEN_MINUTES_MS + ahead).toUTCString();
          return limited({ 'Retry-After': headers(2_000), Date: headers(0) });
        },
      }),
    },
  ];
}

function connectionFaults(): PlatformFault[] {
  const shut = (
    name: string,
    mode: 'refused' | 'silent' | 'reset',
    further: Partial<PlatformFault> = {},
  ): PlatformFault => ({
    name,
    senseless: { 'mid-paging': KEPT_OPEN },
    ...further,
    begin: (lab, phase) => doorOf(lab, phase).set(mode),
    end: (lab, phase) => doorOf(lab, phase).set('open'),
  });
  const reset = (words: string, when: 'before_head' | 'after_head' | 'mid_body'): PlatformFault =>
    striking({ name: `resets ${words}`, action: () => ({ type: 'reset', when }) });
  const hang = (words: string, when: 'before_head' | 'after_head' | 'mid_body'): PlatformFault =>
    striking({
      name: `hangs ${words}`,
      patienceMs: HANG_PATIENCE_MS,
      underWayMs: HANG_LIMIT_MS,
      action: () => ({ type: 'hang', when }),
    });
  return [
    shut('refuses connections', 'refused'),
    shut('resets connections', 'reset'),
    shut('takes connections and is silent', 'silent', {
      patienceMs: HANG_PATIENCE_MS,
      underWayMs: CONNECT_LIMIT_MS,
    }),
    reset('before the head', 'before_head'),
    reset('after the head', 'after_head'),
    reset('within the body', 'mid_body'),
    hang('before the head', 'before_head'),
    hang('after the head', 'after_head'),
    hang('within the body', 'mid_body'),
  ];
}

function bodyFaults(): PlatformFault[] {
  const plain = (name: string, action: FaultAction, further: Partial<PlatformFault> = {}): PlatformFault =>
    striking({ name, action: () => action, ...further });
  const unseen = 'whether it is JSON, the bytes say';
  return [
    plain('truncated by Content-Length', { type: 'truncate', bytes: 100, framing: 'content-length' }),
    plain('truncated within chunks', { type: 'truncate', bytes: 100, framing: 'chunked' }),
    plain('half the JSON', { type: 'broken_json' }),
    plain('HTML with 200', { type: 'html' }),
    plain('JSON as text/html', { type: 'content_type', value: 'text/html' }, { unseen }),
    plain('JSON without Content-Type', { type: 'content_type', value: null }, { unseen }),
  ];
}

const PAGES_ONLY = {
  'normal operation': 'that is in the middle of paging by itself',
  'token renewal': NO_PAGES,
} as const;

const FIRST_PAGE = '[?&]page=1(&|$)';
/** The second reading of a list. */
const PAGES_OF_A_LIST = 4;
/** Applications, processes and routes. */
const LISTS_OF_PAGES = 3;

/** A list that is read in pages; the others of a round go on. */
function pageFaults(): PlatformFault[] {
  const paged = (name: string, action: FaultAction, further: Partial<PlatformFault> = {}): PlatformFault => ({
    name,
    senseless: PAGES_ONLY,
    ...further,
    begin: (lab) => {
      for (const kind of LISTS) lab.simulator.faults.add({ kind, action });
    },
    end: (lab) => lab.simulator.faults.clear(),
  });
  const cutOnce = (kind: RequestKind): PlatformFault => ({
    name: `list of ${kind} cut by more than half once`,
    senseless: PAGES_ONLY,
    furtherRequests: () => PAGES_OF_A_LIST,
    begin: (lab) => {
      // A later page that says so is one that moved.
      lab.simulator.faults.add({ kind, path: FIRST_PAGE, times: 1, action: { type: 'cut_list', keep: 1 } });
    },
    end: (lab) => lab.simulator.faults.clear(),
  });
  return [
    paged('pages repeat', { type: 'repeated_page' }),
    paged('pages are short', { type: 'short_page', missing: 1 }),
    paged('total_results falls between pages', { type: 'moving_total', step: -1 }),
    // By its fourth page a list promises a fifth, which is asked for too.
    paged(
      'total_results grows between pages',
      { type: 'moving_total', step: 1 },
      { furtherRequests: (pace) => LISTS_OF_PAGES * readingsWithin(pace) },
    ),
    ...(['spaces', 'apps', 'processes', 'routes'] as const).map(cutOnce),
  ];
}

/** Most readings of a list that fails again and again: one at once, the others after back-offs that double. */
function readingsWithin({ holdMs, refreshMs, backoffMs }: Pace): number {
  let readings = 0;
  let waitMs = backoffMs;
  for (let atMs = 0; atMs < holdMs; atMs += waitMs, waitMs = Math.min(2 * waitMs, Math.max(backoffMs, refreshMs))) {
    readings += 1;
  }
  return readings;
}

function forbiddenFaults(): PlatformFault[] {
  return LISTS.map((kind) => ({
    name: `${kind} are forbidden`,
    senseless: {
      'mid-paging': 'permissions are those of a request: as in normal operation',
      'token renewal': 'UAA lists nothing',
    },
    begin: (lab) => {
      const action: FaultAction = {
        type: 'status',
        status: 403,
        form: 'capi',
        code: 10003,
        title: 'CF-NotAuthorized',
        detail: 'You are not authorized to perform the requested action',
      };
      lab.simulator.faults.add({ kind, action });
    },
    end: (lab) => lab.simulator.faults.clear(),
  }));
}

function platformPartFaults(): PlatformFault[] {
  const part = (name: string, away: 'maintenance' | 'unregistered' | 'failing'): PlatformFault => ({
    name,
    senseless: { 'mid-paging': 'as in normal operation', 'token renewal': 'UAA is another part' },
    begin: (lab) => {
      lab.simulator.platform.api = away;
    },
    end: (lab) => {
      lab.simulator.platform.api = 'up';
    },
  });
  return [
    part('API in maintenance', 'maintenance'),
    part('API unknown to the router', 'unregistered'),
    part('API fails behind the router', 'failing'),
  ];
}
