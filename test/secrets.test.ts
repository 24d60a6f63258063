import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { createCipher } from '../src/config/values/cipher.js';
import { type Ended, runTyped, type Typed } from './support/run-program.js';
import { ask, type Heard } from './support/secrets/asked.js';
import { APPLICATION_ECHOES, LIST_ECHOES, LOGIN_ECHOES } from './support/secrets/echo-answers.js';
import { type EchoServer, startEchoRedis, startEchoServer } from './support/secrets/echo-server.js';
import { findMarks } from './support/secrets/find-marks.js';
import { type MarkedIdentity, markedIdentity } from './support/secrets/identities.js';
import { type MarkedProgram, type MarkedStart, startMarked } from './support/secrets/marked-program.js';
import { createMarks, type Mark, ODD_SIGNS } from './support/secrets/marks.js';
import { isOption, secretOptions } from './support/secrets/secret-options.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

// Marked secrets in every place that can hold one (issue 5, section 3): configurations, callers, tokens. Whoever is asked
// quotes in his refusals what he was sent. Nothing that the program says, answers or writes holds a part of any of them.

const marks = createMarks();
const folder = temporaryFolder();
const path = (name: string): string => join(folder.path, name);
/** All that was said, by who said it. */
const heard = new Map<string, string[]>();
const hear = (who: string, text: string): void => void heard.set(who, [...(heard.get(who) ?? []), text]);

const TRACE = { level: { root: 'TRACE' } };
const EACH_LOGGER = {
  level: Object.fromEntries(
    [
      'config',
      'credentials',
      'discovery',
      'foundation',
      'foundation.api',
      'scraping',
      'server',
      'cloudfoundry-client',
    ].map((logger) => [logger, 'TRACE']),
  ),
};

const stops: (() => Promise<void>)[] = [];
let simulator: Simulator;
let identity: MarkedIdentity;
let programs: Readonly<Record<'platform' | 'applications' | 'proxied' | 'plain', MarkedProgram>>;

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function echo(answer: Parameters<typeof startEchoServer>[0]): Promise<EchoServer> {
  const server = await startEchoServer(answer);
  stops.push(server.stop);
  return server;
}

/** Grants marked tokens, which live as long as given; a refresh token it refuses, and says what was sent. */
function grant(name: string, seconds: number): Parameters<typeof startEchoServer>[0] {
  return (_, sent) => {
    if (sent.includes('refresh_token ')) return LOGIN_ECHOES['refused in JSON']?.(sent) ?? { status: 500 };
    const body = {
      access_token: marks.make(`access token of ${name}`),
      refresh_token: marks.make(`refresh token of ${name}`),
      token_type: 'bearer',
      expires_in: seconds,
    };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  };
}

/** An API that is its own UAA. */
async function echoingApi(
  name: string,
  login: Parameters<typeof startEchoServer>[0],
  lists: Parameters<typeof startEchoServer>[0],
): Promise<string> {
  const server: EchoServer = await echo((asked, sent) => {
    if (asked === '/oauth/token') return login(asked, sent);
    if (asked !== '/') return lists(asked, sent);
    const links = { login: { href: server.origin }, uaa: { href: server.origin } };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ links }) };
  });
  reached.push([name, server]);
  return server.origin;
}
/** Who has to have been asked for something with a secret. */
const reached: (readonly [string, EchoServer])[] = [];

const RARELY = { timeout: { org: 1, space: 1, domain: 1, application: 1, route: 1, process: 1 } };

function user(name: string): object {
  return { username: 'reader', password: marks.make(`foundation ${name}`, ODD_SIGNS), cache: RARELY };
}

/** Each way in which a platform fails and tells what it was sent. */
async function failingFoundations(): Promise<object[]> {
  const all: object[] = [];
  const add = (name: string, options: object): void => {
    all.push({ name: `f${all.length}`, ...user(name), ...options });
  };
  for (const [name, answer] of Object.entries(LOGIN_ECHOES)) {
    const api_host = await echoingApi(
      `login ${name}`,
      (_, sent) => answer(sent),
      () => ({ status: 404 }),
    );
    add(`login ${name}`, { api_host });
    const { password: _, username: __, ...asClient } = { password: '', username: '', ...user('') };
    const client_secret = marks.make(`client whose login is ${name}`, ODD_SIGNS);
    all.push({ ...asClient, name: `f${all.length}`, api_host, client_id: 'reader', client_secret });
  }
  for (const [name, answer] of Object.entries(LIST_ECHOES)) {
    add(`API ${name}`, { api_host: await echoingApi(`API ${name}`, grant(name, 2), (_, sent) => answer(sent)) });
  }
  const proxy = await echo((_, sent) => ({
    status: 407,
    headers: { 'proxy-authenticate': `Basic x="${sent}"` },
    body: sent,
  }));
  reached.push(['proxy of foundations', proxy]);
  for (const scheme of ['http', 'https']) {
    const through = {
      host: '127.0.0.1',
      port: proxy.port,
      username: 'u',
      password: marks.make(`${scheme} by proxy`, '-'),
    };
    add(`${scheme} by proxy`, { api_host: `${scheme}://api.example.org`, proxy: through });
  }
  const plain = await echo((_, sent) => ({ status: 400, body: sent }));
  const ownTls = { cert: identity.cert, key: identity.encryptedKey, key_password: identity.password };
  add('no TLS', { api_host: `https://127.0.0.1:${plain.port}`, tls_config: ownTls });
  add('a stranger', { api_host: simulator.apiHost, tls_config: ownTls });
  add('no API', { api_host: `http://127.0.0.1:${plain.port}` });
  add('nobody', { api_host: 'http://127.0.0.1:1' });
  return all;
}

/** As many authenticators as there are types, each with its application, each with every failing path. */
async function failingApplications(): Promise<object> {
  const application = await echo((asked, sent) => APPLICATION_ECHOES[asked]?.(sent) ?? { status: 500, body: sent });
  reached.push(['application', application]);
  const granting = await echo(grant('token service', 600));
  reached.push(['token service', granting]);
  const refusing: EchoServer[] = [];
  for (const answer of Object.values(LOGIN_ECHOES)) refusing.push(await echo((_, sent) => answer(sent)));
  for (const [at, server] of refusing.entries()) reached.push([`token service ${at}`, server]);
  const bySecret = (server: EchoServer): object => ({
    tokenServiceURL: `${server.origin}/oauth/token`,
    client_id: 'scraper',
    client_secret: marks.make('client of applications', ODD_SIGNS),
  });
  const byCertificate = {
    tokenServiceCertURL: `${granting.origin}/oauth/token`,
    client_id: 'scraper',
    client_certificates: identity.cert,
    client_key: identity.key,
  };
  const authenticators: object[] = [
    { type: 'basic', basic: { username: 'scraper', password: marks.make('basic of applications', ODD_SIGNS) } },
    { type: 'bearer', bearer: { token: marks.make('bearer of applications') } },
    { type: 'OAuth2XSUAABasic', oauth2xsuaaBasic: bySecret(granting) },
    { type: 'OAuth2XSUAA', oauth2xsuaa: bySecret(granting) },
    { type: 'OAuth2XSUAACertificate', oauth2xsuaaCertificate: byCertificate },
    ...refusing.map((server) => ({ type: 'OAuth2XSUAABasic', oauth2xsuaaBasic: bySecret(server) })),
  ];
  const names = simulator.world.applications().map(({ name }) => name);
  const tls_config = { cert: identity.cert, key: identity.encryptedKey, key_password: identity.password };
  return {
    authenticator: {
      ...authenticators[0],
      bearer: { token: marks.make('idle bearer') },
      oauth2xsuaa: bySecret(granting),
      oauth2xsuaaBasic: bySecret(granting),
      oauth2xsuaaCertificate: byCertificate,
    },
    targetAuthenticators: authenticators.map((each, at) => ({ id: `a${at}`, ...each })),
    targets: [
      {
        applicationName: names.at(-1),
        tls_config,
        overrideRouteAndPath: `127.0.0.1:${application.port}`,
        protocol: 'https',
      },
      ...authenticators.map((_, at) => ({
        id: `rule-${at}`,
        applicationName: names[at],
        authenticatorId: `a${at}`,
        protocol: 'http',
        paths: Object.keys(APPLICATION_ECHOES),
        overrideRouteAndPath: `127.0.0.1:${application.port}`,
      })),
    ],
  };
}

function goodFoundation(): object {
  return {
    api_host: simulator.apiHost,
    tls_config: { ca_file: simulator.caFile },
    cache: RARELY,
  };
}

const TO_SIMULATOR = (): object => ({ connectTo: [...simulator.connectTo] });

const CLIENT_SECRET = marks.make('client of the simulator', ODD_SIGNS);

const CALLERS = {
  basic: marks.make('password of the caller', ODD_SIGNS),
  second: marks.make('password of the second caller', ODD_SIGNS),
  token: marks.make('token of the caller'),
  web: marks.make('password of the web user'),
};

function guarded(kind: 'BASIC' | 'BEARER'): object {
  const auth = { auth: kind };
  return {
    discovery: auth,
    endpoint: auth,
    metrics: auth,
    cache: { invalidate: auth, file: path(`written/inventory-${kind}.json`) },
    authentication: {
      basic: { password: CALLERS.basic },
      users: [{ username: 'second', password: `{bcrypt}${adoptHash('hash of the second', CALLERS.second)}` }],
      bearer: { tokens: [CALLERS.token] },
    },
  };
}

const store = (): object => ({
  'key-store': identity.store,
  'key-store-password': identity.storePassword,
  'key-password': marks.make('idle key password'),
  'trust-store': identity.trustStore,
  'trust-store-password': identity.trustPassword,
  'client-auth': 'want',
});

const pem = (): object => ({
  certificate: identity.cert,
  'certificate-private-key': identity.encryptedKey,
  'private-key-password': identity.password,
});

/** Whatever becomes of the others, it is stopped. */
async function start(name: string, options: MarkedStart): Promise<MarkedProgram> {
  const program = await startMarked(folder.path, name, options);
  stops.push(program.stop);
  return program;
}

/** Salt and hash stand behind the last `$`, without anything between them. */
function adoptHash(name: string, password: string): string {
  const hash = hashSync(password, 4);
  return marks.adopt(name, hash, hash.split('$').slice(-1));
}

async function startAll(): Promise<typeof programs> {
  const cipherKey = marks.make('key of ciphers');
  const encrypted = createCipher(cipherKey).encrypt(simulator.password);
  const through = (name: string, server: EchoServer): object => {
    return { host: '127.0.0.1', port: server.port, username: 'u', password: marks.make(name, '-') };
  };
  const proxy = await echo((_, sent) => ({ status: 407, body: sent }));
  reached.push(['proxy of applications', proxy]);
  const ownTls = { cert: identity.cert, key: identity.encryptedKey, key_password: identity.password };
  const webUser = { basic_auth_users: { web: adoptHash('hash of the web user', CALLERS.web) } };
  writeFileSync(path('web.yml'), stringify(webUser));
  const redis = await startEchoRedis();
  stops.push(redis.stop);
  const ofRedis = (): object => ({ username: 'u', password: marks.make('redis', ODD_SIGNS) });
  const started = await Promise.all([
    start('platform', {
      config: {
        foundations: await failingFoundations(),
        promregator: {
          ...guarded('BASIC'),
          ...TO_SIMULATOR(),
          targets: [{}],
          scraping: { tls_config: ownTls },
          replication: { redis: { ...ofRedis(), url: `redis://127.0.0.1:${redis.port}`, tls_config: ownTls } },
        },
        server: { ssl: store() },
        logging: { ...TRACE, file: { name: path('written/platform.log') }, structured: { format: { file: 'ecs' } } },
        log: { format: 'text' },
      },
    }),
    start('applications', {
      config: {
        cf: {
          ...goodFoundation(),
          client_id: 'marked',
          client_secret: CLIENT_SECRET,
          tls_config: { ...ownTls, ca_file: simulator.caFile },
        },
        promregator: {
          ...guarded('BEARER'),
          ...TO_SIMULATOR(),
          ...(await failingApplications()),
          scraping: { failureResponse: 'metrics' },
        },
        server: { ssl: pem() },
        logging: {
          ...EACH_LOGGER,
          file: { name: path('written/applications.log') },
          structured: { format: { console: 'ecs', file: 'gelf' } },
        },
      },
      env: { ENCRYPT_KEY: cipherKey },
    }),
    start('proxied', {
      config: {
        cf: { ...goodFoundation(), username: simulator.username, password: `{cipher}${encrypted}` },
        promregator: {
          ...TO_SIMULATOR(),
          targets: [{}],
          scraping: { proxy: through('proxy of applications', proxy) },
        },
        encrypt: { key: cipherKey },
        logging: { ...TRACE, structured: { format: { console: 'logstash' } } },
      },
      args: [
        `--web.config.file=${path('web.yml')}`,
        `-Djavax.net.ssl.keyStore=${identity.store}`,
        `-Djavax.net.ssl.trustStore=${identity.trustStore}`,
      ],
      env: {
        JAVA_OPTS: `-Djavax.net.ssl.keyStorePassword=${identity.storePassword} -Djavax.net.ssl.trustStorePassword=${identity.trustPassword}`,
      },
    }),
    start('plain', {
      config: {
        cf: { api_host: 'http://api.example.org', username: 'u', proxy: through('cf.proxy', proxy) },
        promregator: {
          targets: [{}],
          metrics: { auth: 'BASIC' },
          replication: {
            redis: { ...ofRedis(), sentinel: { ...ofRedis(), master: 'm', nodes: [`127.0.0.1:${redis.port}`] } },
          },
        },
        log: { format: 'json' },
        logging: { ...TRACE },
      },
      env: { CF_PASSWORD: marks.make('cf.password', ODD_SIGNS), NODE_OPTIONS: `--import=${path('crash.mjs')}` },
    }),
  ]);
  const [platform, applications, proxied, plain] = started;
  if (platform === undefined || applications === undefined || proxied === undefined || plain === undefined) {
    throw new Error('four programs were started');
  }
  return { platform, applications, proxied, plain };
}

beforeAll(async () => {
  mkdirSync(path('written'));
  writeFileSync(
    path('crash.mjs'),
    `process.on('SIGUSR2', () => { throw new Error('made by the test', { cause: Object.assign(new Error('inner'), { config: process.env.NODE_OPTIONS }) }); });\n`,
  );
  simulator = await startSimulator({
    organizations: 1,
    spaces: 1,
    applications: 15,
    instances: 1,
    password: marks.make('user of the simulator'),
    clients: [
      {
        id: 'marked',
        secret: CLIENT_SECRET,
        grants: ['client_credentials'],
        authorities: ['cloud_controller.admin_read_only'],
      },
    ],
    token: { accessSeconds: 4 },
  });
  const { tokens } = simulator.uaa;
  const { access } = tokens;
  const issue = tokens.refresh.issue.bind(tokens.refresh);
  const body = (token: string): readonly string[] => token.split('.').slice(1);
  Object.assign(tokens, {
    access: (grantee: Parameters<typeof access>[0]) => {
      const given = access(grantee);
      marks.adopt('access token of the simulator', given.token, body(given.token).slice(-1));
      return given;
    },
  });
  Object.assign(tokens.refresh, {
    issue: (...args: Parameters<typeof issue>) => {
      const token = issue(...args);
      marks.adopt('refresh token of the simulator', token, body(token).slice(-1));
      return token;
    },
  });
  identity = markedIdentity(folder.path, 'ours', marks);
  programs = await startAll();
  const made = /has the password (\S+) /.exec(programs.plain.output())?.[1] ?? '';
  marks.adopt('the password that is made up', made, [made]);
});

afterAll(async () => {
  for (const agent of Object.values(agents)) agent.destroy();
  await Promise.all(stops.map((stop) => stop()));
  await simulator?.stop();
  folder.remove();
});

/** The one secret that the log tells (issue 4, section 5); without user and password the rest of its line stays. */
const MADE_UP = /user promregator has the password \S+/;

function leaks(who?: string): readonly string[] {
  const texts = [...heard].filter(([each]) => who === undefined || each === who).flatMap(([, said]) => said);
  return findMarks(texts, marks.all);
}

const WRONG = {
  basic: marks.make('a wrong password', ODD_SIGNS),
  token: marks.make('a wrong token'),
  cookie: marks.make('a cookie'),
};

/** Of callers: those who are admitted somewhere, those who are not, and those who are not even understood. */
const AUTHORIZATIONS: readonly (string | undefined)[] = [
  undefined,
  basic('promregator', CALLERS.basic),
  basic('second', CALLERS.second),
  basic('web', CALLERS.web),
  `Bearer ${CALLERS.token}`,
  basic('promregator', WRONG.basic),
  basic(WRONG.basic, ''),
  `Bearer ${WRONG.token}`,
  WRONG.token,
  `Basic ${WRONG.token}`,
  `Digest username="u", response="${WRONG.token}"`,
];

const ENDPOINTS: readonly string[] = [
  '/',
  '/discovery',
  '/discovery?rule=rule-1',
  '/discovery?foundation=f1',
  '/discovery?foundation=nobody',
  '/debug/discovery',
  '/metrics',
  '/promregatorMetrics',
  '/cache/invalidate',
  '/-/healthy',
  '/-/ready',
  '/-/reload',
  '/nothing',
  '/singleTargetMetrics/00000000-0000-0000-0000-000000000000/0',
];

/** For programs with TLS and without. */
const agents = { 'https:': new HttpsAgent({ keepAlive: true }), 'http:': new HttpAgent({ keepAlive: true }) };

async function askEverybody(url: string, method = 'GET'): Promise<readonly Heard[]> {
  const agent = agents[url.startsWith('https:') ? 'https:' : 'http:'];
  return await Promise.all(
    AUTHORIZATIONS.map((authorization) => {
      const headers = { cookie: `session=${WRONG.cookie}`, 'proxy-authorization': `Basic ${WRONG.token}` };
      return ask({
        url,
        method,
        agent,
        headers: authorization === undefined ? headers : { ...headers, authorization },
      });
    }),
  );
}

async function said(program: MarkedProgram, typed: readonly string[]): Promise<Ended> {
  return await runTyped({ args: [...typed, ...program.args], env: program.env, cwd: folder.path });
}

describe('what is given', () => {
  test('each option that the schema calls secret is marked in one of the programs', async () => {
    const given = new Set<string>();
    for (const program of Object.values(programs)) {
      const checked = await said(program, ['check-config', '--format=json']);
      hear('check-config of what runs', checked.stdout + checked.stderr);
      const report: { effective: { path: string; value: string | null }[] } = JSON.parse(checked.stdout);
      for (const { path: name, value } of report.effective) if (value === '<secret>') given.add(name);
    }
    const missing = secretOptions().filter((option) => ![...given].some((name) => isOption(name, option)));
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(leaks('check-config of what runs')).toEqual([]);
  });
});

describe('what is asked', () => {
  test.each(['platform', 'applications', 'proxied', 'plain'] as const)('every endpoint of %s', async (name) => {
    const program = programs[name];
    for (const endpoint of ENDPOINTS) {
      const answers = await askEverybody(`${program.url}${endpoint}`);
      for (const { text } of answers) hear(`endpoints of ${name}`, text);
      const statuses = answers.map(({ status }) => status);
      expect(statuses).not.toContain(0);
      // Somebody is admitted: what is behind the guard is looked at too.
      if (endpoint === '/') expect(statuses).toContain(200);
    }
    for (const method of ['POST', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']) {
      for (const { text } of await askEverybody(`${program.url}/discovery`, method)) hear(`endpoints of ${name}`, text);
    }
    expect(leaks(`endpoints of ${name}`)).toEqual([]);
  });
});

describe('what is scraped', () => {
  const headers = (): Readonly<Record<string, string>> => ({
    authorization: `Bearer ${CALLERS.token}`,
    'x-prometheus-scrape-timeout-seconds': '10',
  });

  async function targetsOf(program: MarkedProgram, admitted: Readonly<Record<string, string>>): Promise<string[]> {
    const ready = async (): Promise<boolean> => (await ask({ url: `${program.url}/-/ready` })).status === 200;
    await waitUntil(ready, { within: 30_000, describe: program.output });
    const { text } = await ask({ url: `${program.url}/discovery`, headers: admitted });
    const found: { labels: Record<string, string> }[] = JSON.parse(text.slice(text.indexOf('\n[') + 1).trim());
    return found.map(({ labels }) => labels['__metrics_path__'] ?? '').filter((each) => each.includes('/single'));
  }

  test('every failure of applications and of their token services', async () => {
    const program = programs.applications;
    const paths = await targetsOf(program, headers());
    const kinds = Object.keys(APPLICATION_ECHOES).length;
    expect(paths.length).toBe(1 + kinds * (5 + Object.keys(LOGIN_ECHOES).length));
    const answers = await Promise.all(paths.map((each) => ask({ url: program.url + each, headers: headers() })));
    for (const { text } of answers) hear('scrapes', text);
    expect(leaks('scrapes')).toEqual([]);
  });

  test('through a proxy that refuses', async () => {
    const admitted = { authorization: basic('web', CALLERS.web) };
    const [first = ''] = await targetsOf(programs.proxied, admitted);
    const answer = await ask({ url: programs.proxied.url + first, headers: admitted });
    hear('proxied scrapes', answer.text);
    expect([answer.status, answer.text]).toEqual([502, expect.stringContaining('407')]);
    expect(leaks('proxied scrapes')).toEqual([]);
  });
});

describe('what fails', () => {
  test('everybody who was to quote a secret has been sent one', async () => {
    let silent = reached;
    const isTold = ([, { sent }]: (typeof reached)[number]): boolean =>
      findMarks(sent.slice(0, 20), marks.all).length > 0;
    const named = (): readonly string[] => silent.map(([name]) => name);
    await waitUntil(
      () => {
        silent = silent.filter((each) => !isTold(each));
        return silent.length === 0;
      },
      { within: 20_000, describe: named },
    );
  });

  test('what failing foundations are told of: the debug view, the metrics, the refusal of targets', async () => {
    const authorization = basic('promregator', CALLERS.basic);
    const { url } = programs.platform;
    for (const endpoint of [
      '/debug/discovery',
      '/promregatorMetrics',
      '/discovery',
      '/discovery?foundation=f3',
      '/-/ready',
    ]) {
      hear('failing foundations', (await ask({ url: url + endpoint, headers: { authorization } })).text);
    }
    expect(heard.get('failing foundations')?.join()).toContain('refuse');
    expect(leaks('failing foundations')).toEqual([]);
  });
});

describe('what changes', () => {
  const BROKEN: Readonly<Record<string, (secret: string) => string>> = {
    'broken YAML': (secret) => `cf:\n  password: "${secret}\n`,
    'a wrong type': (secret) => `cf:\n  api_host: h\n  username: u\n  password: {x: ${secret}}\n`,
    'a key that is none': (secret) => `cf:\n  api_host: h\n  tls_config: {cert: "${secret}", key: "${secret}"}\n`,
    'a cipher that is none': (secret) => `cf:\n  password: "{cipher}${secret}"\n`,
    'a user within an address': (secret) =>
      `cf:\n  api_host: https://u:${secret}@h\n  username: u\n  password: ${secret}\n`,
  };

  /** These need what is made before the tests. */
  const MADE: Readonly<Record<string, (secret: string) => string>> = {
    'a key that is not of the certificate': () =>
      stringify({ cf: { tls_config: { cert: readFileSync(simulator.caFile, 'utf8'), key: identity.key } } }),
    'a key of another password': (secret) =>
      stringify({ cf: { tls_config: { cert: identity.cert, key: identity.encryptedKey, key_password: secret } } }),
    'a store of another password': (secret) =>
      stringify({ server: { ssl: { 'key-store': identity.store, 'key-store-password': secret } } }),
    'a store as a key': (secret) =>
      stringify({
        server: {
          ssl: {
            certificate: identity.cert,
            'certificate-private-key': identity.store,
            'private-key-password': secret,
          },
        },
      }),
  };

  test.each(Object.entries({ ...BROKEN, ...MADE }))('a reload with %s is refused', async (name, write) => {
    const { applications } = programs;
    applications.rewrite(write(marks.make(`reload with ${name}`)));
    const headers = { authorization: `Bearer ${CALLERS.token}` };
    const answer = await ask({ url: `${applications.url}/-/reload`, method: 'POST', headers });
    hear('reloads', answer.text);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(leaks('reloads')).toEqual([]);
  });

  test('a reload by signal with other secrets, good and broken', async () => {
    const { plain } = programs;
    const write = (value: string): string =>
      stringify({
        cf: { api_host: 'http://127.0.0.1:1', username: 'u' },
        log: { format: 'json' },
        promregator: { targets: [{}], authenticator: { type: 'bearer', bearer: { token: value } } },
      });
    const count = (words: RegExp): number => [...plain.output().matchAll(words)].length;
    for (const [value, words] of [
      [marks.make('bearer of a reload'), /reload|configuration read/g],
      [marks.make('bearer of a broken reload', ' '), /not shown/g],
    ] as const) {
      const before = count(words);
      plain.rewrite(write(value));
      plain.child.kill('SIGHUP');
      await waitUntil(() => count(words) > before, { within: 10_000, describe: plain.output });
    }
    hear('reloads by signal', plain.output().replace(MADE_UP, ''));
    expect(leaks('reloads by signal')).toEqual([]);
  });
});

describe('what is typed', () => {
  const stdin = marks.make('text on stdin');
  const typo = marks.make('an argument');
  const cipherKey = marks.make('another key of ciphers');
  const cipherText = createCipher(marks.make('a third key of ciphers')).encrypt(marks.make('an encrypted text'));

  const COMMANDS: Readonly<Record<string, () => Typed>> = {
    'check-config of a good file': () => ({ args: ['check-config', 'plain.yml'] }),
    'check-config of a file with a problem': () => ({ args: ['check-config', 'platform.yml', '--server.port=x'] }),
    'check-config with an argument too many': () => ({ args: ['check-config', 'platform.yml', typo] }),
    'check-config in a form that there is not': () => ({
      args: ['check-config', `--format=${'xml'}`, `--cf.password=${typo}`],
    }),
    'serve with a problem': () => ({ args: ['serve', '--config.file=platform.yml', '--server.port=x'] }),
    'serve with a password in two words': () => ({ args: ['serve', '--cf.password', typo] }),
    'discover as a table': () => ({ args: ['discover', '--config.file=found.yml', '--logging.level.root=TRACE'] }),
    'discover as JSON': () => ({
      args: ['discover', '--config.file=found.yml', '--format=json', '--logging.level.root=TRACE'],
    }),
    'discover for Prometheus': () => ({
      args: [
        'discover',
        '--config.file=found.yml',
        '--format=file_sd',
        '--promregator.discovery.hostname=h',
        `--output=${path('written/sd.json')}`,
      ],
    }),
    'discover what fails': () => ({ args: ['discover', '--config.file=failing.yml', '--logging.level.root=TRACE'] }),
    encrypt: () => ({ args: ['encrypt'], stdin, env: { ENCRYPT_KEY: cipherKey } }),
    'encrypt what is an argument': () => ({ args: ['encrypt', typo], env: { ENCRYPT_KEY: cipherKey } }),
    'encrypt with a bad salt': () => ({
      args: ['encrypt', `--encrypt.salt=${typo}`],
      stdin,
      env: { ENCRYPT_KEY: cipherKey },
    }),
    'decrypt with a wrong key': () => ({ args: ['decrypt'], stdin: cipherText, env: { ENCRYPT_KEY: cipherKey } }),
    'decrypt what is none': () => ({ args: ['decrypt'], stdin, env: { ENCRYPT_KEY: cipherKey } }),
    'hash-password': () => ({ args: ['hash-password', '--cost=4'], stdin }),
    'hash-password of an argument': () => ({ args: ['hash-password', typo], stdin }),
    'hash-password with a bad cost': () => ({ args: ['hash-password', `--cost=${typo}`], stdin }),
    'hash-password of what nobody can send': () => ({ args: ['hash-password'], stdin: `${stdin}\n${stdin}` }),
  };

  beforeAll(() => {
    const cf = { ...goodFoundation(), username: simulator.username, password: simulator.password };
    const promregator = { ...TO_SIMULATOR(), targets: [{}] };
    writeFileSync(path('found.yml'), stringify({ cf, promregator }));
    const failing = { api_host: reached.find(([name]) => name.startsWith('login refused in JSON'))?.[1].origin };
    writeFileSync(
      path('failing.yml'),
      stringify({ cf: { ...failing, username: 'u', password: marks.make('discover') }, promregator }),
    );
  });

  test.each(Object.entries(COMMANDS))('%s', async (name, typed) => {
    const { stdout, stderr } = await runTyped({ ...typed(), cwd: folder.path });
    expect(stdout + stderr).not.toBe(name === 'discover for Prometheus' ? '?' : '');
    hear(`command ${name}`, stdout + stderr);
    expect(leaks(`command ${name}`)).toEqual([]);
  });
});

describe('what is shown by intention', () => {
  test('the password that is made up is printed once, at the start', () => {
    expect(programs.plain.output().match(new RegExp(MADE_UP, 'g'))).toHaveLength(1);
    const [line = ''] = MADE_UP.exec(programs.plain.output()) ?? [];
    expect(findMarks([line], marks.all)).toHaveLength(1);
  });

  test('decrypt prints what it decrypts', async () => {
    const [key, text] = [marks.make('key to decrypt with'), marks.make('text to decrypt')];
    const { stdout, stderr } = await runTyped({
      args: ['decrypt'],
      stdin: createCipher(key).encrypt(text),
      env: { ENCRYPT_KEY: key },
    });
    expect([stdout, stderr]).toEqual([`${text}\n`, '']);
  });

  test('a mark that somebody tells is found, in each form', () => {
    const control = createMarks();
    const mark = control.make('control', ODD_SIGNS);
    const [known] = control.all as readonly [Mark];
    const forms: readonly (readonly [string, string])[] = [
      [mark, 'text'],
      [JSON.stringify({ mark }), 'text'],
      [mark.toUpperCase(), 'text'],
      [mark.slice(0, 12), 'text'],
      [mark.slice(-12), 'text'],
      [encodeURIComponent(mark), 'text'],
      [[...Buffer.from(mark)].map((byte) => `%${byte.toString(16)}`).join(''), 'percent'],
      [Buffer.from(mark).toString('hex'), 'hex'],
      ...['', 'u:', 'us:', 'user:'].map((user) => [Buffer.from(user + mark).toString('base64'), 'base64'] as const),
      [Buffer.from(`user:${mark}`).toString('base64url'), 'base64'],
    ];
    for (const [text, form] of forms) {
      expect(findMarks([`before ${text} behind`], [known])).toEqual([
        expect.stringContaining(`control as ${form} in `),
      ]);
    }
    expect(findMarks([mark.slice(0, 11), 'nothing'], [known])).toEqual([]);
  });
});

describe('what is left', () => {
  test('an error that nobody has foreseen', async () => {
    const { plain } = programs;
    plain.child.kill('SIGUSR2');
    expect(await plain.exited).toBe(70);
    expect(plain.output()).toContain('made by the test');
  });

  test('the inventory is kept', async () => {
    const kept = (): boolean => existsSync(path('written/inventory-BEARER.json'));
    await waitUntil(kept, { within: 20_000, describe: programs.applications.output });
  });

  test.each(['platform', 'applications', 'proxied', 'plain'] as const)('the log of %s', async (name) => {
    const program = programs[name];
    if (name !== 'plain') program.child.kill('SIGTERM');
    await program.exited;
    expect(program.output().length).toBeGreaterThan(1_000);
    hear(`log of ${name}`, program.output().replace(MADE_UP, ''));
    expect(leaks(`log of ${name}`)).toEqual([]);
  });

  test('the files that were written', () => {
    const names = readdirSync(path('written')).toSorted();
    const expected = ['applications.log', 'inventory-BEARER.json', 'platform.log', 'sd.json'];
    expect(names).toEqual(expect.arrayContaining(expected));
    for (const name of names) hear('files', readFileSync(path(`written/${name}`), 'latin1'));
    expect(leaks('files')).toEqual([]);
  });
});
