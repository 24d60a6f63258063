import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { configFor, type PromregatorProcess } from './support/promregator-process.js';
import { type Answered, scrape, startReady } from './support/ready-program.js';
import { runProgram } from './support/run-program.js';
import { startWitness, type Witness } from './support/witness.js';

const DOMAIN = 'apps.sim.example';

/** Whatever is not the foundation leads to the witness: a name that a tenant made up, an address, another port. */
let witness: Witness;
let simulator: Simulator;
let program: PromregatorProcess;
let view: DebugView;
let space: string;
/** Taken before there are domains that tenants made up. */
let connectTo: readonly string[];
const guids = new Map<string, string>();

interface DebugView {
  readonly selected: readonly { readonly appGuid: string; readonly url: string; readonly route: string }[];
  readonly leftOut: readonly { readonly appGuid: string; readonly reason: string }[];
  readonly ignoredWishes: readonly { readonly appGuid: string; readonly detail: string }[];
}

/** Of `prometheus.io/path`: those that leave the application out. */
const BAD_PATHS = [
  '//evil.example',
  '///evil.example',
  '//evil.example@apps.sim.example/metrics',
  '/\\evil.example',
  '\\\\evil.example\\metrics',
  '@evil.example/metrics',
  ':80@evil.example/metrics',
  '.evil.example/metrics',
  'https://evil.example/metrics',
  'gopher://evil.example/',
  'file:///etc/passwd',
  '/%2f%2fevil.example',
  '/%5cevil.example',
  '/..',
  '/../metrics',
  '/a/..;/b',
  '/%2e%2e/metrics',
  '/a%2f..%2fb',
  '/metrics#@evil.example',
  '/metrics HTTP/1.1\r\nHost: evil.example\r\n\r\nGET /',
  '/metrics\nX-Cf-App-Instance: x:1',
  '/metrics\u0000',
  '/metrics\u2028',
  '/\uff0f\uff0fevil.example',
  '/\ud800',
  '',
  ' /metrics',
  `/${'a'.repeat(100_000)}`,
];

/** Those that are what they are: a path of the application's own, as it goes on the wire. */
const ODD_PATHS = [
  '/?@evil.example',
  '/@evil.example',
  '/:80@evil.example/x',
  '/metrics?next=//evil.example/..',
  '/%0d%0aHost:%20evil.example',
  '/%00',
  '/%252e%252e/x',
  '/...//x',
  '/a;b=c/*',
];

const BAD_PORTS = ['', '0', '-1', '65536', '080', '1e3', '80,443', '22@evil.example', '80\r\nx', '٨٠', `${2 ** 64}`];

const BAD_SCHEMES = ['', 'HTTPS', 'ftp', 'unix', 'https://evil.example', 'https\n', 'javascript:'];

const ODD_INTERVALS = ['', '0s', '-1s', '1ns', '99999999999999999999y', '1s; curl evil.example', '\u0000', 'NaN'];

/** Routes on domains that a tenant may have made up. */
const BAD_HOSTS = [
  '127.0.0.1',
  '169.254.169.254',
  '0.0.0.0',
  '1.2',
  '0x7f.1',
  'metadata.localhost',
  'evil.example@x.y',
  'evil.example:80',
  'evil.example#.x',
  'a..b',
  `${'a.'.repeat(130)}example`,
  'foo.123',
];

/** Redirects to another host, port or scheme; OWN is the application's own host. */
const FOREIGN_LOCATIONS = [
  'https://evil.example/',
  '//evil.example/metrics',
  '\\\\evil.example\\metrics',
  '/\\evil.example/',
  '\t//evil.example',
  'https:\\\\evil.example',
  'HTTPS:///evil.example',
  'https://OWN@evil.example/',
  'https://OWN.evil.example/',
  'https://OWN%00.evil.example/',
  'https://OWN:8443/metrics',
  'http://OWN/metrics',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://[::1]/',
  'http://169.254.169.254/latest/meta-data/',
  'https://169.254.169.254/latest/meta-data/',
  'https://api.sys.sim.example/v3/apps',
  'https://uaa.sys.sim.example/oauth/token',
  'https://other.apps.sim.example/metrics',
  'javascript:alert(1)',
  'data:text/plain,app_jobs 7',
  'file:///etc/passwd',
  'https://',
];

/** Answers that ask for credentials, or to go elsewhere by other means than Location. */
const ASKING: readonly (readonly [status: number, headers: Readonly<Record<string, string>>])[] = [
  [401, { 'WWW-Authenticate': 'Basic realm="https://evil.example"' }],
  [401, { 'WWW-Authenticate': 'Bearer realm="https://evil.example/token",service="x"' }],
  [401, { 'WWW-Authenticate': 'Negotiate' }],
  [401, { 'WWW-Authenticate': 'Basic', Location: 'https://evil.example/' }],
  [407, { 'Proxy-Authenticate': 'Basic realm="x"' }],
  [300, { Location: 'https://evil.example/' }],
  [304, { Location: 'https://evil.example/' }],
  [305, { Location: 'https://evil.example/' }],
  [201, { Location: 'https://evil.example/' }],
  [200, { Refresh: '0; url=https://evil.example/', 'Content-Location': 'https://evil.example/' }],
  [200, { 'Alt-Svc': 'h3="evil.example:443", h2="evil.example:443"', Link: '<https://evil.example/>; rel=preload' }],
  [200, { 'Set-Cookie': 'JSESSIONID=x; Domain=evil.example', 'X-Cf-App-Instance': 'x:1', Host: 'evil.example' }],
];

beforeAll(async () => {
  witness = await startWitness();
  simulator = await startSimulator({ organizations: 1, spaces: 1, applications: 0 });
  space = simulator.world.spaces()[0]?.guid ?? '';
  connectTo = [...simulator.connectTo, `* -> 127.0.0.1:${witness.port}`];
  for (const [index, path] of BAD_PATHS.entries()) annotated(`bad-path-${index}`, { path });
  for (const [index, path] of ODD_PATHS.entries()) annotated(`odd-path-${index}`, { path });
  for (const [index, port] of BAD_PORTS.entries()) annotated(`bad-port-${index}`, { port });
  for (const [index, scheme] of BAD_SCHEMES.entries()) annotated(`bad-scheme-${index}`, { scheme });
  for (const [index, text] of ODD_INTERVALS.entries()) annotated(`odd-interval-${index}`, { 'scrape-interval': text });
  annotated('closed-port', { port: '22' });
  annotated('in-clear', { scheme: 'http' });
  deploy('other', {});
  for (const [index, name] of BAD_HOSTS.entries()) {
    const domain = simulator.world.createDomain({ name });
    deploy(`bad-host-${index}`, { routes: [{ domain: domain.guid, host: '' }] });
  }
  for (const [index, location] of FOREIGN_LOCATIONS.entries()) {
    const name = `foreign-${index}`;
    answering(name, 302, { Location: location.replace('OWN', `${name}.${DOMAIN}`) });
  }
  for (const [index, [status, headers]] of ASKING.entries()) answering(`asking-${index}`, status, headers);
  const config = configFor(simulator, {
    connectTo,
    // No verdict of this file is about time.
    scraping: { connectionTimeout: 20_000, tls_config: { ca_file: simulator.caFile } },
    authenticator: { type: 'basic', basic: { username: 'ada', password: 'lovelace' } },
    targets: [{ kubernetesAnnotations: true }],
  });
  program = await startReady({ config });
  view = JSON.parse(await (await fetch(`${program.url}/debug/discovery`)).text());
});

afterAll(async () => {
  await program?.stop();
  await simulator?.stop();
  await witness?.stop();
});

type Deployed = Partial<Parameters<Simulator['world']['deployApplication']>[0]>;

function deploy(name: string, options: Deployed): void {
  const annotations = { 'prometheus.io/scrape': 'true', ...options.annotations };
  guids.set(name, simulator.world.deployApplication({ name, space, ...options, annotations }).guid);
}

function annotated(name: string, wishes: Readonly<Record<string, string>>): void {
  const entries = Object.entries(wishes).map(([key, value]) => [`prometheus.io/${key}`, value]);
  deploy(name, { annotations: Object.fromEntries(entries) });
}

function answering(name: string, status: number, headers: Readonly<Record<string, string>>): void {
  deploy(name, { behaviour: { canned: { status, headers, body: 'app_jobs 7\n' } } });
}

function guidOf(name: string): string {
  const guid = guids.get(name);
  if (guid === undefined) throw new Error(`no application ${name}`);
  return guid;
}

function reasonFor(name: string): string | undefined {
  return view.leftOut.find(({ appGuid }) => appGuid === guidOf(name))?.reason;
}

function urlOf(name: string): string | undefined {
  return view.selected.find(({ appGuid }) => appGuid === guidOf(name))?.url;
}

interface Scraped extends Answered {
  /** Requests to applications of the foundation. */
  readonly asked: number;
}

/** Scrapes, and tells what came of it if nobody else was asked on the way. */
async function scrapeUnseen(name: string): Promise<Scraped> {
  const before = simulator.requests.count('scrape');
  const answer = await scrape(program, guidOf(name));
  expect([witness.connections, witness.heard]).toEqual([0, '']);
  return { ...answer, asked: simulator.requests.count('scrape') - before };
}

const rows = (kind: string, values: readonly string[]): readonly (readonly [shown: string, name: string])[] =>
  values.map((value, index) => [JSON.stringify(value).slice(0, 60), `${kind}-${index}`]);

describe('annotations that point elsewhere', () => {
  test.each(rows('bad-path', BAD_PATHS))('the path %s leaves the application out', async (_, name) => {
    expect([reasonFor(name), urlOf(name)]).toEqual(['bad_annotation', undefined]);
    expect(await scrapeUnseen(name)).toMatchObject({ status: 404, asked: 0 });
  });

  test.each(rows('odd-path', ODD_PATHS))('the path %s is asked for at the own host alone', async (_, name) => {
    const path = ODD_PATHS[Number(name.split('-').at(-1))];
    expect(urlOf(name)).toBe(`https://${name}.${DOMAIN}${path}`);
    // The application answers at two paths only, whatever the query.
    const status = /^\/(?:metrics)?\?/.test(path ?? '') ? 200 : 502;
    expect(await scrapeUnseen(name)).toMatchObject({ status, asked: 1 });
  });

  test.each(rows('bad-port', BAD_PORTS))('the port %s leaves the application out', async (_, name) => {
    expect([reasonFor(name), urlOf(name)]).toEqual(['bad_annotation', undefined]);
    expect(await scrapeUnseen(name)).toMatchObject({ status: 404, asked: 0 });
  });

  test('a port that no route leads to leaves the application out', async () => {
    expect([reasonFor('closed-port'), urlOf('closed-port')]).toEqual(['no_route', undefined]);
    expect(await scrapeUnseen('closed-port')).toMatchObject({ status: 404, asked: 0 });
  });

  test.each(rows('bad-scheme', BAD_SCHEMES))('the scheme %s leaves the application out', async (_, name) => {
    expect([reasonFor(name), urlOf(name)]).toEqual(['bad_annotation', undefined]);
    expect(await scrapeUnseen(name)).toMatchObject({ status: 404, asked: 0 });
  });

  test('the scheme http does not send credentials in clear', async () => {
    expect(urlOf('in-clear')).toBe(`https://in-clear.${DOMAIN}/metrics`);
    expect(view.ignoredWishes.filter(({ appGuid }) => appGuid === guidOf('in-clear'))).toHaveLength(1);
    expect(await scrapeUnseen('in-clear')).toMatchObject({ status: 200, asked: 1 });
  });

  test.each(rows('odd-interval', ODD_INTERVALS))('the interval %s is passed over', async (_, name) => {
    const answer = await fetch(`${program.url}/discovery?application=${name}`);
    const [element] = JSON.parse(await answer.text());
    expect(Object.keys(element.labels).filter((label) => label.startsWith('__scrape'))).toEqual([]);
    expect(await scrapeUnseen(name)).toMatchObject({ status: 200, asked: 1 });
  });
});

test.each(rows('bad-host', BAD_HOSTS))('the host %s is not asked', async (_, name) => {
  expect([reasonFor(name), urlOf(name)]).toEqual(['no_route', undefined]);
  expect(await scrapeUnseen(name)).toMatchObject({ status: 404, asked: 0 });
});

describe('answers that ask us to go elsewhere', () => {
  test.each(rows('foreign', FOREIGN_LOCATIONS))('a redirect to %s is a failure', async (_, name) => {
    const { status, text, asked } = await scrapeUnseen(name);
    expect([status, text, asked]).toEqual([502, expect.stringMatching(/: a redirect [^\n]*\n$/), 1]);
  });

  test.each(ASKING.map(([status, headers], index) => [status, JSON.stringify(headers), `asking-${index}`] as const))(
    '%d with %s is taken for what it is',
    async (status, _, name) => {
      const first = await scrapeUnseen(name);
      const second = await scrapeUnseen(name);
      const expected = { status: status === 200 ? 200 : 502, asked: 1 };
      expect([first, second]).toMatchObject([expected, expected]);
    },
  );
});

describe('redirects of the platform', () => {
  const kinds = ['apps', 'token', 'root'] as const;

  // Their answers are trusted, and a token goes to nobody whom the configuration does not name all the same.
  test.each(kinds)('of kind %s take neither password nor token elsewhere', async (kind) => {
    const headers = { Location: 'https://evil.example/' };
    const fault = simulator.faults.add({ kind, action: { type: 'status', status: 307, form: 'empty', headers } });
    onTestFinished(() => void fault.remove());
    const config = configFor(simulator, { connectTo });
    const { code, stderr } = await runProgram({ command: 'discover', config });
    expect([code, witness.connections, witness.heard]).toEqual([1, 0, '']);
    expect(stderr).toContain('307');
  });
});
