import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { quote, readAnnotations } from './annotations.js';
import { scrapeTiming } from './timing.js';
import { wirePath } from './wire-path.js';

const PIECES = [
  ...['/..;', '/..;x/'],
  ...[
    '/',
    '//',
    '..',
    '.',
    '%2e',
    '%2E',
    '%2f',
    '%5c',
    '%252e',
    '\\',
    ';',
    ';x=1',
    '?',
    '#',
    '@',
    ':',
    '%',
    '%00',
    '%0d%0a',
  ],
  ...['\r\n', '\t', ' ', 'metrics', 'http:', 'evil.example.com', 'é', '\ud800', '\u2028', '...', '&', '=', "'", '"'],
];
const path = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 7 }).map((pieces) => `/${pieces.join('')}`),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 7 }).map((pieces) => pieces.join('')),
  fc.webPath(),
  anyText(),
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom('080', '1e3', '65535', '65536', '0', ' 80', '80\n'),
  fc.string(),
);
const scheme = fc.oneof(fc.constantFrom('http', 'https', 'HTTP', 'ftp', 'https:', 'http '), fc.string());
const annotations = fc.record(
  {
    'prometheus.io/scrape': fc.oneof({ weight: 9, arbitrary: fc.constant('true') }, fc.string()),
    'prometheus.io/path': path,
    'prometheus.io/port': number,
    'prometheus.io/scheme': scheme,
    'prometheus.io/scrape-interval': fc.string(),
  },
  { requiredKeys: [] },
);
/** The path of a route, as the API takes it. */
const base = fc.constantFrom('', '/shop', '/shop/v1/', '/a%20b');

/** Every way in which somebody on the way may read a path again. Java servers pass over what stands behind a `;`. */
function readings(target: string): readonly string[] {
  const [bare = ''] = target.split('?');
  const dots = bare.replace(/%2e/gi, '.');
  return [bare, dots, dots.replace(/%2f/gi, '/').replace(/%5c|\\/gi, '/')];
}

describe('annotations', () => {
  test('of any kind are wishes that can be asked for, or named as bad in one short line', () => {
    fc.assert(
      fc.property(annotations, (all) => {
        const reading = readAnnotations(all);
        if (reading.kind !== 'wishes') {
          expect(reading.detail).toMatch(/^[^\p{Cc}\p{Cs}\u2028\u2029]{1,250}$/u);
          return;
        }
        const { port, scheme: wished } = reading.wishes;
        if (port !== undefined) expect(Number.isInteger(port) && port >= 1 && port <= 65_535).toBe(true);
        expect([undefined, 'http', 'https']).toContain(wished);
      }),
      propertyRuns(1000),
    );
  });

  test('never lead out of the path of the route, nor to another host', () => {
    fc.assert(
      fc.property(path, base, (wished, route) => {
        const reading = readAnnotations({ 'prometheus.io/scrape': 'true', 'prometheus.io/path': wished });
        if (reading.kind !== 'wishes') return;
        const target = wirePath(route, reading.wishes.path ?? '');
        const start = route.replace(/\/$/, '');
        for (const read of readings(target)) {
          expect(read).toMatch(/^\/(?:$|[^/])/);
          expect(read.split('/')).not.toContain('..');
          expect(read.replace(/;[^/]*/g, '').split('/')).not.toContain('..');
          const url = new URL(`https://app.example.org${read}`);
          expect([url.host, url.hash]).toEqual(['app.example.org', '']);
          expect(`${url.pathname}/`.startsWith(`${start}/`)).toBe(true);
        }
      }),
      propertyRuns(3000),
    );
  });

  test('that are clean are taken as they are', () => {
    const clean = fc
      .array(fc.constantFrom('a', 'metrics', '%20', '.well-known', 'a.b', 'x;y', '~'))
      .map((all) => `/${all.join('/')}`);
    fc.assert(
      fc.property(clean, fc.integer({ min: 1, max: 65_535 }), (wished, port) => {
        const all = {
          'prometheus.io/scrape': 'true',
          'prometheus.io/path': wished,
          'prometheus.io/port': String(port),
        };
        expect(readAnnotations(all)).toMatchObject({ kind: 'wishes', wishes: { path: wished, port } });
      }),
      propertyRuns(),
    );
  });

  test('are quoted short and on one line, whatever they hold', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 200 }), (value) => {
        const quoted = quote(value);
        expect(quoted).toMatch(/^"[^\p{Cc}\p{Cs}\u2028\u2029]{0,62}"$/u);
      }),
      propertyRuns(300),
    );
  });
});

test('whatever is wished, an interval stays within bounds and a time-out within its interval', () => {
  const duration = fc.oneof(
    fc.tuple(fc.nat({ max: 100 }), fc.constantFrom('ms', 's', 'm', 'h', '', 'y')).map((all) => all.join('')),
    fc.string(),
  );
  const wish = fc.option(duration, { nil: undefined });
  const ms = fc.option(fc.integer({ min: 1000, max: 600_000 }), { nil: undefined });
  fc.assert(
    fc.property(wish, wish, ms, ms, (scrapeInterval, scrapeTimeout, scrapeIntervalMs, scrapeTimeoutMs) => {
      const { intervalMs, timeoutMs, ignored } = scrapeTiming({
        rule: { scrapeIntervalMs, scrapeTimeoutMs },
        wishes: { scrapeInterval, scrapeTimeout },
        intervalBoundsMs: { min: 5000, max: 300_000 },
      });
      expect(timeoutMs === undefined).toBe(intervalMs === undefined);
      expect(timeoutMs ?? 1).toBeLessThanOrEqual(intervalMs ?? 1);
      expect(timeoutMs ?? 1).toBeGreaterThan(0);
      if (intervalMs !== scrapeIntervalMs && intervalMs !== undefined) {
        expect(intervalMs).toBeGreaterThanOrEqual(5000);
        expect(intervalMs).toBeLessThanOrEqual(300_000);
      }
      for (const line of ignored) expect(line).toMatch(/^[^\p{Cc}]{1,250}$/u);
    }),
    propertyRuns(500),
  );
});
