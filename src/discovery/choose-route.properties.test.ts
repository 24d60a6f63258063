import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import type { Domain, Route } from '../foundation/resources.js';
import { indexRoutes } from './choose-route.js';
import { isUrlHost } from './url-host.js';

const label = fc.string({ unit: fc.constantFrom(...'aZ0-_é'), minLength: 1, maxLength: 6 });
const PIECES = [
  '.',
  '..',
  '*',
  '*.',
  '/',
  ':',
  '8080',
  '1.2',
  '0x1',
  '123',
  'xn--a',
  'example.org',
  '@',
  '#',
  '?',
  '\r\n',
  ' ',
  'é',
  '[::1]',
  '%',
];
const url = fc.oneof(
  fc
    .tuple(label, fc.constantFrom('example.org', 'apps.internal', '123'), fc.constantFrom('', '/shop'))
    .map(([host, domain, path]) => `${host}.${domain}${path}`),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }).map((pieces) => pieces.join('')),
  anyText(),
);
const route: fc.Arbitrary<Route> = fc.record({
  guid: fc.uuid(),
  url,
  host: fc.oneof(fc.constantFrom('', '*'), label),
  path: fc.constantFrom('', '/shop'),
  protocol: fc.constantFrom('http', 'tcp'),
  domainGuid: fc.constantFrom('internal', 'public', 'unknown'),
  destinations: fc.array(
    fc.record({
      appGuid: fc.constantFrom('a', 'b', '__proto__'),
      processType: fc.constantFrom('web', 'worker'),
      port: fc.option(fc.integer({ min: -1, max: 70_000 }), { nil: undefined }),
    }),
    { maxLength: 3 },
  ),
});
const domains: ReadonlyMap<string, Domain> = new Map([
  ['internal', { guid: 'internal', name: 'apps.internal', internal: true }],
  ['public', { guid: 'public', name: 'example.org', internal: false }],
]);

describe('routes of any kind', () => {
  test('give hosts that a URL may name and means the same by', () => {
    fc.assert(
      fc.property(fc.array(route, { maxLength: 4 }), (routes) => {
        for (const { web } of indexRoutes(routes, domains).values()) {
          for (const { authority, internal, ports } of web) {
            for (const written of internal ? [`0.${authority}`, `7.${authority}`] : [authority]) {
              const found = new URL(`http://${written}/metrics`);
              expect([found.hostname, found.pathname, found.username]).toEqual([
                written.replace(/:\d+$/, ''),
                '/metrics',
                '',
              ]);
            }
            expect(ports.length).toBeGreaterThan(0);
          }
        }
      }),
      propertyRuns(1000),
    );
  });

  test('count for the applications that they lead to, and for no others', () => {
    fc.assert(
      fc.property(fc.array(route, { maxLength: 4 }), (routes) => {
        const index = indexRoutes(routes, domains);
        const named = new Set(routes.flatMap(({ destinations }) => destinations.map(({ appGuid }) => appGuid)));
        expect(new Set(index.keys())).toEqual(named);
        for (const [appGuid, { web, unusable }] of index) {
          for (const each of [...web.map((one) => one.route), ...unusable]) {
            expect(each.protocol).toBe('http');
            expect(each.destinations).toContainEqual(expect.objectContaining({ appGuid, processType: 'web' }));
          }
        }
      }),
      propertyRuns(300),
    );
  });
});

test('a host that a URL may name is lower case and nothing else beside its port', () => {
  fc.assert(
    fc.property(url, (text) => {
      if (isUrlHost(text)) expect(text).toMatch(/^[a-z0-9._-]+(?::\d+)?$/);
    }),
    propertyRuns(500),
  );
});
