import { describe, expect, test } from 'vitest';
import { MANDATORY_ENV, type Written } from '../../../test/support/config/load-written.js';
import { configOf, problemsOf, reveal, warningsOf } from '../../../test/support/config/outcome.js';
import type { Config } from '../config.js';

const REDIS = 'promregator.replication.redis';

function server(host: string, port: number): object {
  return { kind: 'server', host, port };
}

/** VCAP_SERVICES with one service of these credentials. */
function bound(credentials: object, more: object = {}): Written {
  const services = { 'p-redis': [{ name: 'shared', label: 'p-redis', tags: ['redis'], credentials, ...more }] };
  return {
    yaml: `${REDIS}.fromVcapServices: true`,
    env: { ...MANDATORY_ENV, VCAP_SERVICES: JSON.stringify(services) },
  };
}

function told({ replication }: Config): unknown {
  if (replication === undefined) return undefined;
  const { place, username, password, database, tls } = replication.redis;
  return reveal([place, username, password, database, tls?.verify]);
}

describe('where replicas meet', () => {
  test.each<[string, Written, unknown]>([
    ['nowhere', {}, undefined],
    [
      'a url',
      { yaml: `${REDIS}.url: redis://r.example.org` },
      [server('r.example.org', 6379), undefined, undefined, 0, undefined],
    ],
    [
      'a url with all in it',
      { yaml: `${REDIS}.url: 'rediss://ann:p%40ss@[::1]:7000/3'` },
      [server('::1', 7000), 'ann', 'p@ss', 3, 'always'],
    ],
    [
      'options before what the url says',
      {
        yaml: `${REDIS}: {url: 'valkey://u:x@h:1/3', username: ann, password: y, database: 4, tls: true, tls_config: {insecure_skip_verify: true}}`,
      },
      [server('h', 1), 'ann', 'y', 4, 'never'],
    ],
    [
      'a password from a file',
      { yaml: `${REDIS}: {url: 'redis://h', passwordFile: /run/redis}`, files: { '/run/redis': 'secret\n' } },
      [server('h', 6379), undefined, 'secret', 0, undefined],
    ],
    [
      'Sentinels',
      {
        yaml: `${REDIS}: {tls: true, sentinel: {master: m, nodes: 'a, b:7, [::1]:8', username: s, password: t, tls: false}}`,
      },
      [
        {
          kind: 'sentinel',
          master: 'm',
          nodes: [
            { host: 'a', port: 26_379 },
            { host: 'b', port: 7 },
            { host: '::1', port: 8 },
          ],
          access: { username: 's', password: 't', tls: undefined },
        },
        undefined,
        undefined,
        0,
        'always',
      ],
    ],
    [
      'a service with host',
      bound({ host: 'h', port: 1, password: 'x' }),
      [server('h', 1), undefined, 'x', 0, undefined],
    ],
    [
      'a service with hostname and a text as port',
      bound({ hostname: 'h', port: '1' }),
      [server('h', 1), undefined, undefined, 0, undefined],
    ],
    [
      'a service with a port of TLS',
      bound({ host: 'h', port: 1, tls_port: 2 }),
      [server('h', 2), undefined, undefined, 0, 'always'],
    ],
    ['a service with a uri', bound({ uri: 'rediss://u:x@h:5/1' }), [server('h', 5), 'u', 'x', 1, 'always']],
    [
      'a service with Sentinels',
      bound({ master_name: 'm', sentinels: [{ host: 'a', port: 1 }, 'b:2'], password: 'x' }),
      [
        {
          kind: 'sentinel',
          master: 'm',
          nodes: [
            { host: 'a', port: 1 },
            { host: 'b', port: 2 },
          ],
          access: { username: undefined, password: undefined, tls: undefined },
        },
        undefined,
        'x',
        0,
        undefined,
      ],
    ],
    ['not asked for', { ...bound({ host: 'h' }), yaml: `${REDIS}.fromVcapServices: false` }, undefined],
    [
      'a service by name',
      { ...bound({ host: 'h' }, { tags: [] }), yaml: `${REDIS}.fromVcapServices: shared` },
      [server('h', 6379), undefined, undefined, 0, undefined],
    ],
  ])('%s', async (_, written, expected) => {
    expect(told(await configOf(written))).toEqual(expected);
  });
});

test('the rest has its defaults', async () => {
  const { replication } = await configOf({ yaml: `${REDIS}.url: redis://h` });
  expect([replication?.leaseMs, replication?.keepSeconds, replication?.redis.prefix]).toEqual([
    10_000,
    86_400,
    'promregator',
  ]);
});

test.each<[string, Written, string]>([
  ['another scheme', { yaml: `${REDIS}.url: http://ann:hidden-4711@h` }, 'redis://host:port/database'],
  ['no URL', { yaml: `${REDIS}.url: h:hidden-4711` }, 'redis://host:port/database'],
  ['a path that is no number', { yaml: `${REDIS}.url: redis://h/hidden-4711` }, 'redis://host:port/database'],
  [
    'two ways',
    { yaml: `${REDIS}: {url: 'redis://h', sentinel: {master: m, nodes: a}}` },
    'url and sentinel, expected one of them',
  ],
  ['Sentinels of no master', { yaml: `${REDIS}.sentinel.nodes: a` }, 'sentinel.master'],
  ['a master of no Sentinels', { yaml: `${REDIS}.sentinel.master: m` }, 'sentinel.nodes'],
  [
    'a Sentinel that is none',
    { yaml: `${REDIS}.sentinel: {master: m, nodes: ['a:hidden-4711']}` },
    'sentinel.nodes[0]',
  ],
  ['no service', { yaml: `${REDIS}.fromVcapServices: true` }, 'no such service in VCAP_SERVICES'],
  [
    'a service of another name',
    { ...bound({ host: 'h', password: 'hidden-4711' }), yaml: `${REDIS}.fromVcapServices: other` },
    'no such service',
  ],
  ['a service of no known form', bound({ secret: 'hidden-4711' }), 'credentials (not shown) are of no known form'],
  ['a prefix with a brace', { yaml: `${REDIS}: {url: 'redis://h', prefix: 'a{'}` }, 'up to 64 letters'],
  ['a lease of nothing', { yaml: `promregator.replication: {lease: 1, redis.url: 'redis://h'}` }, 'lease'],
])('refused: %s', async (_, written, words) => {
  const problems = (await problemsOf(written)).join('\n');
  expect(problems).toContain(words);
  expect(problems).not.toContain('hidden-4711');
});

test('several services: the name of one is wanted', async () => {
  const services = {
    a: [
      { name: 'one', tags: ['redis'], credentials: {} },
      { name: 'two', tags: ['Valkey'], credentials: {} },
    ],
  };
  const written = { ...bound({}), env: { ...MANDATORY_ENV, VCAP_SERVICES: JSON.stringify(services) } };
  expect(await problemsOf(written)).toEqual([expect.stringContaining('2 of them in VCAP_SERVICES (one, two)')]);
});

test.each<[string, string, string]>([
  ['a password without a server', `${REDIS}.password: x`, 'password without a server'],
  ['a Sentinel’s user without Sentinels', `${REDIS}.sentinel.username: x`, 'sentinel.username without a server'],
  [
    'TLS settings without TLS',
    `${REDIS}: {url: 'redis://h', tls_config.server_name: x}`,
    'settings of TLS for a connection without it',
  ],
])('a warning: %s', async (_, yaml, words) => {
  expect((await warningsOf({ yaml })).join('\n')).toContain(words);
});
