import { spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator.js';
import { ask, type Reply } from '../testing/client.js';
import { acceptsGzip, chooseFormat } from './negotiation.js';
import { compressPrefix, spliceGzip } from './spliced-gzip.js';

let simulator: Simulator;
let guid: string;

beforeAll(async () => {
  simulator = await startSimulator({ applications: 0, bodyBytes: 50_000 });
});
afterAll(() => simulator.stop());
beforeEach(() => {
  guid = simulator.world.deployApplication({
    name: 'shop',
    space: simulator.world.spaces()[0]?.guid ?? '',
    instances: 2,
  }).guid;
  return () => simulator.world.delete(guid);
});

function scrape(headers: Record<string, string> = {}, path = '/metrics', index = 1): Promise<Reply> {
  return ask(simulator, `http://shop.apps.sim.example${path}`, {
    headers: { 'X-CF-App-Instance': `${guid}:${index}`, ...headers },
  });
}

const PROTOBUF = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

describe('Accept', () => {
  test.each([
    [undefined, 'text'],
    ['*/*', 'text'],
    ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1', 'openmetrics'],
    ['text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.8', 'text'],
    [`${PROTOBUF};q=0.6,application/openmetrics-text;version=1.0.0;q=0.5`, 'protobuf'],
    ['application/vnd.google.protobuf;q=0.6', 'text'],
    ['application/openmetrics-text;version=2.0.0', 'text'],
    ['application/openmetrics-text;q=0', 'text'],
  ])('%s: %s', (accept, format) => {
    expect(chooseFormat(accept, ['text', 'openmetrics', 'protobuf'])).toBe(format);
    expect(chooseFormat(accept, ['text'])).toBe('text');
  });

  test.each([
    [undefined, false],
    ['gzip', true],
    ['deflate, gzip;q=0.5', true],
    ['gzip;q=0', false],
  ])('encoding %s: %s', (header, expected) => expect(acceptsGzip(header)).toBe(expected));
});

describe('expositions', () => {
  test.each([
    ['text', 'text/plain;version=0.0.4', 'text/plain; version=0.0.4; charset=utf-8'],
    [
      'openmetrics',
      'application/openmetrics-text;version=1.0.0',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ],
    [
      'protobuf',
      PROTOBUF,
      'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
    ],
  ])('%s: plain and gzip are the same, with the identity of the instance', async (format, accept, contentType) => {
    const plain = await scrape({ accept });
    const zipped = await scrape({ accept, 'accept-encoding': 'gzip' });
    expect([plain.headers['content-type'], zipped.headers['content-encoding']]).toEqual([contentType, 'gzip']);
    const unzipped = gunzipSync(zipped.body);
    // The counters at the end went on by one.
    expect(unzipped.subarray(0, 30_000)).toEqual(plain.body.subarray(0, 30_000));
    expect(Math.abs(unzipped.byteLength - plain.body.byteLength)).toBeLessThan(3);
    expect(unzipped.includes(guid) && unzipped.includes('instance_index')).toBe(true);
    if (format !== 'protobuf') {
      expect(Math.abs(plain.body.byteLength - 50_000)).toBeLessThan(2_000);
      expect(plain.text).toMatch(new RegExp(`sim_app_info\\{app="shop",app_guid="${guid}".*instance_index="1"`));
      expect(plain.text.endsWith('# EOF\n')).toBe(format === 'openmetrics');
    }
  });

  test('counters count per instance', async () => {
    await scrape();
    expect((await scrape()).text).toContain('sim_app_scrapes_total 2\n');
    expect((await scrape({}, '/metrics', 0)).text).toContain('sim_app_scrapes_total 1\n');
  });

  test('promtool reads them', async () => {
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: (await scrape()).text });
    expect(checked.error, 'promtool is missing: apt-get install prometheus').toBeUndefined();
    expect(checked.stderr.toString()).not.toMatch(/error while linting/);
  });
});

test.each([0, 1, 65_535, 65_536, 200_000])('spliced gzip with a suffix of %i bytes', (length) => {
  const prefix = Buffer.from('prefix '.repeat(1000));
  const suffix = Buffer.alloc(length, 'x');
  expect(gunzipSync(Buffer.concat(spliceGzip(compressPrefix(prefix), suffix)))).toEqual(
    Buffer.concat([prefix, suffix]),
  );
});

describe('behaviour', () => {
  test.each([
    [{ canned: { status: 503 } }, 503, 'text/plain; version=0.0.4; charset=utf-8', ''],
    [{ canned: { contentType: null, body: 'a 1\n' } }, 200, undefined, 'a 1\n'],
    [{ canned: { contentType: 'text/html', body: '<html>' } }, 200, 'text/html', '<html>'],
    [{ canned: { status: 302, headers: { Location: '/else' } } }, 302, 'text/plain; version=0.0.4; charset=utf-8', ''],
  ])('%j', async (behaviour, status, type, body) => {
    simulator.world.setBehaviour({ app: 'shop', index: 1, behaviour });
    const reply = await scrape();
    expect([reply.status, reply.headers['content-type'], reply.text]).toEqual([status, type, body]);
    expect((await scrape({}, '/metrics', 0)).text).toContain('sim_app_info');
    simulator.world.setBehaviour({ app: 'shop', index: 1, behaviour: {} });
    expect((await scrape()).text).toContain('sim_app_info');
  });

  test('own path and port, credentials, own series', async () => {
    const { world } = simulator;
    world.setBehaviour({ app: 'shop', behaviour: { path: '/actuator/prometheus', port: 9100 } });
    expect((await scrape({}, '/actuator/prometheus')).status).toBe(404);
    world.mapRoute({ app: 'shop', route: 'admin.apps.sim.example', port: 9100 });
    const admin = 'http://admin.apps.sim.example/actuator/prometheus';
    expect((await ask(simulator, admin)).text).toContain('sim_app_info');
    world.mapRoute({ app: 'shop', route: 'dead.apps.sim.example', port: 9200 });
    expect((await ask(simulator, 'http://dead.apps.sim.example/')).status).toBe(502);
    world.setBehaviour({
      app: 'shop',
      behaviour: { credentials: { scheme: 'basic', username: 'u', password: 'p' }, exportsPromregatorSeries: true },
    });
    expect((await ask(simulator, admin)).status).toBe(401);
    const allowed = await ask(simulator, admin, {
      headers: { authorization: `Basic ${Buffer.from('u:p').toString('base64')}` },
    });
    expect(allowed.text).toContain('\npromregator_up 1\n');
  });
});
