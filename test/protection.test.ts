import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { startPrometheus } from './support/prometheus.js';
import { configFor, PROGRAM, type PromregatorProcess } from './support/promregator-process.js';
import { startReady } from './support/ready-program.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

let simulator: Simulator;
const folder = temporaryFolder();

beforeAll(async () => {
  simulator = await startSimulator({ organizations: 1, spaces: 1, applications: 1, instances: 1 });
});

afterAll(async () => {
  await simulator?.stop();
  folder.remove();
});

/** The four `auth` options, what stays open, and what only `basic_auth_users` closes. */
type Group = 'discovery' | 'endpoint' | 'metrics' | 'cacheInvalidate' | 'open' | 'elsewhere';

interface Asked {
  readonly method?: 'GET' | 'POST';
  /** Which option guards it (issue 4, section 5). */
  readonly group: Group;
  /** Of an answer to whoever is admitted. */
  readonly status: number;
}

const ENDPOINTS: Readonly<Record<string, Asked>> = {
  '/discovery': { group: 'discovery', status: 200 },
  '/debug/discovery': { group: 'discovery', status: 200 },
  '/': { group: 'discovery', status: 200 },
  '/singleTargetMetrics/$GUID/0': { group: 'endpoint', status: 200 },
  '/metrics': { group: 'endpoint', status: 404 },
  '/promregatorMetrics': { group: 'metrics', status: 200 },
  '/cache/invalidate': { group: 'cacheInvalidate', status: 204 },
  '/-/reload': { group: 'cacheInvalidate', status: 200, method: 'POST' },
  '/-/healthy': { group: 'open', status: 200 },
  '/-/ready': { group: 'open', status: 200 },
  '/nothing/here': { group: 'elsewhere', status: 404 },
};

const FOUR = ['discovery', 'endpoint', 'metrics', 'cacheInvalidate'] as const;

/** Of each kind of credentials: the header. */
const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
const bearer = (token: string): string => `Bearer ${token}`;

interface Protection {
  readonly guarded: readonly Group[];
  readonly scheme?: 'Basic' | 'Bearer';
  /** Below `promregator`. */
  readonly options?: object;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Authorization headers; of a made-up password from what was printed. */
  readonly right: readonly string[] | ((printed: string) => readonly string[]);
  readonly wrong: readonly string[];
}

const PASSWORD = 'hunter2-pässword:with colon';
const OTHER = 'hunter2-other';
const TOKEN = 'hunter2-token.abc';
const HASH = hashSync(PASSWORD, 4);
const CIPHER = '{cipher}d93dd725143e187804e4105a681706c1185c58f92086bf55aa830e61c0527060';

function auth(kind: 'BASIC' | 'BEARER', groups: readonly Group[], authentication: object = {}): object {
  const of = (group: Group): object => (groups.includes(group) ? { auth: kind } : {});
  return {
    discovery: of('discovery'),
    endpoint: of('endpoint'),
    metrics: of('metrics'),
    cache: { invalidate: of('cacheInvalidate') },
    authentication,
  };
}

const WRONG_BASIC = [
  basic('promregator', 'wrong'),
  basic('nobody', PASSWORD),
  basic('promregator', ''),
  bearer(TOKEN),
  bearer(PASSWORD),
];
const WRONG_BEARER = [bearer('wrong'), bearer(`${TOKEN}x`), basic('promregator', TOKEN), TOKEN];

function withPassword(password: string, groups: readonly Group[] = FOUR): Protection {
  return {
    guarded: groups,
    scheme: 'Basic',
    options: auth('BASIC', groups, { basic: { password } }),
    right: [basic('promregator', PASSWORD)],
    wrong: WRONG_BASIC,
  };
}

function fileWith(name: string, content: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

function printedPassword(output: string): string | undefined {
  return /user promregator has the password (\S+) \(each replica makes up its own\)/.exec(output)?.[1];
}

const PROTECTIONS: readonly (readonly [string, Protection])[] = [
  ['none', { guarded: [], right: [basic('promregator', PASSWORD)], wrong: [...WRONG_BASIC, ...WRONG_BEARER] }],
  ...FOUR.map((group) => [`BASIC for ${group} alone`, withPassword(PASSWORD, [group])] as const),
  ['BASIC with a text', withPassword(PASSWORD)],
  ['BASIC with {bcrypt}', withPassword(`{bcrypt}${HASH}`)],
  ['BASIC with a bare bcrypt hash', withPassword(HASH)],
  [
    'BASIC with a password from a file',
    {
      ...withPassword(''),
      options: auth('BASIC', FOUR, { basic: { passwordFile: fileWith('password', `${PASSWORD}\n`) } }),
    },
  ],
  [
    'BASIC with {cipher}',
    {
      ...withPassword(CIPHER),
      env: { ENCRYPT_KEY: 'mySecretKey' },
      right: [basic('promregator', 'mysecret')],
      wrong: [...WRONG_BASIC, basic('promregator', CIPHER)],
    },
  ],
  [
    'BASIC with several users',
    {
      guarded: ['discovery', 'endpoint'],
      scheme: 'Basic',
      options: auth('BASIC', ['discovery', 'endpoint'], {
        basic: { username: 'first', password: PASSWORD },
        users: [
          { username: 'second', password: OTHER },
          { username: 'third', password: `{bcrypt}${HASH}` },
        ],
      }),
      right: [basic('first', PASSWORD), basic('second', OTHER), basic('third', PASSWORD)],
      wrong: [...WRONG_BASIC, basic('first', OTHER), basic('second', PASSWORD), basic('third', HASH)],
    },
  ],
  [
    'BASIC with a password that was made up',
    {
      guarded: FOUR,
      scheme: 'Basic',
      options: auth('BASIC', FOUR),
      right: (printed) => [basic('promregator', printedPassword(printed) ?? 'none was printed')],
      wrong: [...WRONG_BASIC, basic('promregator', '')],
    },
  ],
  [
    'BEARER with tokens as texts',
    {
      guarded: FOUR,
      scheme: 'Bearer',
      options: auth('BEARER', FOUR, { bearer: { tokens: [OTHER, TOKEN] } }),
      right: [bearer(TOKEN), bearer(OTHER)],
      wrong: WRONG_BEARER,
    },
  ],
  [
    'BEARER with a file of tokens',
    {
      guarded: ['endpoint', 'metrics'],
      scheme: 'Bearer',
      options: auth('BEARER', ['endpoint', 'metrics'], {
        bearer: { tokensFile: fileWith('tokens', `${TOKEN}\n${OTHER}\n`) },
      }),
      right: [bearer(TOKEN), bearer(OTHER)],
      wrong: WRONG_BEARER,
    },
  ],
  [
    'basic_auth_users of the web config file',
    {
      guarded: [...FOUR, 'elsewhere'],
      scheme: 'Basic',
      args: [`--web.config.file=${fileWith('web.yml', stringify({ basic_auth_users: { promregator: HASH } }))}`],
      right: [basic('promregator', PASSWORD)],
      wrong: [...WRONG_BASIC, basic('promregator', HASH)],
    },
  ],
];

interface Answer {
  readonly status: number;
  readonly challenge: string | null;
  /** Headers and body. */
  readonly text: string;
}

async function ask(url: string, { method = 'GET' }: Asked, authorization: string | undefined): Promise<Answer> {
  const answer = await fetch(url, { method, headers: authorization === undefined ? {} : { authorization } });
  const text = JSON.stringify([...answer.headers]) + (await answer.text());
  return { status: answer.status, challenge: answer.headers.get('www-authenticate'), text };
}

/** Every way in which a secret of these tests could show itself, the Base64 of the header too. */
const SECRETS = [PASSWORD, OTHER, TOKEN, HASH, 'mysecret', 'mySecretKey', 'hunter2'];

function secretsIn(text: string, others: readonly string[]): readonly string[] {
  return [...SECRETS, ...others].filter((secret) => text.includes(secret));
}

describe.each(PROTECTIONS)('%s', (_, { guarded, scheme, options = {}, args = [], env = {}, ...given }) => {
  let program: PromregatorProcess;
  let guid: string;
  let right: readonly string[];
  const answers: Answer[] = [];

  beforeAll(async () => {
    guid = simulator.world.applications()[0]?.guid ?? '';
    program = await startReady({
      config: configFor(simulator, options),
      args: ['--web.enable-lifecycle', ...args],
      env,
    });
    right = typeof given.right === 'function' ? given.right(program.output()) : given.right;
  });

  afterAll(async () => void (await program?.stop()));

  test.each(Object.entries(ENDPOINTS))('%s', async (path, asked) => {
    const url = `${program.url}${path.replace('$GUID', guid)}`;
    const refused = guarded.includes(asked.group) ? 401 : asked.status;
    const expectEach = async (headers: readonly (string | undefined)[], status: number): Promise<void> => {
      for (const header of headers) {
        const answer = await ask(url, asked, header);
        answers.push(answer);
        expect([header, answer.status]).toEqual([header, status]);
        const challenge = status === 401 ? expect.stringMatching(new RegExp(`^${scheme} realm="Promregator"`)) : null;
        expect(answer.challenge).toEqual(challenge);
      }
    };
    await expectEach([undefined], refused);
    await expectEach(given.wrong, refused);
    await expectEach(right, asked.status);
  });

  test('no answer, no metric and no line of the log holds what admits', async () => {
    expect(answers.length).toBeGreaterThan(50);
    const metrics = await ask(`${program.url}/promregatorMetrics`, { group: 'metrics', status: 200 }, right[0]);
    expect(metrics.status).toBe(200);
    const made = printedPassword(program.output());
    const encoded = right.map((header) => header.split(' ')[1] ?? '');
    const log = program.output().replace(made === undefined ? '' : `has the password ${made} (`, '');
    const hidden = [...encoded, ...(made === undefined ? [] : [made])];
    const said = [log, metrics.text, ...answers.map(({ text }) => text)];
    expect(said.flatMap((text) => secretsIn(text, hidden))).toEqual([]);
  });
});

describe('the password that is made up', () => {
  const config = (): object => configFor(simulator, { ...auth('BASIC', ['endpoint']), targets: [{}] });

  test('is printed once, as a line of the log, and stays the same through reloads', async () => {
    const program = await startReady({ config: config(), args: ['--web.enable-lifecycle'] });
    onTestFinished(async () => void (await program.stop()));
    const lines = (): readonly string[] =>
      program
        .output()
        .split('\n')
        .filter((line) => line.includes('has the password'));
    const password = printedPassword(program.output()) ?? '';
    expect(password).toMatch(/^[\w-]{24}$/);
    expect(lines().map((line) => JSON.parse(line))).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        logger: 'server',
        message: `requests are guarded and no password is set; until the next start, user promregator has the password ${password} (each replica makes up its own)`,
      },
    ]);
    program.rewrite(configFor(simulator, { ...auth('BASIC', ['endpoint', 'metrics']), targets: [] }));
    expect((await fetch(`${program.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    const status = async (given: string): Promise<number> =>
      (await fetch(`${program.url}/promregatorMetrics`, { headers: { authorization: basic('promregator', given) } }))
        .status;
    expect([await status(password), await status('wrong')]).toEqual([200, 401]);
    expect(program.output().split(password)).toHaveLength(2);
    expect(lines()).toHaveLength(1);
  });

  test.each([['text', /^\S+ WARN {2}server {6}requests are guarded/m]])(
    'is printed with log.format=%s',
    async (format, line) => {
      const file = fileWith('made-up.yml', stringify(config()));
      const child = spawn(
        process.execPath,
        [PROGRAM, `--config.file=${file}`, '--server.address=127.0.0.1', '--server.port=0', `--log.format=${format}`],
        { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      onTestFinished(() => void child.kill('SIGKILL'));
      const output = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].on('data', (chunk) => {
          output[name] += chunk;
        });
      }
      await waitUntil(() => output.stderr.includes('listening'), { within: 15_000, describe: () => output.stderr });
      expect(output.stderr).toMatch(line);
      expect(output.stderr.match(/has the password/g)).toHaveLength(1);
      expect(output.stdout).toBe('');
    },
  );

  test('is not made up where a user has one, or where nothing is guarded', async () => {
    for (const options of [{}, auth('BASIC', ['endpoint'], { users: [{ username: 'u', password: 'p' }] })]) {
      const program = await startReady({ config: configFor(simulator, options) });
      onTestFinished(async () => void (await program.stop()));
      expect(program.output()).not.toContain('has the password');
    }
  });
});

describe('a real Prometheus', () => {
  test.each<[string, object, object]>([
    [
      'basic_auth',
      auth('BASIC', FOUR, { basic: { username: 'prometheus', password: `{bcrypt}${HASH}` } }),
      { basic_auth: { username: 'prometheus', password: PASSWORD } },
    ],
    [
      'a bearer token',
      auth('BEARER', FOUR, { bearer: { tokens: [TOKEN] } }),
      { authorization: { type: 'Bearer', credentials: TOKEN } },
    ],
  ])(
    'with %s has its targets up, and without it none',
    async (_, options, credentials) => {
      const program = await startReady({ config: configFor(simulator, options) });
      onTestFinished(async () => void (await program.stop()));
      const found = { url: `${program.url}/discovery`, refresh_interval: '1s' };
      const prometheus = await startPrometheus(() => [
        { job_name: 'right', ...credentials, http_sd_configs: [{ ...found, ...credentials }] },
        { job_name: 'unauthorized', http_sd_configs: [{ ...found, ...credentials }] },
        { job_name: 'blind', ...credentials, http_sd_configs: [found] },
      ]);
      onTestFinished(() => prometheus.stop());
      const health = async (job: string): Promise<readonly string[]> =>
        (await prometheus.targets(job)).map((target) => target.health);
      const describeAll = (): unknown => prometheus.targets();
      // The one instance, and our own metrics.
      await waitUntil(async () => String(await health('right')) === 'up,up', { within: 25_000, describe: describeAll });
      await waitUntil(async () => String(await health('unauthorized')) === 'down,down', {
        within: 25_000,
        describe: describeAll,
      });
      expect((await prometheus.targets('unauthorized')).map(({ lastError }) => lastError)).toEqual([
        'server returned HTTP status 401 Unauthorized',
        'server returned HTTP status 401 Unauthorized',
      ]);
      expect(await health('blind')).toEqual([]);
    },
    90_000,
  );
});
