import { describe, expect, test } from 'vitest';
import { MANDATORY_ENV, type Written } from '../../../test/support/config/load-written.js';
import { configOf, problemsOf } from '../../../test/support/config/outcome.js';
import type { Rule } from '../config.js';

const targets = (text: string): string => `promregator: {targets: [${text}]}`;

describe('rules', () => {
  test.each<[string, string, (rule: Rule | undefined) => unknown, unknown]>([
    ['a rule is called by its id', '{id: shop.v2_x-1}', (r) => [r?.id, r?.name], ['shop.v2_x-1', 'shop.v2_x-1']],
    ['else by its place', '{}', (r) => [r?.id, r?.name], [undefined, 'promregator.targets[0]']],
    [
      'what it leaves out',
      '{excludeApplicationRegex: ".*-canary"}',
      (r) => ['Shop-Canary', 'shop'].map((name) => r?.excludeApplication?.test(name)),
      [true, false],
    ],
    [
      'labels',
      '{labelSelector: "env=prod,!legacy"}',
      (r) => [{ env: 'prod' }, { env: 'prod', legacy: '' }].map((labels) => r?.labelSelector?.test(labels)),
      [true, false],
    ],
    ['one path', '{path: m}', (r) => r?.paths, ['/m']],
    ['no path', '{path: }', (r) => r?.paths, ['/metrics']],
    ['several paths, each once', '{paths: [a, /b?x=1, /a]}', (r) => r?.paths, ['/a', '/b?x=1']],
    ['several paths in one text', '{paths: "a, b"}', (r) => r?.paths, ['/a', '/b']],
    ['an empty list of paths', '{paths: []}', (r) => r?.paths, ['/metrics']],
    [
      'interval and time-out',
      '{scrapeInterval: 1m30s, scrapeTimeout: 500ms}',
      (r) => [r?.scrapeIntervalMs, r?.scrapeTimeoutMs],
      [90_000, 500],
    ],
    [
      'both as seconds',
      '{scrapeInterval: 30, scrapeTimeout: 2.5}',
      (r) => [r?.scrapeIntervalMs, r?.scrapeTimeoutMs],
      [30_000, 2500],
    ],
    ['the bounds themselves', '{scrapeInterval: 10m}', (r) => r?.scrapeIntervalMs, 600_000],
    ['no TLS of its own', '{}', (r) => r?.tls, undefined],
  ])('%s', async (_, rule, pick, expected) => {
    const { rules } = await configOf({ yaml: targets(rule) });
    expect(pick(rules[0])).toEqual(expected);
  });

  test('bounds of the operator', async () => {
    const { rules, scraping } = await configOf({
      yaml: 'promregator: {scraping.intervalBounds: {min: 1, max: 7200}, targets: [{scrapeInterval: 1h}]}',
    });
    expect([rules[0]?.scrapeIntervalMs, scraping.intervalBoundsMs]).toEqual([3_600_000, { min: 1000, max: 7_200_000 }]);
  });

  test.each<[string, Written, readonly string[]]>([
    [
      'an id twice',
      { yaml: targets('{id: a}, {id: b}, {id: a}') },
      [
        'promregator.yml:1:48: promregator.targets[2].id: found "a", expected an id that no earlier one has; give it another id',
      ],
    ],
    [
      'an id that is a number',
      { yaml: targets('{id: 007}') },
      ['promregator.yml:1:30: promregator.targets[0].id: found "007", expected an id that is no number'],
    ],
    [
      'an id that no URL can carry',
      { yaml: targets('{id: a/b}') },
      [expect.stringContaining('promregator.targets[0].id: found "a/b", expected a name of letters')],
    ],
    [
      'an exclusion that does not compile',
      { yaml: targets('{excludeApplicationRegex: "a("}') },
      [expect.stringContaining('promregator.targets[0].excludeApplicationRegex: found "a(", which does not compile')],
    ],
    [
      'labels that cannot be read',
      { yaml: targets('{labelSelector: "env in a"}') },
      [
        expect.stringMatching(
          /promregator\.targets\[0\]\.labelSelector: found "env in a", which cannot be read: .* at character \d+, expected a label selector/,
        ),
      ],
    ],
    [
      'path beside paths',
      { yaml: targets('{path: a, paths: [b]}') },
      [
        'promregator.yml:1:32: promregator.targets[0].path: found path beside paths, expected one or the other; make it one of paths',
      ],
    ],
    [
      'a path with a fault of its own beside paths',
      { yaml: targets('{path: "a b", paths: [b]}') },
      [
        expect.stringContaining('promregator.targets[0].path: found path beside paths'),
        expect.stringContaining('promregator.targets[0].path: found "a b"'),
      ],
    ],
    [
      'a URL for a path',
      { yaml: targets('{path: "http://x/y"}') },
      [
        'promregator.yml:1:32: promregator.targets[0].path: found "http://x/y", expected a path alone, such as /metrics; the host is that of the route; protocol and internalRoutePort have options of their own',
      ],
    ],
    [
      'a user before a gateway',
      { yaml: targets('{overrideRouteAndPath: "u:hunter2@gw.x/p"}') },
      [
        'promregator.yml:1:48: promregator.targets[0].overrideRouteAndPath: found "<secret>@gw.x/p", expected a host and a path without scheme and user, such as gateway.example.org/path; the scheme is the protocol of the rule',
      ],
    ],
    [
      'a glob for an expression',
      { yaml: targets('{orgRegex: "*.prod"}') },
      [
        'promregator.yml:1:36: promregator.targets[0].orgRegex: found "*.prod", which does not compile: a * that repeats nothing at character 1, expected a regular expression; for any text write .*',
      ],
    ],
    [
      'bounds that are swapped, and nothing else',
      {
        yaml: 'promregator: {scraping.intervalBounds: {min: 60, max: 5}, targets: [{scrapeInterval: 30s}, {scrapeInterval: 10s}]}',
      },
      [
        'promregator.yml:1:46: promregator.scraping.intervalBounds.min: found "60", expected at most promregator.scraping.intervalBounds.max (5)',
      ],
    ],
    [
      'a time-out without interval',
      { yaml: targets('{scrapeTimeout: 1s}') },
      [
        'promregator.yml:1:41: promregator.targets[0].scrapeTimeout: found "1s" alone, expected a scrapeInterval beside it, which it must not exceed',
      ],
    ],
    [
      'a path with a space among others',
      { yaml: targets('{paths: [a, "b c"]}') },
      [expect.stringContaining('promregator.targets[0].paths[1]: found "b c", expected a path of printable ASCII')],
    ],
    [
      'an interval beyond the bounds',
      { yaml: targets('{scrapeInterval: 1s}, {scrapeInterval: 11m}, {scrapeInterval: 0}') },
      [
        'promregator.yml:1:42: promregator.targets[0].scrapeInterval: found "1s", expected 5 s to 600 s (promregator.scraping.intervalBounds)',
        expect.stringContaining('promregator.targets[1].scrapeInterval: found "11m"'),
        expect.stringContaining('promregator.targets[2].scrapeInterval: found "0"'),
      ],
    ],
    [
      'a duration that is none',
      { yaml: targets('{scrapeInterval: 1.5m}') },
      [
        'promregator.yml:1:42: promregator.targets[0].scrapeInterval: found "1.5m", expected a duration such as 30s, 1m30s or 500ms, or a number of seconds',
      ],
    ],
    [
      'a time-out alone',
      { yaml: targets('{scrapeTimeout: 5s}') },
      [
        'promregator.yml:1:41: promregator.targets[0].scrapeTimeout: found "5s" alone, expected a scrapeInterval beside it, which it must not exceed',
      ],
    ],
    [
      'a time-out above the interval',
      { yaml: targets('{scrapeInterval: 10s, scrapeTimeout: 11}') },
      [
        'promregator.yml:1:62: promregator.targets[0].scrapeTimeout: found "11", expected at most the scrapeInterval ("10s")',
      ],
    ],
    [
      'a time-out of nothing',
      { yaml: targets('{scrapeInterval: 10s, scrapeTimeout: 0s}') },
      [expect.stringContaining('scrapeTimeout: found "0s", expected more than nothing')],
    ],
    [
      'bounds upside down',
      { yaml: 'promregator.scraping.intervalBounds: {min: 60, max: 10}' },
      [
        'promregator.yml:1:44: promregator.scraping.intervalBounds.min: found "60", expected at most promregator.scraping.intervalBounds.max (10)',
      ],
    ],
  ])('%s', async (_, written, expected) => {
    expect(await problemsOf(written)).toEqual(expected);
  });
});

/** Each of them the original takes without a word (facts, promregator 4). */
describe('mistakes that pass in silence elsewhere', () => {
  test.each<[string, Written, string]>([
    [
      'appName, of its own documentation',
      { yaml: targets('{orgName: a, appName: b}') },
      'did you mean applicationName?',
    ],
    ['another unknown key in a rule', { yaml: targets('{orgName: a, spacename1: b}') }, 'found an unknown name'],
    [
      'a list where a name is expected',
      { yaml: targets('{applicationName: [a, b]}') },
      'promregator.targets[0].applicationName: found a list, expected a single value',
    ],
    [
      'a list where an expression is expected',
      { yaml: targets('{orgRegex: [a, b]}') },
      'promregator.targets[0].orgRegex: found a list, expected a single value',
    ],
    [
      'a map where a name is expected',
      { yaml: targets('{orgName: {a: b}}') },
      'orgName: found a map, expected a single value',
    ],
    [
      'targets as one map',
      { yaml: 'promregator.targets: {orgName: a}' },
      'promregator.targets: found a map, expected a list',
    ],
    ['a name’s expression that does not compile', { yaml: targets('{spaceRegex: "a("}') }, 'which does not compile'],
    [
      'a number with a unit',
      { yaml: 'promregator.scraping.maxProcessingTime: 5s' },
      'found "5s", expected a whole number of milliseconds of at least 1; write 5000',
    ],
    [
      'an unknown type of authenticator',
      { yaml: 'promregator.authenticator.type: Oauth' },
      'found "Oauth", expected one of',
    ],
    [
      'a gap in the numbers',
      { env: { ...MANDATORY_ENV, PROMREGATOR_TARGETS_1_ORGNAME: 'a' } },
      'found item 1 without an item 0',
    ],
    [
      'a placeholder without a value',
      { yaml: targets(`{orgName: "$\{nowhere.to.be.found}"}`) },
      'promregator.targets[0].orgName: found',
    ],
  ])('%s', async (_, written, expected) => {
    expect(await problemsOf(written)).toEqual([expect.stringContaining(expected)]);
  });
});
