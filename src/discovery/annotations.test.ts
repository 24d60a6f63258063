import { describe, expect, test } from 'vitest';
import { NO_WISHES, readAnnotations } from './annotations.js';

const read = (wishes: Record<string, string>) => {
  const named = Object.entries(wishes).map(([key, value]) => [`prometheus.io/${key}`, value]);
  return readAnnotations(Object.fromEntries(named));
};

describe('wishes', () => {
  test.each([
    [{}, {}],
    [{ path: '/m' }, { path: '/m' }],
    [{ path: '/' }, { path: '/' }],
    [{ path: '/a/b?x=y&z=../..' }, { path: '/a/b?x=y&z=../..' }],
    [{ path: '/@me/a..b/...' }, { path: '/@me/a..b/...' }],
    [{ path: '/a%20b' }, { path: '/a%20b' }],
    [{ port: '1' }, { port: 1 }],
    [
      { port: '65535', scheme: 'https' },
      { port: 65535, scheme: 'https' },
    ],
    [{ scheme: 'http' }, { scheme: 'http' }],
    [
      { 'scrape-interval': 'x', 'scrape-timeout': '' },
      { scrapeInterval: 'x', scrapeTimeout: '' },
    ],
  ])('%j', (annotations, wishes) => {
    const all = { ...NO_WISHES, ...wishes };
    expect(read({ scrape: 'true', ...annotations })).toEqual({ kind: 'wishes', wishes: all });
  });
});

test.each([
  [{}],
  [{ path: '/m' }],
  [{ scrape: 'false' }],
  [{ scrape: 'True' }],
  [{ scrape: '' }],
  [{ scrape: ' true' }],
])('not annotated: %j', (annotations) => {
  expect(read(annotations)).toMatchObject({ kind: 'not_annotated' });
});

describe('bad', () => {
  test.each([
    ['path', ''],
    ['path', 'metrics'],
    ['path', 'https://evil.example.org/m'],
    ['path', '//evil.example.org/m'],
    ['path', '/\\evil.example.org/m'],
    ['path', '/%2Fevil.example.org/m'],
    ['path', '/%5cevil.example.org/m'],
    ['path', '@evil.example.org/m'],
    ['path', ':80@evil.example.org/m'],
    ['path', '?x'],
    ['path', '/a b'],
    ['path', '/a\r\nHost: x'],
    ['path', '/a\n'],
    ['path', '/a\tb'],
    ['path', '/\u0000'],
    ['path', '/a\u2028b'],
    ['path', '/ü'],
    ['path', '/a#b'],
    ['path', '/..'],
    ['path', '/a/../b'],
    ['path', '/a/..?x'],
    ['path', '/a/%2e%2E/b'],
    ['path', '/a/.%2e'],
    ['path', '/a%2f..%2fb'],
    ['path', '/a%5C..%5Cb'],
    ['path', '/a/..;/b'],
    ['path', '/%'],
    ['path', '/%g0'],
    ['path', `/${'a'.repeat(2000)}`],
    ['port', ''],
    ['port', '0'],
    ['port', '080'],
    ['port', '65536'],
    ['port', '100000'],
    ['port', '-1'],
    ['port', '80.0'],
    ['port', '1e3'],
    ['port', '80 '],
    ['port', '80\n'],
    ['port', '٨٠'],
    ['scheme', ''],
    ['scheme', 'HTTP'],
    ['scheme', 'ftp'],
    ['scheme', 'https://evil'],
  ])('%s %j', (key, value) => {
    const reading = read({ scrape: 'true', [key]: value });
    expect(reading).toMatchObject({ kind: 'bad_annotation' });
    const detail = 'detail' in reading ? reading.detail : '';
    expect(detail).toContain(`prometheus.io/${key} is "`);
    expect(detail.length).toBeLessThan(200);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may get into a log
    expect(detail).not.toMatch(/[\u0000-\u001f\u2028]/);
  });

  test('the value is shown, cut and on one line', () => {
    expect(read({ scrape: 'true', port: `1\r\n${'x'.repeat(5000)}` })).toEqual({
      kind: 'bad_annotation',
      detail: `annotation prometheus.io/port is "1 ${'x'.repeat(57)}…", not a number from 1 to 65535`,
    });
  });
});

test('what every object has is no annotation', () => {
  expect(readAnnotations(JSON.parse('{"__proto__":{"prometheus.io/scrape":"true"}}'))).toMatchObject({
    kind: 'not_annotated',
  });
  const inherited: Record<string, string> = Object.create({ 'prometheus.io/scrape': 'true' });
  expect(readAnnotations(inherited)).toMatchObject({ kind: 'not_annotated' });
});
