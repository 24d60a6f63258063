import type { FaultAction } from '../../simulator/simulator.js';
import { openDoor } from './door.js';
import { doorOf, type Lab, routerPort } from './lab.js';
import { KEPT_OPEN, NO_PAGES, type Phase, type PlatformFault } from './platform-row.js';
import { LISTS, striking } from './strike.js';
import { API_NAME, UAA_NAME, USUAL } from './surroundings.js';

const TEN_MINUTES_MS = 600_000;
const REVOKED_EVERY_MS = 1_000;
const NOT_ASKED = 'nobody asks UAA while the token is good';
const REFUSED_BECAUSE =
  'a refused login is tried again after ten minutes, since five refusals lock the account (token.ts REFUSED_PAUSES_MS)';

/** What lies between us and an answer: names, certificates, tokens, clocks, another server. */
export function accessFaults(): readonly PlatformFault[] {
  return [...nameFaults(), ...certificateFaults(), ...tokenFaults(), ...clockFaults(), ...restartFaults()];
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
      unseen: 'the next connection goes there',
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
    ...(flaw === undefined ? { unseen: 'a good one is good' } : {}),
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
  const revocations = new WeakMap<Lab, () => void>();
  const NEW_PASSWORD = 'another-password';
  return [
    {
      name: 'UAA down',
      senseless: uaaOnly,
      unseen: { 'normal operation': NOT_ASKED },
      because: 'a login that failed is tried again after 1, 5, 15, 30 s (token.ts FAILED_PAUSES_MS)',
      begin: (lab) => lab.uaa.set('refused'),
      end: (lab) => lab.uaa.set('open'),
    },
    tokenAction(
      'UAA slow (3 s)',
      { type: 'delay', delayMs: 3_000 },
      { unseen: 'the old token serves meanwhile, a first one comes 3 s later' },
    ),
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
      // Each list under way with such a token is refused once, and a new token is asked for.
      furtherRequests: ({ holdMs }) => (holdMs / REVOKED_EVERY_MS) * (LISTS.length + 1),
      senseless: { 'token renewal': 'that is what it sets off', 'mid-paging': 'as in normal operation' },
      begin: (lab) => {
        // One in a second is more than any UAA does.
        const timer = setInterval(() => lab.simulator.uaa.tokens.expireAccess(), REVOKED_EVERY_MS);
        const stop = (): void => clearInterval(timer);
        revocations.set(lab, stop);
        lab.stage.add({ stop: async () => stop(), kill: stop });
      },
      end: (lab) => revocations.get(lab)?.(),
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
  const unseen = 'what lasts is measured by a clock that nobody sets';
  return shifts.flatMap(([words, shiftMs]) => [
    {
      name: `clock of the foundation ten minutes ${words}`,
      senseless,
      unseen,
      begin: (lab: Lab) => {
        lab.foundationShiftMs = shiftMs;
      },
      end: () => undefined,
    },
    {
      name: `our clock ten minutes ${words}`,
      senseless,
      unseen,
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
