import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type KeyPair, makeAuthority } from './support/outbound/certificates.js';
import { startPrometheus } from './support/prometheus.js';
import { configFor, type PromregatorProcess, startPromregator } from './support/promregator-process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { askTls, type TlsClient } from './support/tls-client.js';
import { waitUntil } from './support/wait-until.js';

const folder = temporaryFolder();
const path = (name: string): string => join(folder.path, name);
const PASSWORD = 'hunter2-store';

const ours = makeAuthority('Ours');
const clients = makeAuthority('Clients');
const strangers = makeAuthority('Strangers');
const NAMES = { names: ['IP:127.0.0.1', 'DNS:localhost'] };
const server = ours.issue(NAMES);
const right = clients.issue({ names: ['DNS:prometheus.example.org'] });
const other = clients.issue({ names: ['DNS:somebody.example.org'] });
const wrong = strangers.issue({ names: ['DNS:prometheus.example.org'] });
const ca = ours.certificate;

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder.path, stdio: ['ignore', 'ignore', 'pipe'] });
}

function put(name: string, { cert, key }: KeyPair): void {
  writeFileSync(path(`${name}.crt`), cert);
  writeFileSync(path(`${name}.key`), key);
}

/** Writes a web config file, whose names start from its own folder; gives the argument that names it. */
function webConfig(content: object): string {
  const file = path(`web-${webConfigs++}.yml`);
  writeFileSync(file, stringify(content));
  return `--web.config.file=${file}`;
}
let webConfigs = 0;

const CERTIFICATE = { cert_file: 'server.crt', key_file: 'server.key' };
const CLIENT_CA = { ...CERTIFICATE, client_ca_file: 'clients.crt' };

let simulator: Simulator;

beforeAll(async () => {
  put('server', server);
  put('right', right);
  writeFileSync(path('ca.crt'), ca);
  writeFileSync(path('clients.crt'), clients.certificate);
  const store = ['-passout', `pass:${PASSWORD}`];
  openssl('pkcs12', '-export', '-in', 'server.crt', '-inkey', 'server.key', '-out', 'server.p12', ...store);
  openssl('pkcs12', '-export', '-nokeys', '-in', 'clients.crt', '-out', 'clients.p12', ...store);
  openssl('pkcs8', '-topk8', '-in', 'server.key', '-out', 'encrypted.key', ...store);
  simulator = await startSimulator({ organizations: 1, spaces: 1, applications: 1, instances: 1 });
});

afterAll(async () => {
  await simulator?.stop();
  folder.remove();
});

async function start(args: readonly string[], more: object = {}, options: object = {}): Promise<PromregatorProcess> {
  const program = await startPromregator({ config: { ...configFor(simulator, options), ...more }, args });
  onTestFinished(async () => void (await program.stop()));
  return program;
}

type Welcome = 'let in' | 'refused';

async function tries(program: PromregatorProcess, client: Omit<TlsClient, 'ca'> = {}): Promise<Welcome> {
  return askTls(`${program.url}/-/healthy`, { ca, ...client }).then(
    ({ status }) => (status === 200 ? 'let in' : 'refused'),
    () => 'refused',
  );
}

const ssl = (options: object): object => ({ server: { ssl: options } });

describe('a certificate of ours', () => {
  test.each<[string, () => { readonly args?: readonly string[]; readonly more?: object }]>([
    [
      'by server.ssl, PEM files',
      () => ({ more: ssl({ certificate: path('server.crt'), 'certificate-private-key': path('server.key') }) }),
    ],
    [
      'by server.ssl, PEM files as Spring names them',
      () => ({
        args: [
          `--server.ssl.certificate=file:${path('server.crt')}`,
          `--server.ssl.certificate-private-key=file:${path('server.key')}`,
        ],
      }),
    ],
    [
      'by server.ssl, PEM texts',
      () => ({ more: ssl({ certificate: server.cert, 'certificate-private-key': server.key }) }),
    ],
    [
      'by server.ssl, with an encrypted key',
      () => ({
        more: ssl({
          certificate: path('server.crt'),
          'certificate-private-key': path('encrypted.key'),
          'private-key-password': PASSWORD,
        }),
      }),
    ],
    [
      'by server.ssl, PKCS#12',
      () => ({
        more: ssl({
          'key-store': `file:${path('server.p12')}`,
          'key-store-type': 'PKCS12',
          'key-store-password': PASSWORD,
        }),
      }),
    ],
    ['by web.config.file', () => ({ args: [webConfig({ tls_server_config: CERTIFICATE })] })],
    [
      'by web.config.file, texts',
      () => ({ args: [webConfig({ tls_server_config: { cert: server.cert, key: server.key } })] }),
    ],
  ])('%s', async (_, how) => {
    const { args = [], more = {} } = how();
    const program = await start(args, more);
    expect(program.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
    expect(await tries(program)).toBe('let in');
    expect(await tries(program, { versions: { maxVersion: 'TLSv1.1' } })).toBe('refused');
    await expect(askTls(`${program.url}/-/healthy`, { ca: strangers.certificate })).rejects.toThrow(/certificate/);
    await expect(fetch(`${program.url.replace('https', 'http')}/-/healthy`)).rejects.toThrow();
    await waitUntil(async () => (await askTls(`${program.url}/-/ready`, { ca })).status === 200, {
      within: 20_000,
      describe: program.output,
    });
    const { text } = await askTls(`${program.url}/discovery`, { ca });
    const elements: readonly { readonly labels: Readonly<Record<string, string>> }[] = JSON.parse(text);
    expect(elements.map(({ labels }) => labels['__scheme__'])).toEqual(['https', 'https']);
    expect(program.output()).not.toContain(PASSWORD);
    expect(program.output()).not.toContain('PRIVATE KEY');
  });
});

describe('certificates of clients', () => {
  interface Clients {
    readonly right: Welcome;
    /** The right authority, another name. */
    readonly other: Welcome;
    /** Of an authority that is not ours. */
    readonly wrong: Welcome;
    readonly absent: Welcome;
  }
  const all = (welcome: Welcome): Clients => ({ right: welcome, other: welcome, wrong: welcome, absent: welcome });
  const web =
    (type: string, tls: object = CLIENT_CA) =>
    () => ({
      args: [webConfig({ tls_server_config: { ...tls, client_auth_type: type } })],
    });
  const spring = (type: string, trust: object) => () => ({
    more: ssl({
      certificate: path('server.crt'),
      'certificate-private-key': path('server.key'),
      'client-auth': type,
      ...trust,
    }),
  });
  const sans = { ...CLIENT_CA, client_allowed_sans: ['prometheus.example.org'] };

  test.each<[string, () => { readonly args?: readonly string[]; readonly more?: object }, Clients]>([
    ['NoClientCert', web('NoClientCert', CERTIFICATE), all('let in')],
    ['RequestClientCert', web('RequestClientCert'), all('let in')],
    ['RequireAnyClientCert', web('RequireAnyClientCert'), { ...all('let in'), absent: 'refused' }],
    ['VerifyClientCertIfGiven', web('VerifyClientCertIfGiven'), { ...all('let in'), wrong: 'refused' }],
    [
      'RequireAndVerifyClientCert',
      web('RequireAndVerifyClientCert'),
      { ...all('let in'), wrong: 'refused', absent: 'refused' },
    ],
    ['client_allowed_sans', web('RequireAndVerifyClientCert', sans), { ...all('refused'), right: 'let in' }],
    ['client-auth: none', spring('none', {}), all('let in')],
    [
      'client-auth: want',
      spring('want', { 'trust-certificate': path('clients.crt') }),
      { ...all('let in'), wrong: 'refused' },
    ],
    [
      'client-auth: need',
      spring('need', { 'trust-certificate': path('clients.crt') }),
      { ...all('let in'), wrong: 'refused', absent: 'refused' },
    ],
    [
      'client-auth: need, by a trust store',
      spring('need', { 'trust-store': path('clients.p12'), 'trust-store-password': PASSWORD }),
      { ...all('let in'), wrong: 'refused', absent: 'refused' },
    ],
  ])('%s', async (_, how, expected) => {
    const { args = [], more = {} } = how();
    const program = await start(args, more);
    expect({
      right: await tries(program, { identity: right }),
      other: await tries(program, { identity: other }),
      wrong: await tries(program, { identity: wrong }),
      absent: await tries(program),
    }).toEqual(expected);
  });
});

describe('versions', () => {
  const old = { versions: { maxVersion: 'TLSv1.2' } } as const;
  const current = { versions: { minVersion: 'TLSv1.3' } } as const;

  test.each<[string, () => { readonly args?: readonly string[]; readonly more?: object }, Welcome, Welcome]>([
    [
      'min_version: TLS13',
      () => ({ args: [webConfig({ tls_server_config: { ...CERTIFICATE, min_version: 'TLS13' } })] }),
      'refused',
      'let in',
    ],
    [
      'max_version: TLS12',
      () => ({ args: [webConfig({ tls_server_config: { ...CERTIFICATE, max_version: 'TLS12' } })] }),
      'let in',
      'refused',
    ],
    [
      'enabled-protocols',
      () => ({
        more: ssl({
          certificate: path('server.crt'),
          'certificate-private-key': path('server.key'),
          'enabled-protocols': 'TLSv1.3',
        }),
      }),
      'refused',
      'let in',
    ],
  ])('%s', async (_, how, at12, at13) => {
    const { args = [], more = {} } = how();
    const program = await start(args, more);
    expect([await tries(program, old), await tries(program, current)]).toEqual([at12, at13]);
  });
});

test('the headers of the web config file are on each answer', async () => {
  const headers = {
    'Strict-Transport-Security': 'max-age=31536000',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'deny',
    'Content-Security-Policy': "default-src 'self'",
  };
  const program = await start([
    webConfig({
      tls_server_config: CERTIFICATE,
      http_server_config: { headers },
      basic_auth_users: { me: hashSync('hunter2', 4) },
    }),
  ]);
  const authorization = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;
  const expected = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  for (const [asked, status] of [
    ['/-/healthy', 200],
    ['/discovery', 401],
    ['/nothing', 401],
  ] as const) {
    const answer = await askTls(program.url + asked, { ca });
    expect([asked, answer.status, answer.headers]).toEqual([asked, status, expect.objectContaining(expected)]);
  }
  for (const [asked, status] of [
    ['/promregatorMetrics', 200],
    ['/nothing', 404],
    ['/singleTargetMetrics/x', 400],
  ] as const) {
    const answer = await askTls(program.url + asked, { ca, headers: { authorization } });
    expect([asked, answer.status, answer.headers]).toEqual([asked, status, expect.objectContaining(expected)]);
  }
});

describe('a certificate that is replaced on disk', () => {
  const seen = async (program: PromregatorProcess): Promise<string> =>
    (await askTls(`${program.url}/-/healthy`, { ca })).serialNumber;

  test('is shown to who comes next, and cuts nobody off', async () => {
    put('renewed', server);
    const program = await start([
      webConfig({ tls_server_config: { cert_file: 'renewed.crt', key_file: 'renewed.key' } }),
    ]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const before = await askTls(`${program.url}/-/healthy`, { ca, agent });
    const next = ours.issue(NAMES);
    put('renewed', next);
    await waitUntil(
      async () => {
        const kept = await askTls(`${program.url}/-/healthy`, { ca, agent });
        expect([kept.status, kept.serialNumber]).toEqual([200, before.serialNumber]);
        return (await seen(program)) !== before.serialNumber;
      },
      { within: 25_000, describe: program.output, every: 50 },
    );
    const kept = await askTls(`${program.url}/-/healthy`, { ca, agent });
    expect([kept.status, kept.serialNumber]).toEqual([200, before.serialNumber]);
    expect(program.log().map(({ message }) => message)).toContain('secrets and certificates read anew');
  }, 60_000);

  test('does not count as long as it fits no key', async () => {
    put('half', server);
    const program = await start(
      [],
      ssl({ certificate: path('half.crt'), 'certificate-private-key': path('half.key') }),
    );
    const before = await seen(program);
    const next = ours.issue(NAMES);
    writeFileSync(path('half.crt'), next.cert);
    await waitUntil(() => program.log().find(({ level }) => level === 'error' || level === 'warn'), {
      within: 25_000,
      describe: program.output,
    });
    expect(await seen(program)).toBe(before);
    writeFileSync(path('half.key'), next.key);
    await waitUntil(async () => (await seen(program)) !== before, { within: 25_000, describe: program.output });
  }, 90_000);
});

test('a real Prometheus finds and scrapes by mutual TLS', async () => {
  const program = await start([
    webConfig({ tls_server_config: { ...CLIENT_CA, client_auth_type: 'RequireAndVerifyClientCert' } }),
  ]);
  const discovery = { url: `${program.url}/discovery`, refresh_interval: '1s' };
  const trusting = { tls_config: { ca_file: path('ca.crt') } };
  const shown = { tls_config: { ca_file: path('ca.crt'), cert_file: path('right.crt'), key_file: path('right.key') } };
  const prometheus = await startPrometheus(() => [
    { job_name: 'mutual', ...shown, http_sd_configs: [{ ...discovery, ...shown }] },
    { job_name: 'without', ...trusting, http_sd_configs: [{ ...discovery, ...shown }] },
    { job_name: 'blind', ...shown, http_sd_configs: [{ ...discovery, ...trusting }] },
  ]);
  onTestFinished(() => prometheus.stop());
  const health = async (job: string): Promise<string> =>
    (await prometheus.targets(job)).map((target) => target.health).join();
  const options = { within: 25_000, describe: () => prometheus.targets() };
  await waitUntil(async () => (await health('mutual')) === 'up,up', options);
  await waitUntil(async () => (await health('without')) === 'down,down', options);
  expect(await health('blind')).toBe('');
}, 90_000);
