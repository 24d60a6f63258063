import { expect, test } from 'vitest';
import { z } from 'zod';
import { writeTree } from '../../test/support/config/write-tree.js';
import { listEffectiveValues } from './effective-values.js';
import { formatOrigin } from './origin.js';
import { secret, text, texts, whole } from './schema/option.js';
import { shapeOf } from './shape.js';
import { leaf, type MapNode } from './tree.js';

const schema = z.object({
  port: whole(0).default(8080),
  name: text().optional(),
  url: text().optional(),
  password: secret().optional(),
  flags: z.object({ on: z.boolean().default(true) }).prefault({}),
  hosts: texts().default([]),
  tokens: z.array(secret()).default([]),
  rules: z.array(z.object({ org: text().optional(), path: text().default('/metrics') })).default([]),
  levels: z.record(z.string(), text()).prefault({}),
});

const UNSET = { name: '-', url: '-', hosts: '-', tokens: '-', rules: '-', password: '-' };
const DEFAULTS = { port: '8080', 'flags.on': 'true', ...UNSET };

function show(root: MapNode): Record<string, string> {
  const shape = shapeOf(schema);
  if (shape.kind !== 'object') throw new TypeError('an object');
  return Object.fromEntries(
    listEffectiveValues(shape, root).map(({ path, value = '-', origin, through }) => {
      const places = [
        origin === 'default' ? [] : formatOrigin(origin),
        through === undefined ? [] : formatOrigin(through),
      ].flat();
      return [path, [value, ...places].join(' < ')];
    }),
  );
}

test.each<[string, object, Record<string, string>]>([
  ['nothing', {}, {}],
  [
    'a value in its canonical form',
    { port: '5_000', flags: { on: 'no' } },
    { port: '5000 < f.yml:port', 'flags.on': 'false < f.yml:flags.on' },
  ],
  ['a value that does not fit', { port: 'http' }, { port: 'http < f.yml:port' }],
  ['an empty value', { port: '', name: '' }, {}],
  ['a secret', { password: 'hunter2' }, { password: '<secret> < f.yml:password' }],
  ['a user in an address', { url: 'https://u:hunter2@x/y' }, { url: 'https://<secret>@x/y < f.yml:url' }],
  ['texts', { hosts: ['a', 'b'] }, { 'hosts[0]': 'a < f.yml:hosts[0]', 'hosts[1]': 'b < f.yml:hosts[1]', hosts: '' }],
  ['texts with commas', { hosts: 'a,b' }, { hosts: 'a,b < f.yml:hosts' }],
  ['secrets with commas', { tokens: 'hunter2,b' }, { tokens: '<secret> < f.yml:tokens' }],
  [
    'items',
    { rules: [{ org: 'o' }] },
    { 'rules[0].org': 'o < f.yml:rules[0].org', 'rules[0].path': '/metrics', rules: '' },
  ],
  [
    'free names',
    { levels: { 'a.b': 'WARN', c: { d: 'INFO' } } },
    { 'levels.a.b': 'WARN < f.yml:levels.a.b', 'levels.c.d': 'INFO < f.yml:levels.c.d' },
  ],
])('%s', (_, tree, expected) => {
  const all = Object.entries({ ...DEFAULTS, ...expected }).filter(([, value]) => value !== '');
  expect(show(writeTree(tree))).toEqual(Object.fromEntries(all));
});

test('in the order of the schema', () => {
  expect(Object.keys(show(writeTree({ hosts: 'x', port: '1' })))).toEqual([
    'port',
    'name',
    'url',
    'password',
    'flags.on',
    'hosts',
    'tokens',
    'rules',
  ]);
});

test('what was encrypted, led to, or cannot be read', () => {
  const root = writeTree({});
  const origin = { kind: 'environment', name: 'X' } as const;
  root.entries.set('name', { ...leaf('hunter2', origin), secret: true });
  root.entries.set('url', { ...leaf('u', origin), through: { kind: 'file', file: 'f', line: 1 } });
  root.entries.set('port', { ...leaf('x', origin), faulty: true });
  expect(show(root)).toMatchObject({
    name: '<secret> < environment X',
    url: 'u < environment X < f:1',
    port: '- < environment X',
  });
});
