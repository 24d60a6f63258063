import { expect, test } from 'vitest';
import { configurationHash } from './configuration-hash.js';
import type { EffectiveValue } from './effective-values.js';

function hashOf(values: Readonly<Record<string, string | undefined>>): number {
  return configurationHash(
    Object.entries(values).map(
      ([path, value]): EffectiveValue => ({ path, value, origin: 'default', through: undefined }),
    ),
  );
}

const BASE = { 'cf.api_host': 'api.example.org', 'promregator.targets[0].orgName': 'acme' };

test.each([
  ['the port', { 'server.port': '8081' }],
  ['the level of the log', { 'logging.level.root': 'DEBUG' }],
  ['the web configuration', { 'web.config.file': '/etc/web.yml' }],
  ['the file of the inventory', { 'promregator.cache.file': '/data/1' }],
  ['an option that is not set', { 'promregator.targets[0].spaceName': undefined }],
])('%s does not change it', (_, values) => {
  expect(hashOf({ ...BASE, ...values })).toBe(hashOf(BASE));
});

test.each([
  ['a rule', { 'promregator.targets[0].spaceName': 'dev' }],
  ['another value', { 'cf.api_host': 'api.example.com' }],
  ['how long the file counts', { 'promregator.cache.maxAge': '60' }],
])('%s changes it', (_, values) => {
  expect(hashOf({ ...BASE, ...values })).not.toBe(hashOf(BASE));
});

test('what stands where matters', () => {
  expect(hashOf({ a: 'b,c', d: 'e' })).not.toBe(hashOf({ a: 'b', 'c,d': 'e' }));
});
