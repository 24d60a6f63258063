import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import type { DatedInventory } from './dated-inventory.js';
import { decodeInventories, encodeInventories, type InventoryFile } from './inventory-file.js';
import { perKind } from './resources.js';

const text = fc.oneof(fc.string(), anyText(), fc.constantFrom('__proto__', 'constructor', '\n', ''));
const guid = fc.oneof(
  fc.uuid(),
  fc.constantFrom('__proto__', 'constructor', 'toString'),
  fc.string({ minLength: 1, maxLength: 200 }),
);
const metadata = fc.array(fc.tuple(text, text)).map((entries) => Object.fromEntries(entries));
const count = fc.nat({ max: 1_000_000 });
const instant = fc.nat({ max: 2 ** 45 });

function mapOf<T extends { readonly guid: string }>(element: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> {
  return fc.array(element, { maxLength: 5 }).map((all) => new Map(all.map((each) => [each.guid, each])));
}

const destination = fc.record({
  appGuid: guid,
  processType: text,
  port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
});

const inventory = fc.record({
  foundation: text,
  plan: fc.oneof(
    fc.constant({ spaces: 'all' as const }),
    fc.array(guid, { maxLength: 5 }).map((guids) => ({ spaces: new Set(guids) })),
  ),
  organizations: mapOf(fc.record({ guid, name: text })),
  spaces: mapOf(fc.record({ guid, name: text, organizationGuid: guid })),
  apps: mapOf(
    fc.record({
      guid,
      name: text,
      state: fc.constantFrom('STARTED' as const, 'STOPPED' as const),
      spaceGuid: guid,
      labels: metadata,
      annotations: metadata,
    }),
  ),
  processes: mapOf(fc.record({ guid, appGuid: text, instances: count })),
  routes: mapOf(
    fc.record({
      guid,
      url: text,
      host: text,
      path: text,
      protocol: fc.constantFrom('http' as const, 'tcp' as const),
      domainGuid: guid,
      destinations: fc.array(destination, { maxLength: 3 }),
    }),
  ),
  domains: mapOf(fc.record({ guid, name: text, internal: fc.boolean() })),
});

const dated: fc.Arbitrary<DatedInventory> = fc.record({
  inventory,
  apiOrigin: text,
  reader: fc.record({ grant: fc.constantFrom('password' as const, 'client_credentials' as const), name: text }),
  readAtMs: fc.record({
    organizations: instant,
    spaces: instant,
    apps: instant,
    processes: instant,
    routes: instant,
    domains: instant,
  }),
});

const files: fc.Arbitrary<InventoryFile> = fc.record({
  program: text,
  writtenAtMs: instant,
  inventories: fc.array(dated, { maxLength: 3 }),
});

const write = (file: InventoryFile): Buffer => Buffer.from([...encodeInventories(file)].join(''));

/** `toEqual` takes the prototype of `{}` for equal to a property of its name. */
function spelledOut(value: unknown): unknown {
  if (value instanceof Map) return ['map', ...[...value].map(spelledOut)];
  if (value instanceof Set) return ['set', ...value];
  if (Array.isArray(value)) return value.map(spelledOut);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([name, each]) => [name, spelledOut(each)]);
}

describe('an inventory file', () => {
  test('holds whatever an inventory holds', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (file) => {
        expect(spelledOut(await decodeInventories(write(file)))).toEqual(spelledOut(file));
      }),
      propertyRuns(300),
    );
  });

  test('makes nothing of what was cut off anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.nat(), async (file, where) => {
        const content = write(file);
        const cut = content.subarray(0, where % content.length);
        await expect(decodeInventories(cut)).rejects.toThrow(/ends too early/);
      }),
      propertyRuns(),
    );
  });

  test('is read a piece at a time, with turns for others in between', async () => {
    const [only] = sample.inventories;
    if (only === undefined) throw new Error('there is none');
    const domains = new Map(
      Array.from({ length: 2_000 }, (_, index) => [
        `d${index}`,
        { guid: `d${index}`, name: 'a.example', internal: false },
      ]),
    );
    const content = write({ ...sample, inventories: [{ ...only, inventory: { ...only.inventory, domains } }] });
    let turns = 0;
    let next = setImmediate(function count() {
      turns += 1;
      next = setImmediate(count);
    });
    const { inventories } = await decodeInventories(content);
    clearImmediate(next);
    expect(inventories[0]?.inventory.domains.size).toBe(2_000);
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  test('changes no prototype', async () => {
    const [only] = (await decodeInventories(write(sample))).inventories;
    expect(only?.inventory.apps.get('__proto__')).toMatchObject({ guid: '__proto__', name: 'evil' });
    expect(Object.getPrototypeOf(only?.inventory.apps.get('__proto__')?.labels)).toBe(Object.prototype);
    expect(Object.keys(only?.inventory.apps.get('__proto__')?.labels ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

const sample: InventoryFile = {
  program: '1.2.3',
  writtenAtMs: 1,
  inventories: [
    {
      apiOrigin: 'https://api.example.org',
      reader: { grant: 'password', name: 'collector' },
      readAtMs: perKind(() => 1),
      inventory: {
        foundation: 'default',
        plan: { spaces: new Set(['s']) },
        organizations: new Map([['o', { guid: 'o', name: 'org' }]]),
        spaces: new Map([['s', { guid: 's', name: 'space', organizationGuid: 'o' }]]),
        apps: new Map([
          [
            '__proto__',
            {
              guid: '__proto__',
              name: 'evil',
              state: 'STARTED',
              spaceGuid: 's',
              labels: Object.fromEntries([['__proto__', 'polluted']]),
              annotations: {},
            },
          ],
        ]),
        processes: new Map([['p', { guid: 'p', appGuid: '__proto__', instances: 2 }]]),
        routes: new Map([
          [
            'r',
            {
              guid: 'r',
              url: 'a.example.org',
              host: 'a',
              path: '',
              protocol: 'http',
              domainGuid: 'd',
              destinations: [{ appGuid: '__proto__', processType: 'web', port: 8080 }],
            },
          ],
        ]),
        domains: new Map([['d', { guid: 'd', name: 'example.org', internal: false }]]),
      },
    },
  ],
};

describe('what this program does not write is refused:', () => {
  test('the sample itself is not', async () => {
    expect((await decodeInventories(write(sample))).inventories).toHaveLength(1);
  });

  test.each<[string, string, string, RegExp]>([
    ['a line that is no JSON', '"name":"evil"', '"name":evil', /a line is no JSON/],
    [
      'a line that is no object',
      '{"guid":"o","name":"org"}',
      '["o"]',
      /organizations hold something that is no object/,
    ],
    ['null for an element', '{"guid":"o","name":"org"}', 'null', /organizations hold something that is no object/],
    ['an element without a guid', '"guid":"o",', '', /guid is no text/],
    ['an empty guid', '"guid":"o"', '"guid":""', /guid is no guid/],
    ['a long guid', '"guid":"o"', `"guid":"${'o'.repeat(201)}"`, /guid is no guid/],
    ['a number for a name', '"name":"space"', '"name":7', /name is no text/],
    ['a state that there is not', '"STARTED"', '"GONE"', /state is none of STARTED, STOPPED/],
    ['labels that are no texts', '"labels":{"__proto__":"polluted"}', '"labels":{"a":{}}', /labels hold something/],
    ['labels that are a list', '"labels":{"__proto__":"polluted"}', '"labels":[]', /labels hold something/],
    ['a negative count', '"instances":2', '"instances":-2', /instances is no count/],
    ['half an instance', '"instances":2', '"instances":0.5', /instances is no count/],
    ['too many to count', '"instances":2', '"instances":1e300', /instances is no count/],
    ['a protocol that there is not', '"http"', '"gopher"', /protocol is none of http, tcp/],
    ['destinations that are no list', '"destinations":[', '"destinations":{"a":[', /a line is no JSON|no list/],
    ['a text for a port', '"port":8080', '"port":"8080"', /port is no whole number/],
    ['a text for a flag', '"internal":false', '"internal":"no"', /internal is neither true nor false/],
    ['another grant', '"grant":"password"', '"grant":"magic"', /grant is none of/],
    ['a plan of nothing', '"spaces":["s"]', '"spaces":null', /spaces is no list/],
    ['a plan of numbers', '"spaces":["s"]', '"spaces":[1]', /spaces is no text/],
    ['a list without its time', '"routes":1,"domains":1},"elements"', '"domains":1},"elements"', /routes is no count/],
    ['more elements than there are', '"domains":1}}', '"domains":2}}', /ends too early/],
    ['fewer elements than there are', '"domains":1}}', '"domains":0}}', /goes on behind its end/],
    ['more foundations than there are', '"foundations":1', '"foundations":2', /ends too early/],
    ['no first line', '{"program":"1.2.3"', '{"pro":"1.2.3"', /program is no text/],
  ])('%s', async (_, from, to, reason) => {
    const content = write(sample).toString();
    expect(content).toContain(from);
    await expect(decodeInventories(Buffer.from(content.replace(from, () => to)))).rejects.toThrow(reason);
  });

  test('an element that is there twice', async () => {
    const content = write(sample)
      .toString()
      .replace('"domains":1}}', '"domains":2}}')
      .replace(/\{"guid":"d".*\n/, (line) => line + line);
    await expect(decodeInventories(Buffer.from(content))).rejects.toThrow(/domains are there twice/);
  });

  test.each(['', '\n', '{}\n', 'x'])('%j', async (content) => {
    await expect(decodeInventories(Buffer.from(content))).rejects.toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });
});
