import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { deployDemanding } from './support/demanding-application.js';
import { serveProxy, type TestProxy, type TestProxyOptions } from './support/outbound/proxy.js';
import { serve } from './support/outbound/serve.js';
import {
  configFor,
  type PromregatorProcess,
  type StartOptions,
  startPromregator,
} from './support/promregator-process.js';
import { type Answered, scrape, startReady } from './support/ready-program.js';
import { waitUntil } from './support/wait-until.js';

const CREDENTIALS = 'grüße:hidden-4711:%ß';
const [USERNAME = '', ...REST] = CREDENTIALS.split(':');
const PASSWORD = REST.join(':');

/** By https, by plain http, and by a token that the foundation's UAA gives. */
const APPLICATIONS = ['secure', 'plain', 'guarded'] as const;
type ApplicationName = (typeof APPLICATIONS)[number];

let simulator: Simulator;
const guids = new Map<string, string>();

beforeAll(async () => {
  simulator = await startSimulator({
    applications: 0,
    clients: [
      { id: 'scraper', secret: 'scraper-secret', grants: ['client_credentials'], authorities: ['metrics.read'] },
    ],
  });
  for (const name of APPLICATIONS) {
    const demands = name === 'guarded' ? { credentials: { scheme: 'uaa-token', scope: 'metrics.read' } as const } : {};
    guids.set(name, deployDemanding(simulator, name, demands));
  }
});

afterAll(() => simulator.stop());

/** A proxy that knows the foundation's names. They resolve nowhere else but by `connectTo`. */
async function proxyWith({ names: more = {}, ...options }: Partial<TestProxyOptions> = {}): Promise<TestProxy> {
  const { apiHost, connectTo } = simulator;
  const portOf = (pattern: string): number => {
    const entry = connectTo.find((each) => each.startsWith(`${pattern} -> `));
    return Number(entry?.split(':').at(-1));
  };
  const domain = apiHost.replace('https://api.', '');
  const names: Record<string, number> = {};
  for (const host of ['api', 'uaa', 'login']) names[`${host}.${domain}:443`] = portOf(`*.${domain}:443`);
  for (const host of APPLICATIONS) {
    for (const port of [80, 443]) names[`${host}.apps.sim.example:${port}`] = portOf(`*.apps.sim.example:${port}`);
  }
  return await serveProxy({ names: { ...names, ...more }, ...options });
}

interface Options {
  readonly cf?: object;
  readonly promregator?: object;
  readonly scraping?: object;
}

function configWith({ cf = {}, promregator = {}, scraping = {} }: Options): object {
  const usual = configFor(simulator, {
    targetAuthenticators: [
      {
        id: 'by-token',
        type: 'OAuth2XSUAABasic',
        oauth2xsuaaBasic: {
          tokenServiceURL: simulator.apiHost.replace('//api.', '//uaa.'),
          client_id: 'scraper',
          client_secret: 'scraper-secret',
        },
      },
    ],
    targets: [
      { applicationName: 'secure' },
      { applicationName: 'plain', protocol: 'http' },
      { applicationName: 'guarded', authenticatorId: 'by-token' },
    ],
    ...promregator,
  });
  const withScraping = {
    ...usual.promregator,
    scraping: { tls_config: { ca_file: simulator.caFile }, ...scraping },
  };
  return { cf: { ...usual.cf, ...cf }, promregator: withScraping };
}

async function start(options: StartOptions): Promise<PromregatorProcess> {
  const program = await startReady(options);
  onTestFinished(async () => void (await program.stop()));
  return program;
}

async function scrapeOf(program: PromregatorProcess, name: ApplicationName): Promise<Answered> {
  return await scrape(program, guids.get(name) ?? '');
}

async function expectAllScraped(program: PromregatorProcess): Promise<void> {
  for (const name of APPLICATIONS) {
    expect([name, (await scrapeOf(program, name)).status]).toEqual([name, 200]);
  }
}

const by = ({ port }: { readonly port: number }, more: object = {}): object => ({ host: '127.0.0.1', port, ...more });

/** What went through a proxy, each once: the API's hosts, and those of applications with the way they were asked for. */
function passed({ requests }: TestProxy): readonly string[] {
  const short = requests.map((request) =>
    request
      .replace('.apps.sim.example', '')
      .replace('.sys.sim.example', '')
      .replace(/^CONNECT /, ''),
  );
  return [...new Set(short)].sort();
}

const API = ['api:443', 'login:443'];
const HTTPS = ['guarded:443', 'secure:443', 'uaa:443'];
const HTTP = ['GET http://plain/metrics'];
const ALL = [...HTTP, ...API, ...HTTPS].sort();

describe('with user and password', () => {
  test('API and applications each go by their own proxy, which sees no more of https than the host', async () => {
    const api = await proxyWith({ credentials: CREDENTIALS });
    const applications = await proxyWith({ credentials: `other:${PASSWORD}` });
    const program = await start({
      config: {
        ...configWith({
          cf: { proxy: by(api, { username: USERNAME, password: PASSWORD }) },
          scraping: { proxy: by(applications, { username: 'other', password: PASSWORD }) },
        }),
        logging: { level: { root: 'TRACE' } },
      },
    });
    await expectAllScraped(program);
    expect(passed(api)).toEqual(API);
    expect(passed(applications)).toEqual([...HTTP, ...HTTPS].sort());
    expect(program.output()).not.toMatch(/hidden-4711|scraper-secret/);
    expect(program.output()).not.toContain(Buffer.from(CREDENTIALS).toString('base64'));
  });

  test('they reach the proxy alone, not the applications behind it', async () => {
    const { cert, key } = simulator.certificates.server;
    const heard: string[] = [];
    const application = await serve(
      ({ headers }, response) => {
        heard.push(Object.keys(headers).sort().join(' '));
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end('up_and_well 1\n');
      },
      { tls: { cert, key } },
    );
    const proxy = await proxyWith({
      credentials: CREDENTIALS,
      names: { 'secure.apps.sim.example:443': application.port },
    });
    const program = await start({
      config: configWith({ scraping: { proxy: by(proxy, { username: USERNAME, password: PASSWORD }) } }),
    });
    expect(await scrapeOf(program, 'secure')).toMatchObject({
      status: 200,
      text: expect.stringContaining('up_and_well'),
    });
    expect(proxy.authorizations).toEqual([expect.stringMatching(/^Basic /)]);
    expect(heard).toEqual([expect.stringContaining('host')]);
    expect(heard.join()).not.toMatch(/authorization/);
  });

  test('a proxy that restarts is connected to again', async () => {
    const proxy = await proxyWith({ credentials: CREDENTIALS });
    const proxied = { proxy: by(proxy, { username: USERNAME, password: PASSWORD }) };
    const program = await start({ config: configWith({ cf: proxied, scraping: proxied }) });
    await expectAllScraped(program);
    const before = proxy.requests.filter((each) => each.startsWith('CONNECT secure')).length;
    proxy.cutTunnels();
    await waitUntil(async () => (await scrapeOf(program, 'secure')).status === 200, {
      within: 5_000,
      describe: program.output,
    });
    expect(proxy.requests.filter((each) => each.startsWith('CONNECT secure'))).toHaveLength(before + 1);
  });

  test('over TLS, by the authority that counts for the applications', async () => {
    const { cert, key } = simulator.certificates.server;
    const proxy = await proxyWith({
      credentials: CREDENTIALS,
      tls: { cert: cert.toString(), key: key.toString() },
    });
    const options = { host: `https://127.0.0.1:${proxy.port}`, username: USERNAME, password: PASSWORD };
    const program = await start({ config: configWith({ scraping: { proxy: options } }) });
    await expectAllScraped(program);
    expect(passed(proxy)).toEqual([...HTTP, ...HTTPS].sort());
  });
});

interface Way extends Options {
  /** Of environment and command line; `PORT` stands for that of the proxy. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

const BOTH: Options = {
  cf: { proxy: { host: 'http://127.0.0.1:PORT' } },
  scraping: { proxy: { host: '127.0.0.1:PORT' } },
};
const FROM_ENVIRONMENT: Options = { promregator: { proxyFromEnvironment: true } };
const PROXY = 'http://127.0.0.1:PORT';

describe('what goes by the proxy', () => {
  test.each<[string, Way, readonly string[]]>([
    ['nothing, when none is named', {}, []],
    ['cf.proxy: the API', { cf: { proxy: { host: '127.0.0.1', port: 'PORT' } } }, API],
    [
      'scraping.proxy: applications and their token services',
      { scraping: { proxy: { host: PROXY } } },
      [...HTTP, ...HTTPS].sort(),
    ],
    ['the names of 0.x: everything', { cf: { proxyHost: '127.0.0.1', proxyPort: 'PORT' } }, ALL],
    [
      'the environment, when nobody asks for it: nothing',
      { env: { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, ALL_PROXY: PROXY } },
      [],
    ],
    [
      'the environment, when somebody asks for it: everything',
      { ...FROM_ENVIRONMENT, env: { https_proxy: PROXY, HTTP_PROXY: PROXY } },
      ALL,
    ],
    ['the environment for one scheme', { ...FROM_ENVIRONMENT, env: { HTTPS_PROXY: PROXY } }, [...API, ...HTTPS].sort()],
    ['NO_PROXY of a domain', { ...BOTH, env: { NO_PROXY: '.apps.sim.example' } }, [...API, 'uaa:443'].sort()],
    [
      'NO_PROXY of some hosts',
      { ...BOTH, env: { no_proxy: 'api.sys.sim.example,plain.apps.sim.example' } },
      ['guarded:443', 'login:443', 'secure:443', 'uaa:443'],
    ],
    ['NO_PROXY of everything', { ...BOTH, env: { NO_PROXY: '*' } }, []],
    [
      'NO_PROXY beside the environment’s own',
      { ...FROM_ENVIRONMENT, env: { ALL_PROXY: PROXY, NO_PROXY: '.sys.sim.example' } },
      [...HTTP, 'guarded:443', 'secure:443'],
    ],
    [
      'the switches of Java: applications',
      { env: { JAVA_OPTS: '-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=PORT -Dhttp.nonProxyHosts=secure.*' } },
      ['guarded:443', 'uaa:443'],
    ],
  ])('%s', async (_, { env = {}, args = [], ...options }, expected) => {
    const proxy = await proxyWith();
    const filled = JSON.parse(
      JSON.stringify({ config: configWith(options), env, args }).replaceAll('PORT', String(proxy.port)),
    );
    const program = await start(filled);
    await expectAllScraped(program);
    expect(passed(proxy)).toEqual(expected);
  });
});

describe('a proxy that does not let us through', () => {
  /** Starts without waiting for targets that never come. Gives what discovery says then. */
  async function discoveryBy(proxy: object): Promise<readonly [PromregatorProcess, number, string]> {
    const program = await startPromregator({ config: configWith({ cf: { proxy } }) });
    onTestFinished(async () => void (await program.stop()));
    const answer = await waitUntil(
      async () => {
        const each = await fetch(`${program.url}/discovery`);
        const text = await each.text();
        return text.includes('being read') ? undefined : ([program, each.status, text] as const);
      },
      { within: 10_000, describe: program.output, every: 20 },
    );
    return answer;
  }

  interface Locked {
    readonly proxy: object;
    readonly reason: RegExp;
  }

  const refusals: Readonly<Record<string, () => Promise<Locked>>> = {
    'wants another password': async () => {
      const proxy = await proxyWith({ credentials: CREDENTIALS });
      return {
        proxy: by(proxy, { username: USERNAME, password: 'hidden-wrong' }),
        reason: new RegExp(`127\\.0\\.0\\.1:${proxy.port}: it answered 407 .*user and password of the proxy`),
      };
    },
    'wants a password at all': async () => {
      const proxy = await proxyWith({ credentials: CREDENTIALS });
      return { proxy: by(proxy), reason: new RegExp(`127\\.0\\.0\\.1:${proxy.port}: it answered 407 `) };
    },
    'is down': async () => {
      const proxy = await proxyWith();
      await proxy.close();
      return {
        proxy: by(proxy, { username: USERNAME, password: PASSWORD }),
        reason: new RegExp(`127\\.0\\.0\\.1:${proxy.port}: the connection to it failed`),
      };
    },
  };
  const NAMES = Object.keys(refusals);

  const prepare = async (name: string): Promise<Locked> => {
    const make = refusals[name];
    if (make === undefined) throw new Error(`there is no refusal ${name}`);
    return await make();
  };

  test.each(NAMES)('%s: discovery says so, with its address and no password', async (name) => {
    const { proxy, reason } = await prepare(name);
    const [program, status, text] = await discoveryBy(proxy);
    expect([status, text]).toEqual([503, expect.stringMatching(reason)]);
    expect(program.log().some(({ error }) => reason.test(String(error)))).toBe(true);
    expect(program.output() + text).not.toMatch(/hidden-/);
  });

  test.each(NAMES)('%s: scrapes say so, with its address and no password', async (name) => {
    const { proxy, reason } = await prepare(name);
    const program = await start({ config: configWith({ scraping: { proxy } }) });
    for (const application of APPLICATIONS) {
      const { status, text } = await scrapeOf(program, application);
      expect([application, status, text]).toEqual([application, 502, expect.stringMatching(reason)]);
      expect(text).not.toMatch(/hidden-/);
    }
    expect(program.output()).not.toMatch(/hidden-/);
  });
});
