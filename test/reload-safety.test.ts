import { renameSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { configFor, type PromregatorProcess, type StartOptions } from './support/promregator-process.js';
import { reloadWith, scrape, startReady } from './support/ready-program.js';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ organizations: 2, spaces: 2, applications: 4, instances: 1 });
});

afterAll(() => simulator.stop());

beforeEach(() => () => void Object.assign(simulator.platform, { api: 'up' }));

/** Long intervals, so that nothing is read unless a reload asks for it. */
function configWith(promregator: object, cf: object = {}): { cf: object; promregator: object } {
  const usual = configFor(simulator, promregator);
  return { cf: { ...usual.cf, cache: {}, request: { backoff: 100 }, ...cf }, promregator: usual.promregator };
}

async function start(options: StartOptions): Promise<PromregatorProcess> {
  const program = await startReady({ ...options, args: ['--web.enable-lifecycle', ...(options.args ?? [])] });
  onTestFinished(async () => void (await program.stop()));
  return program;
}

interface Element {
  readonly labels: Readonly<Record<string, string>>;
}

async function targets(program: PromregatorProcess): Promise<readonly Element['labels'][]> {
  const elements: readonly Element[] = JSON.parse(await (await fetch(`${program.url}/discovery`)).text());
  return elements.map(({ labels }) => labels).filter((labels) => labels['__meta_promregator_target_applicationId']);
}

function twoOrganizations(): { readonly mine: string; readonly other: string; readonly myApp: string } {
  const [first, ...rest] = simulator.world.applications();
  const mine = first?.space.organization.name ?? '';
  const other = rest.map(({ space }) => space.organization.name).find((name) => name !== mine) ?? '';
  return { mine, other, myApp: first?.guid ?? '' };
}

const BASIC = { type: 'basic', basic: { username: 'scraper', password: 'for-others-only' } };

test.each<[string, object, object, number]>([
  ['the default credentials of a new configuration', {}, { authenticator: BASIC }, 503],
  ['another default TLS setting', {}, { scraping: { tls_config: { insecure_skip_verify: true } } }, 503],
  ['nothing new', {}, {}, 200],
])('a target that the new rules may not have is not asked with %s', async (_, before, after, status) => {
  const { mine, other, myApp } = twoOrganizations();
  const program = await start({ config: configWith({ targets: [{ orgName: mine }], ...before }) });
  expect((await scrape(program, myApp)).status).toBe(200);
  Object.assign(simulator.platform, { api: 'maintenance' });
  await reloadWith(program, configWith({ targets: [{ orgName: other }], ...after }));
  const kept = await targets(program);
  expect(kept.map((labels) => labels['__meta_promregator_target_orgName'])).toContain(mine);
  const answer = await scrape(program, myApp);
  expect(answer.status).toBe(status);
  if (status === 503) expect(answer.text).toContain('no longer has the credentials or TLS settings of its rule');
});

test('a file in force that is gone is no reason to drop its targets', async () => {
  const program = await start({ config: configWith({}) });
  renameSync(program.configFile, `${program.configFile}.moved`);
  const answer = await fetch(`${program.url}/-/reload`, { method: 'POST' });
  expect(answer.status).toBe(500);
  expect(await answer.text()).toContain('promregator.yml');
  expect(await targets(program)).toHaveLength(4);
  renameSync(`${program.configFile}.moved`, program.configFile);
  expect((await fetch(`${program.url}/-/reload`, { method: 'POST' })).status).toBe(200);
});

test('a foundation by another name keeps its targets, even while its API is away', async () => {
  const named = (name: string): object => {
    const { cf, promregator } = configWith({ targets: [{}] });
    return { foundations: [{ name, ...cf }], promregator };
  };
  const program = await start({ config: named('old') });
  Object.assign(simulator.platform, { api: 'maintenance' });
  await reloadWith(program, named('new'));
  const labels = await targets(program);
  expect(labels).toHaveLength(4);
  expect(new Set(labels.map((each) => each['__meta_promregator_target_foundation']))).toEqual(new Set(['new']));
});

test('other credentials for Cloud Foundry, wrong ones: what was known stays', async () => {
  const program = await start({ config: configWith({}) });
  await reloadWith(program, configWith({}, { password: 'wrong' }));
  expect(await targets(program)).toHaveLength(4);
  const { myApp } = twoOrganizations();
  expect((await scrape(program, myApp)).status).toBe(200);
});
