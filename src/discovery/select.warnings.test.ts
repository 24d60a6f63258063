import { describe, expect, test } from 'vitest';
import { type AppSketch, named, select } from '../../test/support/discovery/selection.js';
import type { Rule } from './rules.js';

describe('warnings', () => {
  test('an authenticator that an earlier rule keeps from being used is told once', () => {
    const directory = select([{ guid: 'a' }, { guid: 'b' }], [{}, { authenticatorId: 'basic' }, {}]);
    expect(directory.warnings).toEqual([
      "promregator.targets[1] names authenticator 'basic' for applications that promregator.targets[0] scrapes already with the default authenticator; the earlier rule counts",
    ]);
  });

  test.each<[string, Partial<Rule>, string[]]>([
    ['the same', {}, []],
    ['TLS settings', { tlsId: 'mutual' }, ['other TLS settings']],
    ['an interval', { scrapeIntervalMs: 60_000 }, ['another scrape interval or time-out']],
    [
      'everything',
      { tlsId: 'mutual', scrapeIntervalMs: 60_000, authenticatorId: 'x' },
      ["authenticator 'x'", 'other TLS settings', 'another scrape interval or time-out'],
    ],
  ])('of two rules that differ in %s', (_, change, expected) => {
    const directory = select([{ guid: 'a' }, { guid: 'b' }], [{}, change]);
    expect(directory.warnings).toEqual(expected.map((words) => expect.stringContaining(words)));
    for (const warning of directory.warnings) {
      expect(warning).toMatch(/^promregator\.targets\[1\] .*promregator\.targets\[0\] .*the earlier rule counts$/);
    }
  });

  describe('on wishes that are not honoured', () => {
    const rule = { kubernetesAnnotations: true };
    const wishing = (wishes: Record<string, string>, guid = 'a'): AppSketch => {
      const named = Object.entries(wishes).map(([key, value]) => [`prometheus.io/${key}`, value]);
      return { guid, annotations: { 'prometheus.io/scrape': 'true', ...Object.fromEntries(named) } };
    };
    test.each<[string, Record<string, string>, Partial<Rule>, string | undefined]>([
      ['none', { scheme: 'http', 'scrape-interval': '30s' }, rule, undefined],
      ['an interval', { 'scrape-interval': '1s' }, rule, 'scrape-interval is "1s", not between 5s and 10m'],
      ['a time-out', { 'scrape-timeout': '1s' }, rule, 'scrape-timeout is "1s", without an interval that counts'],
      ['http', { scheme: 'http' }, { ...rule, protocol: 'https' }, 'scheme is "http", but the rule says https'],
      ['http', { scheme: 'http' }, { ...rule, authenticatorId: 'x' }, 'scheme is "http", but credentials would'],
      ['nothing where annotations do not count', { scheme: 'http', 'scrape-interval': '1s' }, {}, undefined],
    ])('%s', (_, wishes, change, words) => {
      const directory = select([wishing(wishes)], [change]);
      expect(directory.targets).toHaveLength(1);
      expect(directory.ignoredWishes).toEqual(
        words === undefined
          ? []
          : [
              expect.objectContaining({
                organizationName: 'Acme',
                appName: 'a',
                rule: 'promregator.targets[0]',
                detail: expect.stringContaining(`annotation prometheus.io/${words}`),
              }),
            ],
      );
      expect(directory.warnings).toEqual(
        words === undefined
          ? []
          : [expect.stringMatching(/^Application Acme\/dev\/a is scraped without regard .*: annotation .*\.$/)],
      );
    });

    test('each once, and not more than 20', () => {
      const apps = (count: number) =>
        Array.from({ length: count }, (_, n) => wishing({ 'scrape-interval': '1s\r\n' }, `a${n}`));
      const rules = [rule, { ...rule, paths: ['/m'] }];
      expect(select(apps(20), rules).warnings).toHaveLength(20);
      const many = select(apps(100), rules);
      expect(many.ignoredWishes).toHaveLength(200);
      expect(many.warnings).toHaveLength(21);
      expect(many.warnings.at(-1)).toContain('see ignoredWishes in /debug/discovery');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may get into a log
      expect(many.warnings.join('')).not.toMatch(/[\u0000-\u001f]/);
    });
  });

  test.each<[number, number, boolean]>([
    [5000, 5000, false],
    [5001, 5000, true],
    [1_000_000, 5000, true],
  ])('an application of %i instances has %i targets', (wanted, expected, isTold) => {
    const directory = select(
      [{ guid: 'a', web: [wanted] }, { guid: 'b' }],
      [{}, { paths: ['/m'], application: named('a') }],
    );
    expect(directory.targets).toHaveLength(2 * expected + 1);
    expect(directory.rules.map(({ instances }) => instances)).toEqual([expected + 1, expected]);
    const sentence = 'Application Acme/dev/a wants more than 5000 instances: only the first 5000 are scraped.';
    expect(directory.warnings).toEqual(isTold ? [sentence] : []);
  });

  const shared = (to: string[]) => [{ url: 'x.apps.internal', to: to.map((appGuid) => ({ appGuid })) }];
  test.each<[string, AppSketch[], string[]]>([
    [
      'two applications on one',
      [
        { guid: 'b', routes: shared(['b', 'a']) },
        { guid: 'a', routes: [] },
      ],
      ['Acme/dev/a and Acme/dev/b'],
    ],
    ['one that we do not see', [{ guid: 'b', routes: shared(['b', '00-far']) }], ['00-far and Acme/dev/b']],
    ['many', [{ guid: 'b', routes: shared(['1', '2', '3', '4', '5', '6', 'b']) }], ['1, 2, 3, 4, 5 and 2 more']],
    [
      'a stopped one',
      [
        { guid: 'b', routes: shared(['b', 'a']) },
        { guid: 'a', state: 'STOPPED' },
      ],
      [],
    ],
    ['the same twice', [{ guid: 'b', routes: shared(['b', 'b']) }], []],
    ['a route that is not in use', [{ guid: 'b', routes: [{ url: 'b.example.org' }, ...shared(['b', 'a'])] }], []],
    ['an external route', [{ guid: 'b', routes: [{ url: 'b.example.org', to: [{}, { appGuid: 'a' }] }] }], []],
  ])('%s', (_, apps, names) => {
    const sentences = names.map((each) => expect.stringContaining(`x.apps.internal belongs to ${each}:`));
    expect(select(apps).warnings).toEqual(sentences);
  });
});
