import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Page, parsePage, parseResource } from '../src/foundation/parse-resource.js';
import { RESOURCE_KINDS, type ResourceKind } from '../src/foundation/resources.js';
import { splitList } from '../src/foundation/split-list.js';

const OWN = fileURLToPath(new URL('fixtures/capi', import.meta.url));
/** Answers that nobody of this project wrote; not part of the repository. */
const FOREIGN = fileURLToPath(new URL('../../shared/fixtures/capi', import.meta.url));

interface Sample {
  readonly kind: ResourceKind;
  readonly guid: unknown;
  readonly result: ReturnType<typeof parseResource>;
}

interface SampleList {
  readonly page: Page | undefined;
  readonly elements: readonly unknown[];
}

/** Read as the lister does: the frame on its own, the elements one by one. */
function listIn(folder: string, file: string): SampleList | undefined {
  const bytes = readFileSync(join(folder, file));
  const split = splitList(bytes);
  if (split === undefined) return undefined;
  const elements = split.elements.map(([start, end]): unknown => JSON.parse(bytes.toString('utf8', start, end)));
  return { page: parsePage(JSON.parse(split.frame)), elements };
}

/** The resources of a file: those of a list, or the one that it holds. */
function samplesIn(folder: string, file: string): Sample[] {
  const kind = kindOf(file);
  if (kind === undefined) return [];
  const document: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const elements = listIn(folder, file)?.elements ?? [document];
  return elements.filter(isResource).map((element) => {
    return { kind, guid: guidOf(element), result: parseResource(kind, element) };
  });
}

/** By folder or name of file: `apps/single_app.json`, `go-cfclient/app.json`, `apps-old.json`. */
function kindOf(file: string): ResourceKind | undefined {
  if (/\/apps\/GET_id_processes_(type_)?response/.test(file)) return 'processes';
  if (/\/apps\/GET_id_routes_response/.test(file)) return 'routes';
  if (/\/organizations\/GET_id_domains_response/.test(file)) return 'domains';
  const folder = file.split('/').at(-2);
  const byFolder = RESOURCE_KINDS.find((kind) => kind === folder);
  if (byFolder !== undefined) return byFolder;
  const word = basename(file, '.json').split('-')[0] ?? '';
  const plural: Readonly<Record<string, ResourceKind>> = {
    org: 'organizations',
    organization: 'organizations',
    space: 'spaces',
    app: 'apps',
    process: 'processes',
    route: 'routes',
    domain: 'domains',
  };
  return RESOURCE_KINDS.find((kind) => kind === word) ?? plural[word];
}

/** Not the parts of resources that lie beside them: statistics, destinations, relationships, summaries. */
function isResource(element: unknown): boolean {
  if (typeof element !== 'object' || element === null) return true;
  return 'guid' in element || 'name' in element ? !('app' in element) : false;
}

function guidOf(element: unknown): unknown {
  return typeof element === 'object' && element !== null && 'guid' in element ? element.guid : undefined;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort();
}

function checkNamed(sample: Sample, file: string): void {
  const { result, guid } = sample;
  if (result.ok) {
    expect(result.value.guid, file).toBe(guid);
    return;
  }
  expect(result.guid, file).toBe(typeof guid === 'string' ? guid : undefined);
  expect(result.problem, file).not.toBe('');
}

describe('our own samples', () => {
  const files = filesIn(OWN);

  test.each(files)('%s: each resource parses or is dropped with its guid', (file) => {
    const samples = samplesIn(OWN, file);
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) checkNamed(sample, file);
  });

  test.each<[ResourceKind, number, readonly unknown[]]>([
    ['organizations', 5, ['org-without-name', undefined, '', 'org-null-name', undefined]],
    ['spaces', 3, ['space-oven', 'space-shop']],
    ['apps', 7, ['app-odd-state', 'app-no-space', 'app-no-relationships', 42, '{{.GUID}}']],
    ['processes', 7, ['process-no-app', 'process-null-links', 'process-half', 'process-below-zero']],
    ['routes', 7, ['route-no-domain', 'route-no-url', 'route-odd-destination']],
    ['domains', 6, ['domain-odd-internal', 'domain-no-name']],
  ])('of %s %d parse, the others are known', (kind, parsed, dropped) => {
    const samples = files.flatMap((file) => samplesIn(OWN, file)).filter((sample) => sample.kind === kind);
    expect(samples.filter(({ result }) => result.ok).length).toBe(parsed);
    const names = samples.filter(({ result }) => !result.ok).map(({ guid }) => guid);
    expect(names.map(String).sort()).toEqual(dropped.map(String).sort());
  });

  test.each<[string, ResourceKind, string, object]>([
    ['apps-new.json', 'apps', 'app-till', { state: 'STARTED', spaceGuid: 'space-live', labels: { team: 'shop' } }],
    ['apps-old.json', 'apps', 'app-no-metadata', { labels: {}, annotations: {} }],
    ['apps-old.json', 'apps', 'app-boolean-label', { labels: {} }],
    ['apps-old.json', 'apps', 'app-null-metadata', { labels: {}, annotations: {} }],
    ['processes-old.json', 'processes', 'process-till', { appGuid: 'app-till', instances: 5 }],
    ['processes-old.json', 'processes', 'process-scale', { appGuid: 'app-scale', instances: 1 }],
    ['processes-new.json', 'processes', 'process-rolling', { appGuid: 'app-till', instances: 1 }],
    ['routes-old.json', 'routes', 'route-old', { protocol: 'http', path: '/counter', destinations: [] }],
    ['routes-new.json', 'routes', 'route-tcp', { protocol: 'tcp', domainGuid: 'domain-tcp' }],
    [
      'routes-new.json',
      'routes',
      'route-process-null',
      { host: '', path: '', destinations: [{ appGuid: 'app-till', processType: 'web', port: undefined }] },
    ],
    ['route.json', 'routes', '{{.GUID}}', { protocol: 'tcp' }],
    ['domains-new.json', 'domains', 'domain-internal', { internal: true }],
    ['domains-old.json', 'domains', 'domain-oldest', { internal: false }],
  ])('%s: %s %s', (file, kind, guid, fields) => {
    const sample = samplesIn(OWN, file).find((each) => each.guid === guid);
    expect(sample?.kind).toBe(kind);
    expect(sample?.result).toMatchObject({ ok: true, value: fields });
  });

  test.each(files.filter((file) => /^[a-z]+s-/.test(file)))('%s is framed as a list', (file) => {
    const list = listIn(OWN, file);
    expect(list?.elements.length).toBeGreaterThan(0);
    expect(list?.page?.hasNext).toBe((list?.page?.totalResults ?? 0) > (list?.elements.length ?? 0));
  });
});

/** They lie beside the repository on some machines only; where they do not, there is nothing to test. */
if (existsSync(FOREIGN))
  describe(`samples of others in ${relative(process.cwd(), FOREIGN)}`, () => {
    const files = filesIn(FOREIGN);

    test.each(files)('%s', (file) => {
      for (const sample of samplesIn(FOREIGN, file)) checkNamed(sample, file);
    });

    test('nearly all of them parse', () => {
      const samples = files.flatMap((file) => samplesIn(FOREIGN, file));
      const dropped = samples.filter(({ result }) => !result.ok);
      expect(samples.length).toBeGreaterThan(40);
      expect(dropped.length).toBeLessThan(samples.length / 5);
    });
  });
