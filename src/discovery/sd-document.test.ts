import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { errorCode } from '../base/errors.js';
import type { Directory, Target, TargetApplication } from './directory.js';
import { type AdvertisedAddress, prepareDocument, type RenderOptions } from './sd-document.js';

const GUID = '6064d98a-95e6-400b-bc03-be65e6d59622';
const orders: TargetApplication = {
  foundation: 'default',
  organizationGuid: 'org-guid',
  organizationName: 'Acme',
  spaceGuid: 'space-guid',
  spaceName: 'prod',
  guid: GUID,
  name: 'orders',
  processGuid: 'process-guid',
  route: 'orders.example.org/x',
  domain: 'example.org',
  internal: false,
  labels: {},
  annotations: {},
  rule: 'promregator.targets[0]',
  authenticatorId: undefined,
  tlsId: undefined,
  accessId: '',
  scrapeIntervalMs: undefined,
  scrapeTimeoutMs: undefined,
};
const billing = { ...orders, guid: 'b1', name: 'Billing', spaceName: 'dev', organizationName: 'Beta' };
const here: AdvertisedAddress = { host: 'prom.example.org:8080', scheme: undefined, pathPrefix: '' };

function targetOf(application: TargetApplication, index: number, segment?: string): Target {
  const parts = segment === undefined ? [application.guid, index] : [application.guid, index, segment];
  const [key, instanceId] = [parts.join('/'), parts.join(':')];
  return { key, instanceId, index, origin: 'https://x', path: '/metrics', instanceHeader: undefined, application };
}

function directoryOf(targets: readonly Target[]): Directory {
  const byKey = new Map(targets.map((target) => [target.key, target]));
  return { foundations: ['default'], targets, byKey, leftOut: [], ignoredWishes: [], rules: [], warnings: [] };
}

function renderDocument({ directory, ...options }: RenderOptions & { readonly directory: Directory }): Buffer {
  return prepareDocument(directory).render(options);
}

interface Element {
  readonly targets: string[];
  readonly labels: Record<string, string>;
}

function elements(targets: readonly Target[], options: Partial<RenderOptions> = {}): Element[] {
  const directory = directoryOf(targets);
  const parsed: unknown = JSON.parse(
    renderDocument({ directory, address: here, ownMetrics: false, ...options }).toString(),
  );
  if (!isDocument(parsed)) throw new Error('this is no document that Prometheus takes');
  return parsed;
}

/** The rules of facts/prometheus.md 1.2. */
function isDocument(value: unknown): value is Element[] {
  return Array.isArray(value) && value.every(isElement);
}

function isElement(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { targets, labels, ...others }: Record<string, unknown> = { ...value };
  if (Object.keys(others).length > 0 || !Array.isArray(targets) || typeof labels !== 'object') return false;
  if (!targets.every((target) => typeof target === 'string' && !target.includes('/'))) return false;
  return Object.entries(labels ?? {}).every(([name, text]) => {
    return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && typeof text === 'string' && !/\p{Cs}/u.test(text);
  });
}

test('the element of an instance, byte for byte', () => {
  const application = { ...orders, labels: { env: 'live' }, annotations: { 'acme.org/on-call': 'a "b"' } };
  const directory = directoryOf([targetOf(application, 3)]);
  expect(renderDocument({ directory, address: here, ownMetrics: false }).toString()).toBe(
    `[\n{"targets":["prom.example.org:8080"],"labels":{${[
      `"__meta_promregator_target_path":"/singleTargetMetrics/${GUID}/3"`,
      `"__metrics_path__":"/singleTargetMetrics/${GUID}/3"`,
      `"instance":"${GUID}:3"`,
      `"__meta_promregator_target_instanceId":"${GUID}:3"`,
      `"__meta_promregator_target_instanceNumber":"3"`,
      `"__meta_promregator_target_orgName":"Acme"`,
      `"__meta_promregator_target_spaceName":"prod"`,
      `"__meta_promregator_target_applicationName":"orders"`,
      `"__meta_promregator_target_applicationId":"${GUID}"`,
      `"__meta_promregator_target_orgGuid":"org-guid"`,
      `"__meta_promregator_target_spaceGuid":"space-guid"`,
      `"__meta_promregator_target_processGuid":"process-guid"`,
      `"__meta_promregator_target_route":"orders.example.org/x"`,
      `"__meta_promregator_target_domain":"example.org"`,
      `"__meta_promregator_target_foundation":"default"`,
      `"__meta_promregator_target_app_label_env":"live"`,
      `"__meta_promregator_target_app_annotation_acme_org_on_call":"a \\"b\\""`,
    ].join(',')}}}\n]\n`,
  );
});

test.each<[number | undefined, number | undefined, string | undefined, string | undefined]>([
  [90_000, 10_500, '1m30s', '10s500ms'],
  [undefined, undefined, undefined, undefined],
  [90_000, undefined, undefined, undefined],
])(
  'an interval of %s ms and a time-out of %s ms are said as %s and %s',
  (interval, timeout, saidInterval, saidTimeout) => {
    const application = { ...orders, scrapeIntervalMs: interval, scrapeTimeoutMs: timeout };
    const labels = elements([targetOf(application, 0)])[0]?.labels;
    expect([labels?.['__scrape_interval__'], labels?.['__scrape_timeout__']]).toEqual([saidInterval, saidTimeout]);
  },
);

test('a target with a third segment has it in path and identity', () => {
  const [element] = elements([targetOf(orders, 0, 'abc')]);
  expect(element?.labels).toMatchObject({
    __metrics_path__: `/singleTargetMetrics/${GUID}/0/abc`,
    instance: `${GUID}:0:abc`,
    __meta_promregator_target_instanceId: `${GUID}:0:abc`,
    __meta_promregator_target_instanceNumber: '0',
  });
});

describe('our own metrics', () => {
  const path = '/promregatorMetrics';
  test.each<[string, Partial<AdvertisedAddress>, Record<string, string>]>([
    ['no application`s labels', {}, { __meta_promregator_target_path: path, __metrics_path__: path }],
    [
      'the scheme',
      { scheme: 'https' },
      { __scheme__: 'https', __meta_promregator_target_path: path, __metrics_path__: path },
    ],
    [
      'an identity of their own behind a prefix',
      { pathPrefix: '/cf1' },
      {
        __meta_promregator_target_path: `/cf1${path}`,
        __metrics_path__: `/cf1${path}`,
        instance: 'prom.example.org:8080/cf1',
      },
    ],
  ])('%s', (_, address, labels) => {
    const document = elements([targetOf(orders, 0)], { ownMetrics: true, address: { ...here, ...address } });
    expect(document).toHaveLength(2);
    expect(document[1]).toEqual({ targets: ['prom.example.org:8080'], labels });
  });
});

describe('address', () => {
  test.each<[AdvertisedAddress, string | undefined, string]>([
    [here, undefined, '/singleTargetMetrics'],
    [{ ...here, scheme: 'http' }, 'http', '/singleTargetMetrics'],
    [{ ...here, host: 'p:443' }, 'https', '/singleTargetMetrics'],
    [{ ...here, host: 'p:443', scheme: 'http' }, 'http', '/singleTargetMetrics'],
    [{ ...here, host: 'p:8443' }, undefined, '/singleTargetMetrics'],
    [{ ...here, host: '[::1]:443' }, 'https', '/singleTargetMetrics'],
    [{ ...here, pathPrefix: '/a/b' }, undefined, '/a/b/singleTargetMetrics'],
    [{ ...here, pathPrefix: '/' }, undefined, '/singleTargetMetrics'],
  ])('%j', (address, scheme, path) => {
    const [element] = elements([targetOf(orders, 0)], { address });
    expect(element?.targets).toEqual([address.host]);
    expect(element?.labels['__scheme__']).toBe(scheme);
    expect(element?.labels['__metrics_path__']).toBe(`${path}/${GUID}/0`);
    expect(element?.labels['__meta_promregator_target_path']).toBe(`${path}/${GUID}/0`);
  });
});

describe('labels and annotations of an application', () => {
  const metaOf = (annotations: Record<string, string>): Record<string, string> => {
    const [element] = elements([targetOf({ ...orders, annotations }, 0)]);
    const prefix = '__meta_promregator_target_app_annotation_';
    const own = Object.entries(element?.labels ?? {}).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
  };
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['names are sanitized', { 'a.b/c-d_E9': 'x', ä: 'y', '😀': 'z' }, { a_b_c_d_E9: 'x', _: 'y' }],
    ['of colliding names the first counts', { a_b: '1', 'a/b': '2', 'a-b': '3' }, { a_b: '3' }],
    ['whatever their order', { 'a-b': '3', 'a/b': '2', a_b: '1' }, { a_b: '3' }],
    ['256 characters stay', { a: 'x'.repeat(256) }, { a: 'x'.repeat(256) }],
    ['257 are cut', { a: 'x'.repeat(257) }, { a: 'x'.repeat(256) }],
    ['a pair that ends at 256 stays', { a: `${'x'.repeat(254)}😀y` }, { a: `${'x'.repeat(254)}😀` }],
    ['a pair at the cut goes', { a: `${'x'.repeat(255)}😀` }, { a: 'x'.repeat(255) }],
    ['half a pair is replaced', { a: '\ud83dx\ude00' }, { a: '\ufffdx\ufffd' }],
    ['half a pair at the cut is replaced', { a: `${'x'.repeat(255)}\ud83dy` }, { a: `${'x'.repeat(255)}\ufffd` }],
    ['empty values stay', { a: '' }, { a: '' }],
  ])('%s', (_, annotations, expected) => {
    expect(metaOf(annotations)).toEqual(expected);
  });
});

describe('filter', () => {
  const targets = [targetOf(orders, 0), targetOf(orders, 1), targetOf(billing, 0)];
  const none = { foundations: [], rules: [], organizations: [], spaces: [], applications: [] };
  test.each([
    ['nothing said', none, 3],
    ['an organization in another case', { ...none, organizations: ['aCME'] }, 2],
    ['either', { ...none, organizations: ['Acme', 'beta'] }, 3],
    ['a space', { ...none, spaces: ['dev'] }, 1],
    ['an application', { ...none, applications: ['billing', 'gone'] }, 1],
    ['both conditions', { ...none, spaces: ['dev'], applications: ['orders'] }, 0],
    ['a foundation', { ...none, foundations: ['default'] }, 3],
    ['another foundation', { ...none, foundations: ['Default', 'b'] }, 0],
    ['a rule', { ...none, rules: ['promregator.targets[0]', 'x'] }, 3],
    ['another rule', { ...none, rules: ['promregator.targets'] }, 0],
    ['an empty name', { ...none, organizations: [''] }, 0],
  ])('%s', (_, filter, expected) => {
    expect(elements(targets, { filter })).toHaveLength(expected);
  });
});

test('nothing is an empty list', () => {
  expect(renderDocument({ directory: directoryOf([]), address: here, ownMetrics: false }).toString()).toBe('[]');
});

test.each([0, 1, 700, 5000])('%i instances with long labels stand in it whole and in order', (count) => {
  const application = { ...orders, labels: { long: 'ä😀'.repeat(85), longer: 'é'.repeat(256) } };
  const targets = Array.from({ length: count }, (_, index) => targetOf(application, index));
  const document = elements(targets, { ownMetrics: true });
  expect(document.map(({ labels }) => labels['instance'])).toEqual([
    ...targets.map(({ instanceId }) => instanceId),
    undefined,
  ]);
  for (const { labels } of document.slice(0, -1)) {
    expect(labels['__meta_promregator_target_app_label_long']).toBe(application.labels.long);
  }
});

test('one preparation serves any address, each time with the same bytes', () => {
  const document = prepareDocument(directoryOf([targetOf(orders, 0), targetOf(billing, 0)]));
  const first = document.render({ address: here, ownMetrics: true });
  document.render({ address: { ...here, host: 'other:1', pathPrefix: '/x' }, ownMetrics: false });
  expect(document.render({ address: here, ownMetrics: true }).equals(first)).toBe(true);
});

const tenantText = anyText({ maxLength: 300 });
const anyMetadata = fc.dictionary(tenantText, tenantText);
const anyTargets = fc
  .array(fc.record({ name: tenantText, organizationName: tenantText, labels: anyMetadata, annotations: anyMetadata }))
  .map((apps) => apps.map((app, n) => targetOf({ ...orders, ...app, guid: `a${n}` }, n)));

test('whatever tenants write, the document obeys the rules and keeps instances apart', () => {
  fc.assert(
    fc.property(anyTargets, fc.boolean(), (targets, ownMetrics) => {
      const document = elements(targets, { ownMetrics });
      expect(document).toHaveLength(targets.length + (ownMetrics ? 1 : 0));
      expect(new Set(document.map(({ labels }) => labels['instance'])).size).toBe(document.length);
    }),
    propertyRuns(),
  );
});

test('only what is named here stands outside of __meta_, so that nothing volatile makes a new target', () => {
  const [element] = elements([targetOf({ ...orders, labels: { a: 'b' } }, 0)], {
    address: { ...here, scheme: 'http' },
  });
  const names = Object.keys(element?.labels ?? {}).filter((name) => !name.startsWith('__meta_'));
  expect(names).toEqual(['__metrics_path__', '__scheme__', 'instance']);
});

test('promtool takes it', async () => {
  const hostile = { 'a"b': '\ud800\u0000\u2028\\', __proto__: 'x', '1': '', 'ä/.-': 'z'.repeat(5000) };
  const targets = [targetOf(orders, 0), targetOf({ ...billing, name: '"\n\\\ud83d', labels: hostile }, 1, 'ab')];
  const folder = await mkdtemp(join(tmpdir(), 'sd-document-'));
  try {
    const document = renderDocument({ directory: directoryOf(targets), address: here, ownMetrics: true });
    const config = { scrape_configs: [{ job_name: 'cf', file_sd_configs: [{ files: ['sd.json'] }] }] };
    await writeFile(join(folder, 'sd.json'), document);
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
    expect(await promtool(['check', 'config', join(folder, 'prometheus.yml')])).toContain('SUCCESS');
    await writeFile(join(folder, 'sd.json'), `[{"targets":[],"labels":{"a-b":1}}]`);
    await expect(promtool(['check', 'config', join(folder, 'prometheus.yml')])).rejects.toThrow('sd.json');
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function promtool(args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)('promtool', [...args])).stdout;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new Error('promtool is missing: apt-get install prometheus', { cause: error });
  }
}
