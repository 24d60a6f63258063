import type { FaultForm } from '../../simulator/faults.js';
import type { FaultAction, RequestKind } from '../../simulator/simulator.js';
import { openDoor } from './door.js';
import { type Lab, routerPort } from './lab.js';
import { PHASES, type Phase, type PlatformFault, platformRow } from './platform-row.js';
import type { Row } from './row.js';
import { LISTS, striking } from './strike.js';
import { API_NAME, UAA_NAME, USUAL } from './surroundings.js';

const TEN_MINUTES_MS = 600_000;

const KEPT_OPEN = 'what is open stays; a new connection is needed, as in normal operation';
const NO_PAGES = 'tokens have no pages';
const NOT_ASKED = 'nobody asks UAA while the token is good';

/** Constants that a hanging exchange ends by, in src/foundation. */
const HANG_BECAUSE =
  'a request that hangs ends by its own time limit: head 10 s here, pause 10 s, root document and token 30 s (api-client.ts ROOT_TIMEOUT_MS, PAUSE_TIMEOUT_MS; token.ts TIMEOUT_MS)';
const HANG_PATIENCE_MS = 45_000;
const REFUSED_BECAUSE =
  'a refused login is tried again after ten minutes, since five refusals lock the account (token.ts REFUSED_PAUSES_MS)';

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
  const because = 'obeyed, up to an hour (outbound/retry-after.ts LONGEST_MS)';
  return [
    striking({
      name: '429 with Retry-After: 99999999',
      action: () => limited({ 'Retry-After': '99999999' }),
      fresh: 'not awaited',
    }),
    {
      ...striking({
        name: '429 with Retry-After as a date, clock of the foundation ten minutes ahead',
        because: `${because}: the date is compared with our clock, not with the Date header beside it`,
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
      because: HANG_BECAUSE,
      action: () => ({ type: 'hang', when }),
    });
  return [
    shut('refuses connections', 'refused'),
    shut('resets connections', 'reset'),
    shut('takes connections and is silent', 'silent', {
      patienceMs: HANG_PATIENCE_MS,
      because: 'connections are given up after 10 s (assembly/connections.ts API_CONNECT_TIMEOUT_MS)',
    }),
    reset('before the head', 'before_head'),
    reset('after the head', 'after_head'),
    reset('within the body', 'mid_body'),
    hang('before the head', 'before_head'),
    hang('after the head', 'after_head'),
    hang('within the body', 'mid_body'),
  ];
}

/** A token is renewed at UAA, everything else is asked of the API. */
function doorOf(lab: Lab, phase: Phase): Lab['api'] {
  return phase === 'token renewal' ? lab.uaa : lab.api;
}

function bodyFaults(): PlatformFault[] {
  const plain = (name: string, action: FaultAction): PlatformFault => striking({ name, action: () => action });
  return [
    plain('truncated by Content-Length', { type: 'truncate', bytes: 100, framing: 'content-length' }),
    plain('truncated within chunks', { type: 'truncate', bytes: 100, framing: 'chunked' }),
    plain('half the JSON', { type: 'broken_json' }),
    plain('HTML with 200', { type: 'html' }),
    plain('JSON as text/html', { type: 'content_type', value: 'text/html' }),
    plain('JSON without Content-Type', { type: 'content_type', value: null }),
  ];
}

const PAGES_ONLY = {
  'normal operation': 'only paging shows it: see mid-paging',
  'token renewal': NO_PAGES,
} as const;

/** A list that is read in pages; the others of a round go on. */
function pageFaults(): PlatformFault[] {
  const paged = (name: string, action: FaultAction): PlatformFault => ({
    name,
    senseless: PAGES_ONLY,
    begin: (lab) => {
      for (const kind of LISTS) lab.simulator.faults.add({ kind, action });
    },
    end: (lab) => lab.simulator.faults.clear(),
  });
  const cutOnce = (kind: RequestKind): PlatformFault => ({
    name: `list of ${kind} cut by more than half once`,
    senseless: PAGES_ONLY,
    begin: (lab) => {
      lab.simulator.faults.add({ kind, times: 1, action: { type: 'cut_list', keep: 1 } });
    },
    end: (lab) => lab.simulator.faults.clear(),
  });
  return [
    paged('pages repeat', { type: 'repeated_page' }),
    paged('pages are short', { type: 'short_page', missing: 1 }),
    paged('total_results falls between pages', { type: 'moving_total', step: -1 }),
    paged('total_results grows between pages', { type: 'moving_total', step: 1 }),
    ...(['spaces', 'apps', 'processes', 'routes'] as const).map(cutOnce),
  ];
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

function nameFaults(): PlatformFault[] {
  const SECOND = '127.0.0.2';
  const names = (lab: Lab, phase: Phase, address: string | undefined): void => {
    const changed = phase === 'token renewal' ? UAA_NAME : API_NAME;
    const entries = Object.entries(USUAL.names).filter(([name]) => name !== changed);
    if (address !== undefined) entries.push([changed, address]);
    lab.surroundings.change({ names: Object.fromEntries(entries) });
    doorOf(lab, phase).drop();
  };
  return [
    {
      name: 'DNS fails',
      senseless: { 'mid-paging': KEPT_OPEN },
      begin: (lab, phase) => names(lab, phase, undefined),
      end: (lab) => lab.surroundings.change(USUAL),
    },
    {
      name: 'DNS gives another address',
      senseless: { 'mid-paging': KEPT_OPEN },
      async begin(lab, phase) {
        const old = doorOf(lab, phase);
        lab.stage.add(
          await openDoor({ toPort: routerPort(lab.simulator, lab.scheme), address: SECOND, port: old.port }),
        );
        names(lab, phase, SECOND);
        await old.set('refused');
      },
      // The old address stays dead: nothing has to come back.
      end: () => undefined,
    },
  ];
}

function certificateFaults(): PlatformFault[] {
  const hosts = ['api.sys.sim.example', 'login.sys.sim.example', 'uaa.sys.sim.example'];
  const show = async (lab: Lab, flaw: 'expired' | 'foreign' | undefined): Promise<void> => {
    for (const host of hosts) await lab.simulator.presentCertificate(host, hosts, flaw);
    lab.api.drop();
    lab.uaa.drop();
  };
  const flawed = (name: string, flaw: 'expired' | 'foreign' | undefined): PlatformFault => ({
    name,
    senseless: { 'mid-paging': KEPT_OPEN },
    begin: (lab) => show(lab, flaw),
    end: (lab) => show(lab, undefined),
  });
  return [
    flawed('certificate expired', 'expired'),
    flawed('certificate replaced by one of an unknown authority', 'foreign'),
    flawed('certificate replaced by another good one', undefined),
  ];
}

function tokenFaults(): PlatformFault[] {
  const never = { 'normal operation': NOT_ASKED, 'mid-paging': NOT_ASKED } as const;
  const uaaOnly = { 'mid-paging': NO_PAGES } as const;
  const tokenAction = (name: string, action: FaultAction, further: Partial<PlatformFault> = {}): PlatformFault => ({
    name,
    senseless: uaaOnly,
    begin: (lab) => {
      lab.simulator.faults.add({ kind: 'token', action });
    },
    end: (lab) => lab.simulator.faults.clear(),
    ...further,
  });
  const NEW_PASSWORD = 'another-password';
  return [
    {
      name: 'UAA down',
      senseless: uaaOnly,
      because: 'a login that failed is tried again after 1, 5, 15, 30 s (token.ts FAILED_PAUSES_MS)',
      begin: (lab) => lab.uaa.set('refused'),
      end: (lab) => lab.uaa.set('open'),
    },
    tokenAction('UAA slow (3 s)', { type: 'delay', delayMs: 3_000 }),
    {
      name: 'wrong password, put right in the configuration and reloaded',
      senseless: never,
      begin: (lab) => lab.simulator.uaa.setPassword(lab.simulator.username, NEW_PASSWORD),
      end: (lab) => lab.reconfigure(NEW_PASSWORD),
    },
    tokenAction(
      'account locked',
      {
        type: 'status',
        status: 401,
        form: 'uaa',
        title: 'unauthorized',
        detail: 'Your account has been locked because of too many failed attempts to login.',
      },
      {
        senseless: never,
        fresh: 'not awaited',
        because: REFUSED_BECAUSE,
      },
    ),
    tokenAction(
      'refresh token refused',
      { type: 'delay', delayMs: 0 },
      {
        senseless: { ...never, 'first listing': 'there is none yet' },
        begin: (lab) => lab.simulator.uaa.tokens.revokeRefresh(),
      },
    ),
    {
      name: 'token revoked early, again and again',
      senseless: { 'token renewal': 'that is what it sets off', 'mid-paging': 'as in normal operation' },
      async begin(lab) {
        // Just before each list: one in a second is more than any UAA does.
        const timer = setInterval(() => lab.simulator.uaa.tokens.expireAccess(), 1_000);
        lab.stage.add({ stop: async () => clearInterval(timer), kill: () => clearInterval(timer) });
      },
      end: () => undefined,
    },
    striking({
      name: 'API refuses every token',
      senseless: { 'mid-paging': 'permissions are those of a request', 'token renewal': 'UAA refuses nothing here' },
      action: (kind) =>
        kind === 'root' || kind === 'token' ? { type: 'delay', delayMs: 0 } : { type: 'invalid_token' },
    }),
  ];
}

function clockFaults(): PlatformFault[] {
  const shifts = [
    ['ahead', TEN_MINUTES_MS],
    ['behind', -TEN_MINUTES_MS],
  ] as const;
  const senseless = { 'mid-paging': 'pages carry no time' } as const;
  return shifts.flatMap(([words, shiftMs]) => [
    {
      name: `clock of the foundation ten minutes ${words}`,
      senseless,
      begin: (lab: Lab) => {
        lab.foundationShiftMs = shiftMs;
      },
      end: () => undefined,
    },
    {
      name: `our clock ten minutes ${words}`,
      senseless,
      begin: (lab: Lab) => lab.surroundings.change({ clockShiftMs: shiftMs }),
      end: (lab: Lab) => lab.surroundings.change(USUAL),
    },
  ]);
}

/** The same world at another version, with keys of its own: every token is void. */
function restartFaults(): PlatformFault[] {
  return ['3.180.0', '3.240.0'].map((apiVersion) => ({
    name: `API restarted as ${apiVersion}`,
    scheme: 'http' as const,
    senseless: { 'mid-paging': KEPT_OPEN, 'token renewal': 'it voids the token by itself' },
    async begin(lab: Lab) {
      await Promise.all([lab.api.set('refused'), lab.uaa.set('refused')]);
      lab.simulator = await lab.another({ apiVersion });
    },
    async end(lab: Lab) {
      const port = routerPort(lab.simulator, lab.scheme);
      for (const door of [lab.api, lab.uaa]) {
        door.leadTo(port);
        await door.set('open');
      }
    },
  }));
}

/** Every fault of Cloud Foundry in every phase. */
export function platformRows(): readonly Row[] {
  const faults = [
    ...connectionFaults(),
    ...statusFaults(),
    ...rateLimitFaults(),
    ...outlastingLimits(),
    ...bodyFaults(),
    ...pageFaults(),
    ...forbiddenFaults(),
    ...platformPartFaults(),
    ...nameFaults(),
    ...certificateFaults(),
    ...tokenFaults(),
    ...clockFaults(),
    ...restartFaults(),
  ];
  return faults.flatMap((fault) => PHASES.map((phase) => platformRow(fault, phase)));
}
