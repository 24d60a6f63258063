import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Inventory } from '../foundation/inventory.js';
import type { App, Destination, Metadata, Process, Route } from '../foundation/resources.js';
import type { Directory } from './directory.js';
import type { NameSelector } from './name-selector.js';
import type { RouteMatcher, Rule } from './rules.js';
import { selectTargets } from './select.js';

interface AppSketch {
  readonly guid: string;
  readonly name?: string;
  readonly space?: string;
  readonly state?: App['state'];
  /** Desired counts of its web processes, oldest first. */
  readonly web?: readonly number[];
  readonly annotations?: Metadata;
  readonly routes?: readonly RouteSketch[];
}

interface RouteSketch {
  readonly url: string;
  readonly host?: string;
  readonly tcp?: boolean;
  readonly to?: readonly Partial<Destination>[];
}

const internalDomain = { guid: 'internal', name: 'apps.internal', internal: true };
const publicDomain = { guid: 'public', name: 'example.org', internal: false };

function inventoryOf(apps: readonly AppSketch[]): Inventory {
  const processes = apps.flatMap(({ guid, web = [1] }) => {
    return web.map((instances, n): Process => ({ guid: `${guid}-p${n}`, appGuid: guid, instances }));
  });
  const routes = apps.flatMap(({ guid, routes: sketches = [{ url: `${guid}.example.org` }] }) => {
    return sketches.map((sketch, n) => routeOf(guid, n, sketch));
  });
  return {
    foundation: 'default',
    plan: { spaces: 'all' },
    organizations: byGuid(['Acme', 'Beta'].map((name) => ({ guid: name.toLowerCase(), name }))),
    spaces: byGuid([
      { guid: 'dev', name: 'dev', organizationGuid: 'acme' },
      { guid: 'prod', name: 'Prod', organizationGuid: 'acme' },
      { guid: 'beta-dev', name: 'dev', organizationGuid: 'beta' },
      { guid: 'orphan', name: 'dev', organizationGuid: 'gone' },
    ]),
    apps: byGuid(
      apps.map(({ guid, name = guid, space = 'dev', state = 'STARTED', annotations = {} }): App => {
        return { guid, name, spaceGuid: space, state, labels: {}, annotations };
      }),
    ),
    processes: byGuid(processes),
    routes: byGuid(routes),
    domains: byGuid([internalDomain, publicDomain]),
  };
}

function routeOf(appGuid: string, position: number, { url, host, tcp, to }: RouteSketch): Route {
  const slash = url.indexOf('/');
  const domain = /\.apps\.internal/.test(url) ? internalDomain : publicDomain;
  return {
    guid: `${appGuid}-r${position}`,
    url,
    host: host ?? url.slice(0, url.indexOf('.')),
    path: slash < 0 ? '' : url.slice(slash),
    protocol: tcp === true ? 'tcp' : 'http',
    domainGuid: url.endsWith('.elsewhere') ? 'invisible' : domain.guid,
    destinations: (to ?? [{}]).map((each) => ({ appGuid, processType: 'web', port: 8080, ...each })),
  };
}

function byGuid<T extends { readonly guid: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.guid, item]));
}

const everyone: NameSelector = { kind: 'all' };
const named = (name: string): NameSelector => ({ kind: 'name', name });
const route = (pattern: string): RouteMatcher => {
  return { source: pattern, test: (text) => new RegExp(`^(?:${pattern})$`).test(text) };
};

function ruleOf(change: Partial<Rule> = {}): Rule {
  return {
    name: 'promregator.targets[0]',
    organization: everyone,
    space: everyone,
    application: everyone,
    path: '/metrics',
    protocol: undefined,
    authenticatorId: undefined,
    preferredRouteRegex: [],
    internalRoutePort: undefined,
    overrideRouteAndPath: undefined,
    kubernetesAnnotations: false,
    ...change,
  };
}

function select(apps: readonly AppSketch[], rules: readonly Partial<Rule>[] = [{}]): Directory {
  return selectTargets({
    rules: rules.map((rule, n) => ruleOf({ name: `promregator.targets[${n}]`, ...rule })),
    inventory: inventoryOf(apps),
    defaultInternalRoutePort: 9090,
  });
}

const urls = (directory: Directory) => directory.targets.map(({ origin, path }) => `${origin}${path}`);
const keys = (directory: Directory) => directory.targets.map(({ key }) => key);
const reasons = (directory: Directory) => directory.leftOut.map(({ appGuid, reason }) => `${appGuid}: ${reason}`);

describe('where an instance is asked', () => {
  const annotated = { 'prometheus.io/scrape': 'true' };
  const wish = (key: string, value: string) => ({ ...annotated, [`prometheus.io/${key}`]: value });
  const internal = [{ url: 'a.apps.internal' }];
  const twoPorts = [{ url: 'a.example.org' }, { url: 'b.example.org/x', to: [{ port: 9102 }] }];
  const both = [{ url: 'a.example.org' }, { url: 'a.apps.internal' }];
  const k8s = { kubernetesAnnotations: true };
  test.each<[string, Partial<AppSketch>, Partial<Rule>, string[]]>([
    ['https by default', {}, {}, ['https://a.example.org/metrics']],
    ['the rule`s protocol and path', {}, { protocol: 'http', path: 'm?x=1' }, ['http://a.example.org/m?x=1']],
    ['a route with a path', { routes: [{ url: 'a.example.org/shop' }] }, {}, ['https://a.example.org/shop/metrics']],
    ['upper case in a host', { routes: [{ url: 'A.Example.org/Shop' }] }, {}, ['https://a.example.org/Shop/metrics']],
    ['a wildcard', { routes: [{ url: '*.example.org/x', host: '*' }] }, {}, ['https://a.example.org/x/metrics']],
    ['a domain without host', { routes: [{ url: 'example.org', host: '' }] }, {}, ['https://example.org/metrics']],
    [
      'a domain that we do not see',
      { routes: [{ url: 'a.else.elsewhere' }] },
      {},
      ['https://a.else.elsewhere/metrics'],
    ],
    ['the first of two routes', { routes: twoPorts }, {}, ['https://a.example.org/metrics']],
    [
      'no TCP route',
      { routes: [{ url: 'tcp.org:1024', tcp: true }, ...twoPorts] },
      {},
      ['https://a.example.org/metrics'],
    ],
    [
      'no route of a worker',
      { routes: [{ url: 'w.example.org', to: [{ processType: 'worker' }] }, ...twoPorts] },
      {},
      ['https://a.example.org/metrics'],
    ],
    [
      'the first preferred expression that matches',
      { routes: twoPorts },
      { preferredRouteRegex: [route('c.*'), route('b\\.example\\.org/x'), route('a.*')] },
      ['https://b.example.org/x/metrics'],
    ],
    [
      'the first route if none matches',
      { routes: twoPorts },
      { preferredRouteRegex: [route('b')] },
      ['https://a.example.org/metrics'],
    ],
    [
      'an internal route',
      { routes: internal, web: [2] },
      {},
      ['http://0.a.apps.internal:9090/metrics', 'http://1.a.apps.internal:9090/metrics'],
    ],
    [
      'an internal route, port of the rule',
      { routes: internal },
      { internalRoutePort: 7 },
      ['http://0.a.apps.internal:7/metrics'],
    ],
    [
      'an internal route over TLS',
      { routes: internal },
      { protocol: 'https' },
      ['https://0.a.apps.internal:9090/metrics'],
    ],
    ['no internal port elsewhere', {}, { internalRoutePort: 7 }, ['https://a.example.org/metrics']],
    ['annotations only if asked', { annotations: wish('path', '/m') }, {}, ['https://a.example.org/metrics']],
    ['an annotated path', { annotations: wish('path', '/m?x') }, { ...k8s, path: '/n' }, ['https://a.example.org/m?x']],
    ['an annotated scheme', { annotations: wish('scheme', 'http') }, k8s, ['http://a.example.org/metrics']],
    [
      'no annotated http where the rule says https',
      { annotations: wish('scheme', 'http') },
      { ...k8s, protocol: 'https' },
      ['https://a.example.org/metrics'],
    ],
    [
      'no annotated http where the rule has an authenticator',
      { annotations: wish('scheme', 'http') },
      { ...k8s, authenticatorId: 'basic' },
      ['https://a.example.org/metrics'],
    ],
    [
      'http where the rule says it, authenticator or not',
      { annotations: wish('scheme', 'http') },
      { ...k8s, protocol: 'http', authenticatorId: 'basic' },
      ['http://a.example.org/metrics'],
    ],
    [
      'annotated https where the rule says http',
      { annotations: wish('scheme', 'https') },
      { ...k8s, protocol: 'http', authenticatorId: 'basic' },
      ['https://a.example.org/metrics'],
    ],
    [
      'no annotated http to a gateway either',
      { annotations: wish('scheme', 'http') },
      { ...k8s, protocol: 'https', overrideRouteAndPath: 'gw' },
      ['https://gw/metrics'],
    ],
    [
      'annotated http inside, where no router stands',
      { annotations: wish('scheme', 'http'), routes: internal },
      { ...k8s, protocol: 'https' },
      ['http://0.a.apps.internal:9090/metrics'],
    ],
    [
      'the next route if no URL may hold the host of the first',
      { routes: [{ url: 'foo.123' }, { url: 'b.example.org' }] },
      { preferredRouteRegex: [route('foo.*')] },
      ['https://b.example.org/metrics'],
    ],
    [
      'an annotated scheme inside',
      { annotations: wish('scheme', 'https'), routes: internal },
      k8s,
      ['https://0.a.apps.internal:9090/metrics'],
    ],
    [
      'an annotated port',
      { annotations: wish('port', '9102'), routes: twoPorts },
      k8s,
      ['https://b.example.org/x/metrics'],
    ],
    [
      'an annotated port before a preferred route',
      { annotations: wish('port', '9102'), routes: twoPorts },
      { ...k8s, preferredRouteRegex: [route('a.*')] },
      ['https://b.example.org/x/metrics'],
    ],
    [
      'a route to one port before one that spreads over two',
      { annotations: wish('port', '9102'), routes: [{ url: 's.example.org', to: [{}, { port: 9102 }] }, ...twoPorts] },
      k8s,
      ['https://b.example.org/x/metrics'],
    ],
    [
      'one that spreads if there is no other',
      { annotations: wish('port', '9102'), routes: [{ url: 's.example.org', to: [{}, { port: 9102 }] }] },
      k8s,
      ['https://s.example.org/metrics'],
    ],
    [
      'a destination that names no port has 8080',
      {
        annotations: wish('port', '8080'),
        routes: [...twoPorts.slice(1), { url: 'c.example.org', to: [{ port: undefined }] }],
      },
      k8s,
      ['https://c.example.org/metrics'],
    ],
    [
      'an annotated port inside',
      { annotations: wish('port', '81'), routes: internal },
      { ...k8s, internalRoutePort: 7 },
      ['http://0.a.apps.internal:81/metrics'],
    ],
    [
      'an annotated port that only the inside reaches',
      { annotations: wish('port', '81'), routes: both },
      k8s,
      ['http://0.a.apps.internal:81/metrics'],
    ],
    [
      'a gateway',
      { web: [2] },
      { overrideRouteAndPath: 'gw.example.org/a' },
      ['https://gw.example.org/a/metrics', 'https://gw.example.org/a/metrics'],
    ],
    [
      'a gateway, port and query',
      {},
      { overrideRouteAndPath: 'gw:81/a?t=1', protocol: 'http' },
      ['http://gw:81/a/metrics?t=1'],
    ],
    [
      'a gateway before an internal route',
      { routes: internal },
      { overrideRouteAndPath: 'gw' },
      ['https://gw/metrics'],
    ],
    ['no gateway without a route', { routes: [] }, { overrideRouteAndPath: 'gw' }, []],
  ])('%s', (_, app, rule, expected) => {
    expect(urls(select([{ guid: 'a', ...app }], [rule]))).toEqual(expected);
  });

  test.each<[string, RouteSketch[], Partial<Rule>, string | undefined, boolean]>([
    ['through the router', [{ url: 'a.example.org' }], {}, 'a:0', false],
    ['inside', internal, {}, undefined, true],
    ['by a gateway', internal, { overrideRouteAndPath: 'gw' }, undefined, false],
  ])('the header %s', (_, routes, rule, header, isInternal) => {
    const [target] = select([{ guid: 'a', routes }], [rule]).targets;
    expect([target?.instanceHeader, target?.application.internal]).toEqual([header, isInternal]);
  });
});

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

describe('left out', () => {
  const scrape = { 'prometheus.io/scrape': 'true' };
  const k8s = [{ kubernetesAnnotations: true }];
  test.each<[string, Partial<AppSketch>, Partial<Rule>[], string]>([
    ['stopped', { state: 'STOPPED' }, [{}], 'the application is stopped'],
    ['no_web_process', { web: [] }, [{}], 'no process of type web'],
    ['no_instances', { web: [0, 0] }, [{}], '0 instances'],
    ['no_route', { routes: [] }, [{}], 'no route leads to it'],
    ['no_route', { routes: [{ url: 't.org:1', tcp: true }] }, [{}], 'over HTTP'],
    ['no_route', { routes: [{ url: '' }] }, [{}], 'cannot be asked'],
    ['no_route', { routes: [{ url: 'xn--a.example.org/x' }] }, [{}], 'its route xn--a.example.org/x cannot be asked'],
    ['no_route', { routes: [{ url: 'foo.123' }] }, [{}], 'its route foo.123 cannot be asked'],
    ['no_route', { routes: [{ url: 'a.0x1' }] }, [{}], 'its route a.0x1 cannot be asked'],
    ['no_route', { routes: [{ url: '1.2' }] }, [{}], 'its route 1.2 cannot be asked'],
    ['no_route', { routes: [{ url: 'xn--a.apps.internal' }] }, [{}], 'its route xn--a.apps.internal cannot be asked'],
    ['no_route', { routes: [{ url: 'a.apps.internal:81' }] }, [{}], 'its route a.apps.internal:81 cannot be asked'],
    ['not_annotated', {}, k8s, 'prometheus.io/scrape'],
    ['bad_annotation', { annotations: { ...scrape, 'prometheus.io/port': 'x' } }, k8s, 'prometheus.io/port is "x"'],
    ['no_route', { annotations: { ...scrape, 'prometheus.io/port': '81' } }, k8s, 'port 81'],
  ])('%s', (reason, app, rules, words) => {
    const directory = select(
      [
        { guid: 'a', name: 'A', ...app },
        { guid: 'b', annotations: scrape },
      ],
      rules,
    );
    expect(keys(directory)).toEqual(['b/0']);
    const common = { appGuid: 'a', appName: 'A', spaceName: 'dev', organizationName: 'Acme' };
    expect(directory.leftOut).toEqual([
      { ...common, rule: 'promregator.targets[0]', reason, detail: expect.stringContaining(words) },
    ]);
  });

  test('a gateway whose host no URL may hold', () => {
    const directory = select([{ guid: 'a' }], [{ overrideRouteAndPath: 'foo.123/x' }, {}]);
    expect(urls(directory)).toEqual(['https://a.example.org/metrics']);
    const detail = expect.stringMatching(/overrideRouteAndPath .*foo\.123$/);
    expect(directory.leftOut).toMatchObject([{ rule: 'promregator.targets[0]', reason: 'no_route', detail }]);
  });

  test('what no rule can change is said once, what a rule decides once a rule', () => {
    const apps: AppSketch[] = [{ guid: 'a', state: 'STOPPED' }, { guid: 'b' }];
    const directory = select(apps, [{ kubernetesAnnotations: true }, { kubernetesAnnotations: true }, {}, {}]);
    expect(reasons(directory)).toEqual([
      'a: stopped',
      'b: not_annotated',
      'b: not_annotated',
      'b: served_by_earlier_rule',
    ]);
    expect(directory.leftOut[3]?.detail).toContain('promregator.targets[2]');
  });

  test('an application of an organization that is not listed is nobody`s', () => {
    expect(select([{ guid: 'a', space: 'orphan' }])).toMatchObject({ targets: [], leftOut: [] });
  });
});

describe('overlap', () => {
  const twoRoutes = [{ url: 'a.example.org' }, { url: 'a2.example.org/x' }];
  const twoPorts = [{ url: 'a.example.org' }, { url: 'a2.example.org', to: [{ port: 9102 }] }];
  test.each<[string, RouteSketch[], Partial<Rule>[], number]>([
    ['the same twice', twoRoutes, [{}, {}], 1],
    ['the default, said and unsaid', twoRoutes, [{}, { protocol: 'https', path: 'metrics' }], 1],
    ['another authenticator', twoRoutes, [{}, { authenticatorId: 'x' }], 1],
    ['another route', twoRoutes, [{}, { preferredRouteRegex: [route('a2.*')] }], 1],
    ['another path', twoRoutes, [{}, { path: '/m' }], 2],
    ['another query', twoRoutes, [{}, { path: '/metrics?x' }], 2],
    ['another protocol', twoRoutes, [{}, { protocol: 'http' }], 2],
    ['another port of the application', twoPorts, [{}, { preferredRouteRegex: [route('a2.*')] }], 2],
    ['another internal port', [{ url: 'a.apps.internal' }], [{}, { internalRoutePort: 1 }], 2],
    ['a gateway', twoRoutes, [{}, { overrideRouteAndPath: 'gw' }], 2],
    ['three ways', twoRoutes, [{}, { path: '/m' }, { path: '/n' }, { path: '/m' }], 3],
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
    const alone = segment([{ guid: 'a' }], [{}, { path: '/m' }]);
    const crowded = segment([{ guid: 'a', web: [2] }, { guid: 'b' }], [{ path: '/n' }, {}, { path: '/m' }]);
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
    const counts = select(apps, rules).rules.map(({ rule: _, ...rest }) => Object.values(rest));
    expect(counts).toEqual([
      [2, 3, 1, 2],
      [2, 3, 3, 1],
      [2, 3, 0, 0],
      [1, 1, 1, 0],
      [1, 0, 0, 0],
    ]);
  });
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
  expect(keys(select(apps, [{ application: named('B') }, { path: '/m' }]))).toEqual([
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

describe('warnings', () => {
  test('an authenticator that an earlier rule keeps from being used is told once', () => {
    const directory = select([{ guid: 'a' }, { guid: 'b' }], [{}, { authenticatorId: 'basic' }, {}]);
    expect(directory.warnings).toEqual([
      "promregator.targets[1] names authenticator 'basic' for applications that promregator.targets[0] scrapes already with the default authenticator; the earlier rule counts",
    ]);
  });

  test.each<[number, number, boolean]>([
    [5000, 5000, false],
    [5001, 5000, true],
    [1_000_000, 5000, true],
  ])('an application of %i instances has %i targets', (wanted, expected, isTold) => {
    const directory = select(
      [{ guid: 'a', web: [wanted] }, { guid: 'b' }],
      [{}, { path: '/m', application: named('a') }],
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
      fc.oneof(fc.constantFrom('true', '/m', '8080', 'http'), fc.string({ unit: 'binary' })),
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
    path: fc.oneof(fc.constantFrom('/metrics', '/m'), fc.string({ unit: 'binary' })),
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
    );
  });
});
