import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { everyone, named, select } from '../../test/support/discovery/selection.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import type { Directory } from './directory.js';

describe('properties', () => {
  const text = fc.oneof(
    fc.constantFrom('a.example.org', 'b.apps.internal', '', '*', '/', 'x:1', '*.example.org'),
    fc.string(),
  );
  const sketch = fc.record({
    state: fc.constantFrom('STARTED' as const, 'STOPPED' as const),
    space: fc.constantFrom('dev', 'prod', 'beta-dev', 'orphan', 'gone'),
    web: fc.array(fc.nat(3), { maxLength: 3 }),
    annotations: fc.dictionary(
      fc.constantFrom('prometheus.io/scrape', 'prometheus.io/path', 'prometheus.io/port', 'prometheus.io/scheme'),
      fc.oneof(fc.constantFrom('true', '/m', '8080', 'http'), anyText()),
    ),
    routes: fc.array(
      fc.record({
        url: text,
        host: text,
        tcp: fc.boolean(),
        to: fc.array(
          fc.record({ processType: fc.constantFrom('web', 'worker'), port: fc.constantFrom(8080, undefined) }),
        ),
      }),
      { maxLength: 3 },
    ),
  });
  const apps = fc.array(sketch, { maxLength: 8 }).map((all) => all.map((each, n) => ({ guid: `g${n}`, ...each })));
  const rule = fc.record({
    organization: fc.constantFrom(everyone, named('acme')),
    application: fc.constantFrom(everyone, named('G1')),
    paths: fc.array(fc.oneof(fc.constantFrom('/metrics', '/m'), anyText()), {
      minLength: 1,
      maxLength: 3,
    }),
    foundation: fc.constantFrom(undefined, 'default', 'b'),
    protocol: fc.constantFrom('http' as const, 'https' as const, undefined),
    overrideRouteAndPath: fc.option(fc.string(), { nil: undefined }),
    kubernetesAnnotations: fc.boolean(),
  });
  const rules = fc.array(rule, { maxLength: 4 });

  test('only applications that run, with a web process and a route, become targets, each key once', () => {
    fc.assert(
      fc.property(apps, rules, (sketches, changes) => {
        const directory = select(sketches, changes);
        expect(directory.byKey.size).toBe(directory.targets.length);
        for (const { application, index, path, origin } of directory.targets) {
          const app = sketches.find(({ guid }) => guid === application.guid);
          expect(app?.state).toBe('STARTED');
          expect(index).toBeLessThan(Math.max(...(app?.web ?? [])));
          const routed = app?.routes.filter(
            ({ tcp, to }) => !tcp && to.some(({ processType }) => processType === 'web'),
          );
          expect(routed?.map(({ url }) => url)).toContain(application.route);
          expect(path).toMatch(/^\/(?!\/)[\x21-\x7e]*$/);
          expect(URL.canParse(origin)).toBe(true);
        }
      }),
      propertyRuns(),
    );
  });

  test('every application that a rule picks is a target or is left out with a reason', () => {
    fc.assert(
      fc.property(apps, (sketches) => {
        const directory = select(sketches);
        const seen = new Set([
          ...directory.targets.map(({ application }) => application.guid),
          ...directory.leftOut.map(({ appGuid }) => appGuid),
        ]);
        expect(seen.size).toBe(directory.rules[0]?.applications);
      }),
      propertyRuns(),
    );
  });

  test('an application that loses its route or its process touches no other', () => {
    fc.assert(
      fc.property(
        apps,
        rules,
        fc.nat(7),
        fc.constantFrom({ routes: [] }, { web: [] }),
        (sketches, changes, nth, loss) => {
          const lost = `g${nth}`;
          const others = (directory: Directory) =>
            directory.targets.filter(({ application }) => application.guid !== lost);
          const after = select(
            sketches.map((each) => (each.guid === lost ? { ...each, ...loss } : each)),
            changes,
          );
          expect(after.targets).toEqual(others(select(sketches, changes)));
        },
      ),
      propertyRuns(),
    );
  });
});
