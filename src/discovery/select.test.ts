import { describe, expect, test } from 'vitest';
import {
  type AppSketch,
  keys,
  matching,
  named,
  type RouteSketch,
  select,
} from '../../test/support/discovery/selection.js';
import type { Rule } from './rules.js';

test('a target holds what a scrape and a label need', () => {
  const directory = select(
    [{ guid: 'a', name: 'Orders', space: 'prod', web: [2] }],
    [{ authenticatorId: 'basic', organization: named('ACME'), application: named('oRDERS') }],
  );
  expect(directory.targets[1]).toEqual({
    key: 'a/1',
    instanceId: 'a:1',
    index: 1,
    origin: 'https://a.example.org',
    path: '/metrics',
    instanceHeader: 'a:1',
    application: {
      foundation: 'default',
      organizationGuid: 'acme',
      organizationName: 'Acme',
      spaceGuid: 'prod',
      spaceName: 'Prod',
      guid: 'a',
      name: 'Orders',
      processGuid: 'a-p0',
      route: 'a.example.org',
      domain: 'example.org',
      internal: false,
      labels: {},
      annotations: {},
      rule: 'promregator.targets[0]',
      authenticatorId: 'basic',
      tlsId: undefined,
      accessId: '',
      scrapeIntervalMs: undefined,
      scrapeTimeoutMs: undefined,
    },
  });
  expect([...directory.byKey]).toEqual(directory.targets.map((target) => [target.key, target]));
  expect(directory.targets[0]?.application).toBe(directory.targets[1]?.application);
});

test.each([
  ['a.else.elsewhere', 'a', 'else.elsewhere'],
  ['else.elsewhere', '', 'else.elsewhere'],
])('the domain of %s is known though we do not see it', (url, host, domain) => {
  expect(select([{ guid: 'a', routes: [{ url, host }] }]).targets[0]?.application.domain).toBe(domain);
});

describe('instances', () => {
  test.each<[string, number[], string[], string | undefined]>([
    ['below the desired count', [3], ['a/0', 'a/1', 'a/2'], 'a-p0'],
    ['in a rolling deployment below the largest', [1, 3, 2], ['a/0', 'a/1', 'a/2'], 'a-p1'],
    ['of equal processes the newest', [1, 1], ['a/0'], 'a-p1'],
    ['with an old process at 0', [0, 1], ['a/0'], 'a-p1'],
    ['none', [0], [], undefined],
  ])('%s', (_, web, expected, process) => {
    const directory = select([{ guid: 'a', web }]);
    expect(keys(directory)).toEqual(expected);
    expect(directory.targets[0]?.application.processGuid).toBe(process);
  });
});

describe('overlap', () => {
  const twoRoutes = [{ url: 'a.example.org' }, { url: 'a2.example.org/x' }];
  const twoPorts = [{ url: 'a.example.org' }, { url: 'a2.example.org', to: [{ port: 9102 }] }];
  test.each<[string, RouteSketch[], Partial<Rule>[], number]>([
    ['the same twice', twoRoutes, [{}, {}], 1],
    ['the default, said and unsaid', twoRoutes, [{}, { protocol: 'https', paths: ['metrics'] }], 1],
    ['another authenticator', twoRoutes, [{}, { authenticatorId: 'x' }], 1],
    ['another route', twoRoutes, [{}, { preferredRouteRegex: [matching('a2.*')] }], 1],
    ['another path', twoRoutes, [{}, { paths: ['/m'] }], 2],
    ['another query', twoRoutes, [{}, { paths: ['/metrics?x'] }], 2],
    ['another protocol', twoRoutes, [{}, { protocol: 'http' }], 2],
    ['another route, to another port', twoPorts, [{}, { preferredRouteRegex: [matching('a2.*')] }], 1],
    [
      'an internal route and another',
      [{ url: 'a.apps.internal' }, { url: 'a.example.org' }],
      [{ preferredRouteRegex: [matching('.*internal')] }, { preferredRouteRegex: [matching('.*org')] }],
      1,
    ],
    ['another internal port', [{ url: 'a.apps.internal' }], [{}, { internalRoutePort: 1 }], 2],
    ['a gateway', twoRoutes, [{}, { overrideRouteAndPath: 'gw' }], 2],
    ['three ways', twoRoutes, [{}, { paths: ['/m'] }, { paths: ['/n'] }, { paths: ['/m'] }], 3],
  ])('%s', (_, routes, rules, expected) => {
    const directory = select([{ guid: 'a', routes }], rules);
    expect(directory.targets).toHaveLength(expected);
    expect(directory.byKey.size).toBe(expected);
    expect(keys(directory)[0]).toBe('a/0');
    for (const key of keys(directory).slice(1)) expect(key).toMatch(/^a\/0\/[0-9a-f]{12}$/);
    expect(directory.targets[0]?.application.rule).toBe('promregator.targets[0]');
    expect(directory.leftOut.filter(({ reason }) => reason === 'served_by_earlier_rule')).toHaveLength(
      rules.length - expected,
    );
  });

  test('a segment depends on nothing but the endpoint', () => {
    const segment = (apps: AppSketch[], rules: Partial<Rule>[]) => {
      return select(apps, rules).targets.find(({ index, path }) => index === 0 && path === '/m');
    };
    const alone = segment([{ guid: 'a' }], [{}, { paths: ['/m'] }]);
    const crowded = segment([{ guid: 'a', web: [2] }, { guid: 'b' }], [{ paths: ['/n'] }, {}, { paths: ['/m'] }]);
    expect(alone?.key).toBe(crowded?.key);
    expect(alone?.instanceId).toBe(alone?.key.replaceAll('/', ':'));
    expect(alone?.instanceHeader).toBe('a:0');
  });

  test('instances count for the rule that gave them', () => {
    const apps: AppSketch[] = [
      { guid: 'a', web: [2] },
      { guid: 'b' },
      { guid: 'c', space: 'beta-dev', state: 'STOPPED' },
    ];
    const rules = [
      { application: named('A') },
      {},
      { application: named('gone') },
      { organization: named('beta') },
      { organization: named('acme'), space: named('nowhere') },
    ];
    const counts = select(apps, rules).rules.map(({ rule: _, foundation: __, ...rest }) => Object.values(rest));
    expect(counts).toEqual([
      [2, 3, 1, 2],
      [2, 3, 3, 1],
      [2, 3, 0, 0],
      [1, 1, 1, 0],
      [1, 0, 0, 0],
    ]);
  });
});

test.each<[string, string | undefined, number, number]>([
  ['its own foundation', 'default', 2, 1],
  ['any foundation', undefined, 2, 1],
  ['another foundation', 'b', 0, 0],
])('a rule for %s', (_, foundation, organizations, instances) => {
  const directory = select([{ guid: 'a' }], [{ foundation }]);
  expect(directory.foundations).toEqual(['default']);
  expect(directory.rules).toMatchObject([{ rule: 'promregator.targets[0]', foundation, organizations, instances }]);
  expect(directory.targets).toHaveLength(instances);
  expect(directory.leftOut).toEqual([]);
});

test('what a rule says about TLS and intervals goes with its targets', () => {
  const wishes = { 'prometheus.io/scrape': 'true', 'prometheus.io/scrape-timeout': '7s' };
  const rule = { tlsId: 'mutual', scrapeIntervalMs: 30_000, kubernetesAnnotations: true };
  const [target] = select([{ guid: 'a', annotations: wishes }], [rule]).targets;
  expect(target?.application).toMatchObject({ tlsId: 'mutual', scrapeIntervalMs: 30_000, scrapeTimeoutMs: 7000 });
});

test('the order is organization, space, application, index, rule, whatever order the API has', () => {
  const apps: AppSketch[] = [
    { guid: '5', name: 'a', space: 'beta-dev' },
    { guid: '4', name: 'b', space: 'dev', web: [2] },
    { guid: '3', name: 'a', space: 'dev' },
    { guid: '2', name: 'a', space: 'dev' },
    { guid: '1', name: 'z', space: 'prod' },
  ];
  const segment = expect.stringMatching(/^4\/[01]\/./);
  expect(keys(select(apps, [{ application: named('B') }, { paths: ['/m'] }]))).toEqual([
    '1/0',
    '2/0',
    '3/0',
    '4/0',
    segment,
    '4/1',
    segment,
    '5/0',
  ]);
  expect(keys(select([...apps].reverse()))).toEqual(keys(select(apps)));
});
