import { describe, expect, test } from 'vitest';
import { type AppSketch, matching, type RouteSketch, select, urls } from '../../test/support/discovery/selection.js';
import type { Rule } from './rules.js';

describe('where an instance is asked', () => {
  const annotated = { 'prometheus.io/scrape': 'true' };
  const wish = (key: string, value: string) => ({ ...annotated, [`prometheus.io/${key}`]: value });
  const internal = [{ url: 'a.apps.internal' }];
  const twoPorts = [{ url: 'a.example.org' }, { url: 'b.example.org/x', to: [{ port: 9102 }] }];
  const both = [{ url: 'a.example.org' }, { url: 'a.apps.internal' }];
  const k8s = { kubernetesAnnotations: true };
  test.each<[string, Partial<AppSketch>, Partial<Rule>, string[]]>([
    ['https by default', {}, {}, ['https://a.example.org/metrics']],
    ['the rule`s protocol and path', {}, { protocol: 'http', paths: ['m?x=1'] }, ['http://a.example.org/m?x=1']],
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
      { preferredRouteRegex: [matching('c.*'), matching('b\\.example\\.org/x'), matching('a.*')] },
      ['https://b.example.org/x/metrics'],
    ],
    [
      'the first route if none matches',
      { routes: twoPorts },
      { preferredRouteRegex: [matching('b')] },
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
    [
      'an annotated path',
      { annotations: wish('path', '/m?x') },
      { ...k8s, paths: ['/n'] },
      ['https://a.example.org/m?x'],
    ],
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
      'no annotated http inside where the rule says https',
      { annotations: wish('scheme', 'http'), routes: internal },
      { ...k8s, protocol: 'https' },
      ['https://0.a.apps.internal:9090/metrics'],
    ],
    [
      'http inside where nobody says anything, as without the annotation',
      { annotations: wish('scheme', 'http'), routes: internal },
      { ...k8s, authenticatorId: 'basic' },
      ['http://0.a.apps.internal:9090/metrics'],
    ],
    [
      'annotated http where the authenticator sends nothing',
      { annotations: wish('scheme', 'http') },
      { ...k8s, authenticatorId: 'none' },
      ['http://a.example.org/metrics'],
    ],
    [
      'no annotated http to a gateway with an authenticator',
      { annotations: wish('scheme', 'http') },
      { ...k8s, authenticatorId: 'basic', overrideRouteAndPath: 'gw' },
      ['https://gw/metrics'],
    ],
    [
      'each path of a rule',
      { web: [2] },
      { paths: ['/metrics', '/m'] },
      [
        'https://a.example.org/metrics',
        'https://a.example.org/m',
        'https://a.example.org/metrics',
        'https://a.example.org/m',
      ],
    ],
    ['a path once, however it is written', {}, { paths: ['/m', 'm', '/m'] }, ['https://a.example.org/m']],
    [
      'an annotated path in place of all of the rule`s',
      { annotations: wish('path', '/n') },
      { ...k8s, paths: ['/metrics', '/m'] },
      ['https://a.example.org/n'],
    ],
    [
      'the next route if no URL may hold the host of the first',
      { routes: [{ url: 'foo.123' }, { url: 'b.example.org' }] },
      { preferredRouteRegex: [matching('foo.*')] },
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
      { ...k8s, preferredRouteRegex: [matching('a.*')] },
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

  test.each<[string, Rule['protocol'], string]>([
    ['no annotated http where the default authenticator sends credentials', undefined, 'https://a.example.org/metrics'],
    ['http where the rule says it all the same', 'http', 'http://a.example.org/metrics'],
  ])('%s', (_, protocol, url) => {
    const app = { guid: 'a', annotations: wish('scheme', 'http') };
    const directory = select([app], [{ ...k8s, protocol }], { sendsCredentials: () => true });
    expect(urls(directory)).toEqual([url]);
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
