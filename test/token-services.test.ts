import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaultAction, type Simulator, startSimulator } from '../simulator/simulator.js';
import { freePort } from '../src/base/free-port.js';
import { type Demanded, deployDemanding } from './support/demanding-application.js';
import { configFor, type PromregatorProcess } from './support/promregator-process.js';
import { type Answered, scrape, startReady } from './support/ready-program.js';
import { waitUntil } from './support/wait-until.js';

const UAA = 'https://uaa.sys.sim.example';
const TOKEN: Demanded = { scheme: 'uaa-token', scope: 'metrics.read' };
const MANY = 50;

/** One way in which a token service fails. Each has a client, an authenticator, a rule and an application of its own. */
interface Failure {
  readonly fault?: FaultAction;
  /** In place of UAA's `/oauth/token`. */
  readonly url?: string;
  readonly secret?: string;
  readonly scopes?: readonly string[];
  readonly demands?: Demanded;
  readonly reason: RegExp;
  /** Requests for a token that the first scrapes make, however many they are. */
  readonly requests: number;
  /** How it is counted in our own metrics; `failed` unless stated. */
  readonly result?: 'refused' | 'failed' | 'success';
}

const status = (code: number, form: 'uaa' | 'html' | 'empty'): FaultAction => ({ type: 'status', status: code, form });

const FAILURES: Readonly<Record<string, Failure>> = {
  'connections-refused': {
    url: 'http://127.0.0.1:PORT/oauth/token',
    reason: /no answer from the token service http:\/\/127\.0\.0\.1:\d+\/oauth\/token.*connection was refused/,
    requests: 1,
  },
  reset: {
    fault: { type: 'reset', when: 'before_head' },
    reason: /no answer from .*: the connection broke off/,
    requests: 1,
  },
  'broken-off': {
    fault: { type: 'reset', when: 'mid_body' },
    reason: /no answer from .*: the connection broke off/,
    requests: 1,
  },
  'wrong-secret': {
    secret: 'not-the-one-4711',
    reason: /refuses the client wrong-secret \(401 invalid_client: Bad credentials; with id and secret elsewhere: 401/,
    requests: 2,
    result: 'refused',
  },
  'foreign-scope': {
    scopes: ['metrics.read', 'foreign.read'],
    reason: /refuses the client foreign-scope \(400 invalid_scope: \[foreign\.read\] is invalid/,
    requests: 1,
    result: 'refused',
  },
  'own-error': { fault: status(500, 'uaa'), reason: /gave no token \(500 /, requests: 1 },
  'error-page': { fault: status(500, 'html'), reason: /gave no token \(500 with text\/html\)/, requests: 1 },
  'forbidden-page': {
    fault: status(403, 'html'),
    reason: /refuses the client forbidden-page \(403 with text\/html\)/,
    requests: 1,
    result: 'refused',
  },
  'too-many': {
    fault: { type: 'status', status: 429, form: 'empty', retryAfterSeconds: 90 },
    reason: /gave no token \(429 .*asked again in 90 s/,
    requests: 1,
  },
  'login-page': {
    url: `${UAA}/oauth/tokens`,
    reason: /gave no token \(302 to https:\/\/uaa\.sys\.sim\.example\/login, and redirects .* is its URL right\?\)/,
    requests: 1,
  },
  'no-token': {
    url: `${UAA}/token_keys`,
    reason: /gave no token \(200 with application\/json in place of a token\)/,
    requests: 1,
  },
  'no-json': {
    fault: { type: 'html' },
    reason: /gave no token \(200 with text\/html in place of a token\)/,
    requests: 1,
  },
  'half-json': {
    fault: { type: 'broken_json' },
    reason: /gave no token \(200 with application\/json in place of/,
    requests: 1,
  },
  endless: { fault: { type: 'endless' }, reason: /no answer from .*: the answer is larger than allowed/, requests: 1 },
  // The application's word counts, after one more try.
  'token-not-taken': {
    demands: { scheme: 'bearer', token: 'of-somebody-else' },
    reason: /the application answered 401 to the credentials of the rule's authenticator/,
    requests: 2,
    result: 'success',
  },
};

const NAMES = Object.keys(FAILURES);
const OTHERS = ['good', 'many', 'short', 'hanging'] as const;

const secretOf = (name: string): string => `hidden-${name}-4711`;

let simulator: Simulator;
let program: PromregatorProcess;
const guids = new Map<string, string>();

function failureOf(name: string): Failure {
  const failure = FAILURES[name];
  if (failure === undefined) throw new Error(`there is no failure ${name}`);
  return failure;
}

beforeAll(async () => {
  simulator = await startSimulator({
    applications: 0,
    clients: [...NAMES, ...OTHERS].map((id) => ({
      id,
      secret: secretOf(id),
      grants: ['client_credentials'],
      authorities: ['metrics.read'],
      // UAA tells one second less than there is.
      ...(id === 'short' ? { accessSeconds: 2 } : {}),
    })),
  });
  const deadPort = String(await freePort());
  for (const name of [...NAMES, ...OTHERS]) {
    const credentials = FAILURES[name]?.demands ?? TOKEN;
    guids.set(name, deployDemanding(simulator, name, { credentials, instances: name === 'many' ? MANY : 1 }));
    const action: FaultAction | undefined =
      name === 'hanging' ? { type: 'hang', when: 'before_head' } : FAILURES[name]?.fault;
    if (action !== undefined) simulator.faults.add({ kind: 'token', path: `of=${name}$`, action });
  }
  const urlOf = (name: string): string => {
    const url = FAILURES[name]?.url ?? `${UAA}/oauth/token`;
    return `${url.replace('PORT', deadPort)}?of=${name}`;
  };
  program = await startReady({
    config: {
      ...configFor(simulator, {
        targetAuthenticators: [...NAMES, ...OTHERS].map((name) => ({
          id: name,
          type: 'OAuth2XSUAABasic',
          oauth2xsuaaBasic: {
            tokenServiceURL: urlOf(name),
            client_id: name,
            client_secret: FAILURES[name]?.secret ?? secretOf(name),
            scopes: FAILURES[name]?.scopes ?? [],
          },
        })),
        targets: [...NAMES, ...OTHERS].map((name) => ({ applicationName: name, authenticatorId: name })),
      }),
      logging: { level: { root: 'TRACE' } },
    },
  });
});

afterAll(async () => {
  await program?.stop();
  await simulator.stop();
});

/** A port that nobody listens on. */
/** Requests for a token of one client, as they reached UAA. */
function requestsOf(name: string): number {
  return simulator.requests.recent().filter(({ target }) => target.endsWith(`?of=${name}`)).length;
}

/** Our own count of them. */
async function counted(name: string, result: string): Promise<number> {
  const text = await (await fetch(`${program.url}/promregatorMetrics`)).text();
  const start = `promregator_authenticator_token_requests_total{authenticator="${name}",result="${result}"} `;
  const line = text.split('\n').find((each) => each.startsWith(start));
  return line === undefined ? 0 : Number(line.slice(start.length));
}

async function scrapeOf(name: string, index = 0, grantedSeconds = 20): Promise<Answered> {
  return await scrape(program, `${guids.get(name)}/${index}`, grantedSeconds);
}

describe('a token service that fails', () => {
  test.each(NAMES)('%s: 502, the reason, no secret, no further request for a while', async (name) => {
    const { reason, requests, result = 'failed', secret = secretOf(name) } = failureOf(name);
    const [first, good] = await Promise.all([scrapeOf(name), scrapeOf('good')]);
    expect([first.status, first.text]).toEqual([502, expect.stringMatching(reason)]);
    expect(first.text).not.toContain(secret);
    expect(good.status).toBe(200);
    const again = await Promise.all(Array.from({ length: 3 }, () => scrapeOf(name)));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([502]));
    const made = await counted(name, result);
    // A service that is out of order is asked again after a second, which may have passed on a busy machine.
    expect(made).toBeGreaterThanOrEqual(requests);
    expect(made).toBeLessThanOrEqual(result === 'failed' ? requests + 1 : requests);
    if (name !== 'connections-refused') expect(requestsOf(name)).toBe(made);
  });

  test('hangs: its scrapes end in their own time, and all wait for one request', async () => {
    const waiting = Promise.all([scrapeOf('hanging', 0, 1), scrapeOf('hanging', 0, 1)]);
    expect(await scrapeOf('good')).toMatchObject({ status: 200 });
    for (const { status, text } of await waiting) {
      expect([status, text]).toEqual([
        502,
        expect.stringMatching(/no token from the token service https:\/\/uaa\.sys\.sim\.example\/oauth\/token within/),
      ]);
    }
    expect(requestsOf('hanging')).toBe(1);
  });
});

describe('a token', () => {
  test(`is fetched once for ${MANY} scrapes at a time`, async () => {
    const all = await Promise.all(Array.from({ length: MANY }, (_, index) => scrapeOf('many', index)));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect([requestsOf('many'), await counted('many', 'success')]).toEqual([1, 1]);
  });

  test('of one second is replaced in time, so that no scrape fails', async () => {
    const statuses = new Set<number>();
    await waitUntil(
      async () => {
        statuses.add((await scrapeOf('short')).status);
        return requestsOf('short') >= 4;
      },
      { within: 20_000, describe: program.output, every: 10 },
    );
    expect(statuses).toEqual(new Set([200]));
  });

  test('that was revoked in between is replaced by one request, and no scrape fails', async () => {
    await Promise.all(Array.from({ length: MANY }, (_, index) => scrapeOf('many', index)));
    const before = requestsOf('many');
    simulator.uaa.tokens.expireAccess();
    const all = await Promise.all(Array.from({ length: MANY }, (_, index) => scrapeOf('many', index)));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(requestsOf('many')).toBe(before + 1);
  });
});

test('log, metrics and debug view hold neither secret nor token, and the log names each authenticator once', async () => {
  const shown = await Promise.all(
    ['/debug/discovery', '/promregatorMetrics', '/discovery'].map(async (path) => {
      return await (await fetch(`${program.url}${path}`)).text();
    }),
  );
  const all = [program.output(), ...shown].join('\n');
  expect(all).toContain('wrong-secret');
  expect(all).not.toMatch(/hidden-|-4711|eyJ[\w-]{20}|of-somebody-else/);
  const said = program.log().filter(({ message }) => message === 'no token for scrapes can be had');
  for (const name of ['wrong-secret', 'foreign-scope']) {
    expect(said.filter(({ authenticator }) => authenticator === name)).toHaveLength(1);
  }
});
