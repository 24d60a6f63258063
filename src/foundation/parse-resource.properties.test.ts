import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { parsePage, parseResource } from './parse-resource.js';
import { RESOURCE_KINDS } from './resources.js';
import { isOlder, readRoot } from './root-document.js';
import { readStored } from './stored-resource.js';

const text = fc.oneof(anyText(), fc.constantFrom('', '__proto__', 'constructor', 'web', 'tcp', 'STARTED'));
const guid = fc.oneof(fc.uuid(), fc.constantFrom('__proto__', 'a', ''), fc.string({ maxLength: 201 }));
const any = fc.oneof(fc.constantFrom(null, true, -1, 0.5, 8080, '', 'a'), fc.jsonValue({ maxDepth: 2 }), text);
const orOdd = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ weight: 9, arbitrary: usual }, any);
const toOne = orOdd(fc.record({ data: orOdd(fc.record({ guid: orOdd(guid) })) }));
/** From JSON, in which `__proto__` is a name like any other. */
const texts = fc.array(fc.tuple(text, any)).map((entries): unknown => Object.fromEntries(entries));

/** Nearly what the API says, of any kind; each field may be missing or something else. */
const element = fc.record(
  {
    guid: orOdd(guid),
    name: orOdd(text),
    state: orOdd(fc.constantFrom('STARTED', 'STOPPED')),
    type: orOdd(text),
    instances: orOdd(fc.nat()),
    host: orOdd(text),
    path: orOdd(text),
    url: orOdd(text),
    protocol: orOdd(fc.constantFrom('http', 'tcp', null)),
    port: orOdd(fc.constantFrom(null, 1024)),
    internal: orOdd(fc.boolean()),
    destinations: orOdd(
      fc.array(
        orOdd(fc.record({ app: orOdd(fc.record({ guid: orOdd(guid) })), port: orOdd(fc.constantFrom(null, 8080)) })),
        {
          maxLength: 2,
        },
      ),
    ),
    metadata: orOdd(fc.record({ labels: orOdd(texts), annotations: orOdd(texts) })),
    relationships: orOdd(fc.record({ organization: toOne, space: toOne, app: toOne, domain: toOne })),
    links: orOdd(
      fc.record({ app: orOdd(fc.record({ href: orOdd(text.map((each) => `https://a/v3/apps/${each}`)) })) }),
    ),
  },
  { requiredKeys: ['guid', 'name', 'type', 'instances', 'url', 'state', 'relationships'] },
);

const kind = fc.constantFrom(...RESOURCE_KINDS);

describe('an element of a list', () => {
  test('is taken, or refused with its guid and a reason', () => {
    fc.assert(
      fc.property(kind, fc.oneof({ weight: 9, arbitrary: element }, any), (of, json) => {
        const parsed = parseResource(of, json);
        if (parsed.ok) {
          expect(parsed.value.guid.length).toBeGreaterThan(0);
          expect(parsed.value.guid.length).toBeLessThanOrEqual(200);
        } else {
          expect(parsed.problem).not.toBe('');
          expect((parsed.guid ?? '').length).toBeLessThanOrEqual(200);
        }
      }),
      propertyRuns(1000),
    );
  });

  test('that is taken is one that a file of inventories takes too', () => {
    fc.assert(
      fc.property(kind, element, (of, json) => {
        const parsed = parseResource(of, json);
        if (!parsed.ok) return;
        const stored: unknown = JSON.parse(JSON.stringify(parsed.value));
        expect(readStored(of, stored)).toEqual(parsed.value);
      }),
      propertyRuns(1000),
    );
  });

  test('keeps labels that are texts, and no others', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, any)), (entries) => {
        const labels: unknown = Object.fromEntries(entries.filter(([name]) => name !== '__proto__'));
        const relationships = { space: { data: { guid: 's' } } };
        const json = {
          guid: 'a',
          name: 'a',
          state: 'STARTED',
          relationships,
          metadata: { labels, annotations: labels },
        };
        const parsed = parseResource('apps', json);
        if (!parsed.ok) throw new Error(parsed.problem);
        const expected = Object.entries(Object(labels)).filter(([, value]) => typeof value === 'string');
        expect(Object.entries(parsed.value.labels)).toEqual(expected);
        expect(Object.entries(parsed.value.annotations)).toEqual(expected);
      }),
      propertyRuns(300),
    );
  });

  test('changes no prototype', () => {
    fc.assert(
      fc.property(kind, element, fc.constantFrom('labels', 'annotations', 'metadata'), (of, json, where) => {
        const evil: unknown = JSON.parse(
          '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}',
        );
        const parsed = parseResource(of, { ...json, metadata: where === 'metadata' ? evil : { [where]: evil } });
        expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
        if (parsed.ok) expect(parsed.value).not.toHaveProperty('polluted');
      }),
      propertyRuns(),
    );
  });
});

test('a page says how much there is, or is none', () => {
  const page = orOdd(
    fc.record(
      {
        pagination: orOdd(fc.record({ total_results: orOdd(fc.nat()), next: orOdd(fc.record({ href: orOdd(text) })) })),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(page, (json) => {
      const { totalResults } = parsePage(json) ?? { totalResults: 0 };
      expect(Number.isSafeInteger(totalResults) && totalResults >= 0).toBe(true);
    }),
    propertyRuns(500),
  );
});

describe('the root of the API', () => {
  const href = fc.oneof(
    fc.webUrl({ withQueryParameters: true }),
    fc
      .array(fc.constantFrom('https:', 'HTTP:', 'ftp:', '/', '//', 'uaa', ':', '@', '8443', '\n', '%', '[::1]'))
      .map((all) => all.join('')),
  );
  const link = orOdd(fc.record({ href: orOdd(href) }));
  const api = orOdd(
    fc.record({ meta: orOdd(fc.record({ version: orOdd(fc.string({ unit: fc.constantFrom(...'0123.+-a') })) })) }),
  );
  const root = orOdd(fc.record({ links: orOdd(fc.record({ login: link, uaa: link, cloud_controller_v3: api })) }));

  test('leads to an http address without slashes at its end, or is none', () => {
    fc.assert(
      fc.property(root, (document) => {
        const found = readRoot(document);
        if (found === undefined) return;
        expect(['http:', 'https:']).toContain(new URL(found.loginUrl).protocol);
        expect(found.loginUrl).toMatch(/[^/]$/);
      }),
      propertyRuns(1000),
    );
  });

  test('versions are compared by their numbers', () => {
    const version = fc.tuple(fc.nat(300), fc.nat(300), fc.nat(300));
    fc.assert(
      fc.property(version, version, fc.constantFrom('', '+cf-k8s', '-rc.1'), (ours, theirs, suffix) => {
        const at = ours.findIndex((number, index) => number !== theirs[index]);
        const expected = at >= 0 && (ours[at] ?? 0) < (theirs[at] ?? 0);
        expect(isOlder(ours.join('.') + suffix, theirs.join('.'))).toBe(expected);
      }),
      propertyRuns(),
    );
  });
});
