import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { deployDemanding } from './support/demanding-application.js';
import { configFor, type PromregatorProcess, startPromregator } from './support/promregator-process.js';
import { scrape, startReady } from './support/ready-program.js';
import { waitUntil } from './support/wait-until.js';

const META = '__meta_promregator_target_';

let east: Simulator;
let west: Simulator;

async function startFoundation(name: string, seed: number, applications: readonly string[]): Promise<Simulator> {
  const simulator = await startSimulator({
    seed,
    organizations: 1,
    spaces: 1,
    applications: 0,
    systemDomain: `sys.${name}.example`,
    appsDomain: `apps.${name}.example`,
    username: `user-of-${name}`,
    password: `hidden-${name}-4711`,
  });
  for (const application of applications) deployDemanding(simulator, application, { instances: 2 });
  return simulator;
}

beforeAll(async () => {
  [east, west] = await Promise.all([
    startFoundation('east', 1, ['orders', 'invoices']),
    startFoundation('west', 2, ['orders', 'mail']),
  ]);
});

afterAll(async () => {
  await east?.stop();
  await west?.stop();
});

beforeEach(() => () => {
  for (const { faults, platform } of [east, west]) {
    faults.clear();
    Object.assign(platform, { api: 'up' });
  }
});

function configOf(named: Readonly<Record<string, Simulator>>, promregator: object = {}): object {
  const all = Object.values(named);
  return {
    foundations: Object.entries(named).map(([name, each]) => ({
      name,
      ...configFor(each).cf,
      request: { backoff: 100 },
    })),
    promregator: {
      connectTo: all.flatMap(({ connectTo }) => connectTo),
      scraping: { tls_config: { ca: all.map(({ certificates }) => certificates.ca.toString()).join('\n') } },
      targets: [{ id: 'all' }],
      ...promregator,
    },
  };
}

/** Started, but perhaps without all targets. */
async function start(config: object): Promise<PromregatorProcess> {
  const program = await startPromregator({ config });
  onTestFinished(async () => void (await program.stop()));
  return program;
}

interface Listed {
  readonly labels: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function get(program: PromregatorProcess, path: string): Promise<Answer> {
  const answer = await fetch(program.url + path);
  return { status: answer.status, text: await answer.text() };
}

async function elements(program: PromregatorProcess, query = ''): Promise<readonly Listed[]> {
  const { status, text } = await get(program, `/discovery${query}`);
  if (status !== 200) throw new Error(`${status} ${text}`);
  const all: readonly Listed[] = JSON.parse(text);
  return all.filter(({ labels }) => labels['__metrics_path__'] !== '/promregatorMetrics');
}

/** `<foundation>/<application>:<index>` of each target. */
async function listed(program: PromregatorProcess, query = ''): Promise<readonly string[]> {
  return (await elements(program, query)).map(({ labels }) => {
    return `${labels[`${META}foundation`]}/${labels[`${META}applicationName`]}:${labels[`${META}instanceNumber`]}`;
  });
}

async function metrics(program: PromregatorProcess, name: string): Promise<Readonly<Record<string, number>>> {
  const { text } = await get(program, '/promregatorMetrics');
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
  return Object.fromEntries(
    lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

const both = (application: string, foundation: string): readonly string[] => [
  `${foundation}/${application}:0`,
  `${foundation}/${application}:1`,
];
const EAST = [...both('invoices', 'east'), ...both('orders', 'east')];
const WEST = [...both('mail', 'west'), ...both('orders', 'west')];
const sorted = (names: readonly string[]): readonly string[] => [...names].sort();

describe('two foundations', () => {
  let program: PromregatorProcess;

  beforeAll(async () => {
    program = await startReady({
      config: configOf(
        { east, west },
        {
          targets: [
            { id: 'orders', applicationName: 'orders' },
            { id: 'of-west', foundation: 'west' },
            { id: 'of-east', foundation: 'east', applicationName: 'invoices', path: '/actuator' },
          ],
        },
      ),
    });
  });

  afterAll(async () => void (await program?.stop()));

  const INVOICES = both('invoices', 'east');

  test.each<[string, readonly string[]]>([
    ['', [...both('orders', 'east'), ...INVOICES, ...WEST]],
    ['?foundation=east', [...both('orders', 'east'), ...INVOICES]],
    ['?foundation=west', WEST],
    ['?foundation=east&foundation=west', [...both('orders', 'east'), ...INVOICES, ...WEST]],
    ['?rule=orders', [...both('orders', 'east'), ...both('orders', 'west')]],
    ['?rule=of-west', both('mail', 'west')],
    ['?rule=of-east', INVOICES],
    ['?rule=orders&foundation=west', both('orders', 'west')],
    ['?rule=of-east&foundation=west', []],
    ['?application=orders&foundation=east', both('orders', 'east')],
  ])('/discovery%s', async (query, expected) => {
    expect(sorted(await listed(program, query))).toEqual(sorted(expected));
  });

  test.each([
    ['?foundation=north', /'north' is no foundation; there (are|is) east, west/],
    ['?rule=of-north', /'of-north' is no rule; there (are|is) orders, of-west, of-east/],
  ])('/discovery%s is no empty list', async (query, words) => {
    expect(await get(program, `/discovery${query}`)).toEqual({ status: 400, text: expect.stringMatching(words) });
  });

  test('a rule counts for the foundation that it names alone', async () => {
    const { selected } = JSON.parse((await get(program, '/debug/discovery?rule=of-east')).text);
    expect(selected).toEqual([
      expect.objectContaining({
        foundation: 'east',
        rule: 'of-east',
        instances: 2,
        url: 'https://invoices.apps.east.example/actuator',
      }),
    ]);
  });

  test('every target is scraped where it is', async () => {
    for (const { requests } of [east, west]) requests.reset();
    for (const { labels } of await elements(program, '?application=orders')) {
      const key = (labels['__metrics_path__'] ?? '').replace('/singleTargetMetrics/', '');
      expect(await scrape(program, key)).toMatchObject({ status: 200 });
    }
    expect([east.requests.count('scrape'), west.requests.count('scrape')]).toEqual([2, 2]);
  });

  test('each is asked with its own credentials, and its metrics bear its name', async () => {
    expect(await metrics(program, 'promregator_foundation_ready')).toEqual({
      '{foundation="east"}': 1,
      '{foundation="west"}': 1,
    });
    const tokens = await metrics(program, 'promregator_token_requests_total');
    for (const foundation of ['east', 'west']) {
      expect(tokens[`{foundation="${foundation}",grant="password",result="success"}`]).toBe(1);
    }
    expect(await metrics(program, 'promregator_inventory_elements')).toMatchObject({
      '{foundation="east",kind="apps"}': 2,
      '{foundation="west",kind="apps"}': 2,
    });
    expect(program.output()).not.toMatch(/hidden-/);
  });
});

describe('one that is down from the start', () => {
  interface Down {
    readonly how: string;
    readonly begin: () => void;
    readonly reason: RegExp;
  }

  const DOWNS: readonly Down[] = [
    {
      how: 'its API is not registered',
      begin: () => Object.assign(west.platform, { api: 'unregistered' }),
      reason: /of foundation west yet: .*404/,
    },
    {
      how: 'its UAA refuses us',
      begin: () => west.uaa.setPassword('user-of-west', 'another'),
      reason: /of foundation west yet: .*user-of-west|of foundation west yet: .*Bad credentials/,
    },
    {
      how: 'one of its lists fails',
      begin: () => west.faults.add({ kind: 'routes', action: { type: 'status', status: 500, form: 'capi' } }),
      reason: /of foundation west yet: .*\/v3\/routes.*500/,
    },
    {
      how: 'it says nothing',
      begin: () => west.faults.add({ kind: 'root', action: { type: 'hang', when: 'before_head' } }),
      reason: /of foundation west yet: its lists are being read/,
    },
  ];

  test.each(DOWNS)('$how: the other is served at once to who asks for it', async ({ begin, reason }) => {
    begin();
    onTestFinished(() => west.uaa.setPassword('user-of-west', 'hidden-west-4711'));
    const program = await start(configOf({ east, west }));
    await waitUntil(async () => (await get(program, '/discovery?foundation=east')).status === 200, {
      within: 10_000,
      describe: program.output,
      every: 20,
    });
    expect(sorted(await listed(program, '?foundation=east'))).toEqual(sorted(EAST));
    // What is wrong may be known a little later than that there is nothing.
    const { status, text } = await waitUntil(
      async () => {
        const answer = await get(program, '/discovery?foundation=west');
        return reason.test(answer.text) ? answer : undefined;
      },
      {
        within: 10_000,
        describe: async () => [await get(program, '/discovery?foundation=west'), program.output()],
        every: 20,
      },
    );
    expect([status, text]).toEqual([503, expect.stringMatching(reason)]);
    // The whole waits for a minute (src/assembly/publisher.test.ts), lest Prometheus drops what it knew of the other.
    expect((await get(program, '/discovery')).status).toBe(503);
    expect((await get(program, '/-/ready')).status).toBe(503);
    const invoices = east.world.application('invoices');
    expect(await scrape(program, invoices.guid)).toMatchObject({ status: 200 });
    expect(await metrics(program, 'promregator_foundation_ready')).toEqual({
      '{foundation="east"}': 1,
      '{foundation="west"}': 0,
    });
    expect(program.output() + text).not.toMatch(/hidden-/);
  });

  test('and comes up later: then the whole is served', async () => {
    Object.assign(west.platform, { api: 'failing' });
    const program = await start(configOf({ east, west }));
    await waitUntil(async () => (await get(program, '/discovery?foundation=east')).status === 200, {
      within: 10_000,
      describe: program.output,
      every: 20,
    });
    expect((await get(program, '/discovery')).status).toBe(503);
    Object.assign(west.platform, { api: 'up' });
    await waitUntil(async () => (await get(program, '/-/ready')).status === 200, {
      within: 15_000,
      describe: program.output,
    });
    expect(sorted(await listed(program))).toEqual(sorted([...EAST, ...WEST]));
  });
});

describe('one that goes down later', () => {
  test.each<[string, () => void]>([
    ['its API is gone', () => Object.assign(west.platform, { api: 'unregistered' })],
    [
      'its lists fail',
      () => west.faults.add({ kind: 'any', path: '^/v3/', action: { type: 'reset', when: 'before_head' } }),
    ],
    [
      'its lists are empty pages of HTML',
      () => west.faults.add({ kind: 'any', path: '^/v3/', action: { type: 'html' } }),
    ],
  ])('%s: nobody loses a target, and what changes at the other is seen', async (_, begin) => {
    const program = await startReady({ config: configOf({ east, west }) });
    onTestFinished(async () => void (await program.stop()));
    expect(sorted(await listed(program))).toEqual(sorted([...EAST, ...WEST]));
    begin();
    const failures = async (): Promise<number> => {
      const all = await metrics(program, 'promregator_inventory_refreshes_total');
      return all['{foundation="west",kind="apps",result="failure"}'] ?? 0;
    };
    await waitUntil(async () => (await failures()) > 0, { within: 15_000, describe: program.output, every: 50 });
    east.world.scale('orders', 3);
    onTestFinished(() => void east.world.scale('orders', 2));
    await waitUntil(async () => (await listed(program)).includes('east/orders:2'), {
      within: 15_000,
      describe: program.output,
      every: 50,
    });
    expect(sorted(await listed(program))).toEqual(sorted([...EAST, 'east/orders:2', ...WEST]));
    expect((await get(program, '/-/ready')).status).toBe(200);
    const mail = west.world.application('mail');
    expect(await scrape(program, mail.guid)).toMatchObject({ status: 200 });
    expect(await metrics(program, 'promregator_inventory_refreshes_total')).not.toHaveProperty([
      '{foundation="east",kind="apps",result="failure"}',
    ]);
  });
});

test('one API by two names: the first has its targets, and that is said once', async () => {
  const program = await startReady({ config: configOf({ first: east, second: east }) });
  onTestFinished(async () => void (await program.stop()));
  expect(sorted(await listed(program))).toEqual(sorted([...both('invoices', 'first'), ...both('orders', 'first')]));
  expect(await listed(program, '?foundation=second')).toEqual([]);
  const warning = /Foundation second shows applications that foundation first shows too: is one API configured twice/;
  const said = (): readonly string[] =>
    program.log().flatMap(({ message }) => (warning.test(message) ? [message] : []));
  expect(said()).toHaveLength(1);
  const debug = JSON.parse((await get(program, '/debug/discovery')).text);
  expect(debug).toMatchObject({
    warnings: [expect.stringMatching(warning)],
    leftOutByReason: { served_by_earlier_foundation: 2 },
    rules: [{ rule: 'all', instances: 4 }],
  });
  east.world.scale('invoices', 3);
  onTestFinished(() => void east.world.scale('invoices', 2));
  await waitUntil(async () => (await listed(program)).includes('first/invoices:2'), {
    within: 15_000,
    describe: program.output,
  });
  expect(said()).toHaveLength(1);
});
