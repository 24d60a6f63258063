import { expect, test } from 'vitest';
import { acceptsGzip, readsGzipMembers } from './accept-encoding.js';

test.each([
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['GZIP', true],
  ['x-gzip', true],
  ['gzip;q=0', false],
  ['gzip; q=0.0', false],
  ['gzip;q=0.5', true],
  ['deflate, gzip, br', true],
  ['identity', false],
  ['*', true],
  ['*;q=0', false],
  ['*, gzip;q=0', false],
  ['gzip;q=0, *', false],
  ['identity;q=1, *;q=0', false],
  ['gzipped', false],
])('Accept-Encoding %s accepts gzip: %s', (header, accepted) => {
  expect(acceptsGzip(header)).toBe(accepted);
});

test.each([
  ['Prometheus/2.42.0', true],
  ['Prometheus/3.5.3+ds1', true],
  ['vm_promscrape', true],
  ['GrafanaAgent/v0.44.2', true],
  ['Alloy/v1.5.1 (linux; docker)', true],
  ['curl/7.88.1', false],
  ['Mozilla/5.0 (X11; Linux x86_64) Prometheus/1', false],
  ['', false],
  [undefined, false],
])('%s reads several members: %s', (userAgent, reads) => {
  expect(readsGzipMembers(userAgent)).toBe(reads);
});
