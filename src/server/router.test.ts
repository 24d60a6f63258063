import { describe, expect, onTestFinished, test } from 'vitest';
import { directoryOf, targetAt } from '../../test/support/scrape/directory.js';
import { type ScrapeProxy, startProxy } from '../../test/support/scrape/proxy.js';
import { ask, askText } from '../../test/support/scrape/question.js';
import { Secret } from '../base/secret.js';
import { createBasicGuard } from './basic-guard.js';
import { createBcryptQueue } from './bcrypt-queue.js';
import { createHashedPasswords } from './hashed-passwords.js';

const TARGET = targetAt('http://127.0.0.1:1');
const GUARDED = [
  '/',
  '/discovery',
  '/debug/discovery',
  '/promregatorMetrics',
  '/metrics',
  '/cache/invalidate',
  `/singleTargetMetrics/${TARGET.key}`,
];

async function proxyWith(options: Parameters<typeof startProxy>[0]): Promise<ScrapeProxy> {
  const proxy = await startProxy({ directory: directoryOf(TARGET), ...options });
  onTestFinished(proxy.stop);
  return proxy;
}

describe('methods and paths', () => {
  test.each([
    ['GET', '/', 200],
    ['GET', '/discovery', 200],
    ['HEAD', '/discovery', 200],
    ['GET', '/promregatorMetrics', 200],
    ['HEAD', '/promregatorMetrics', 200],
    ['GET', '/-/healthy', 200],
    ['HEAD', '/-/ready', 200],
    ['GET', '/metrics', 404],
    ['HEAD', '/metrics', 404],
    ['POST', '/cache/invalidate', 204],
    ['POST', '/discovery', 405],
    ['PUT', '/', 405],
    ['DELETE', '/promregatorMetrics', 405],
    ['POST', '/-/healthy', 405],
    ['POST', '/metrics', 405],
    ['HEAD', '/cache/invalidate', 405],
    ['GET', '/discovery/', 404],
    ['GET', '/promregatorMetrics/', 404],
    ['GET', '/cache/invalidate/', 404],
    ['GET', '/Discovery', 404],
    ['GET', '/%64iscovery', 404],
    ['GET', '//discovery', 404],
    ['GET', '/actuator', 404],
    ['GET', '/singleTargetMetrics', 404],
  ])('%s %s: %d', async (method, path, status) => {
    const proxy = await proxyWith({});
    const heard = await ask(proxy.url + path, { method });
    expect(heard.status).toBe(status);
    expect(heard.headers.allow === undefined).toBe(status !== 405);
    expect(heard.headers['cache-control']).toBe('no-cache');
    if (method === 'HEAD') expect(heard.body.length).toBe(0);
  });

  test('the merged endpoint says what to do instead', async () => {
    const proxy = await proxyWith({});
    expect((await askText(`${proxy.url}/metrics`))[1]).toMatch(/\/discovery.*\/promregatorMetrics/);
  });

  test('a prefix stands in front of every path', async () => {
    const proxy = await proxyWith({ pathPrefix: '/prom' });
    expect((await ask(`${proxy.url}/discovery`)).status).toBe(404);
    for (const path of ['/', '/discovery', '/-/healthy', '/promregatorMetrics']) {
      expect((await ask(`${proxy.url}/prom${path}`)).status).toBe(200);
    }
    const document = JSON.parse((await askText(`${proxy.url}/prom/discovery`))[1]);
    expect(document[0].labels.__metrics_path__).toBe(`/prom/singleTargetMetrics/${TARGET.key}`);
    expect((await ask(`${proxy.url}/prom/singleTargetMetrics/${TARGET.key}`)).status).toBe(502);
  });

  test('each answer is reported with its endpoint', async () => {
    const proxy = await proxyWith({});
    for (const path of ['/discovery', '/nothing', `/singleTargetMetrics/${TARGET.key}`]) await ask(proxy.url + path);
    expect(proxy.answers).toEqual(['discovery 200', 'none 404', 'singleTargetMetrics 502']);
  });

  test('an endpoint that throws gives 500 without a word about why, and the log has it', async () => {
    const proxy = await proxyWith({});
    proxy.registry.beforeRender(() => {
      throw new Error('boom');
    });
    const [status, text] = await askText(`${proxy.url}/promregatorMetrics`);
    expect([status, text.includes('boom'), proxy.log.join('').includes('boom')]).toEqual([500, false, true]);
  });
});

describe('the landing page', () => {
  test.each(['', '/prom'])('links what there is (prefix %j)', async (pathPrefix) => {
    const proxy = await proxyWith({ pathPrefix });
    const base = `${proxy.url}${pathPrefix}/`;
    const heard = await ask(base);
    const links = [...heard.body.toString().matchAll(/href="([^"]*)"/g)].map((match) => new URL(match[1] ?? '', base));
    for (const words of ['?rule=', '?foundation=', 'POST -/reload']) expect(heard.body.toString()).toContain(words);
    expect(links).toHaveLength(5);
    for (const link of links) expect([link.href, (await ask(link.href)).status]).toEqual([link.href, 200]);
    expect(heard.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  });
});

describe('the guard', () => {
  const guard = createBasicGuard({
    users: [{ username: 'promregator', password: new Secret('pä:ß'), form: 'plain' }],
    hashed: createHashedPasswords(createBcryptQueue()),
  });
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  test.each([
    ['absent', undefined, false],
    ['right', basic('promregator:pä:ß'), true],
    ['right, scheme in lower case', basic('promregator:pä:ß').replace('Basic', 'basic'), true],
    ['a wrong password', basic('promregator:pä:s'), false],
    ['a longer password', basic('promregator:pä:ßß'), false],
    ['no password', basic('promregator'), false],
    ['a wrong user', basic('Promregator:pä:ß'), false],
    ['no base64', 'Basic ???', false],
    ['nothing', 'Basic ', false],
    ['another scheme', 'Bearer promregator:pä:ß'.replace(/[äß]/g, 'x'), false],
  ])('with credentials %s', async (_, authorization, admitted) => {
    const proxy = await proxyWith({ guard });
    const headers = authorization === undefined ? {} : { authorization };
    for (const path of GUARDED) {
      const heard = await ask(proxy.url + path, { headers });
      expect([path, heard.status === 401]).toEqual([path, !admitted]);
      expect(heard.headers['www-authenticate']).toBe(
        admitted ? undefined : 'Basic realm="Promregator", charset="UTF-8"',
      );
    }
    expect(proxy.scrapes.length).toBe(admitted ? 1 : 0);
    for (const path of ['/-/healthy', '/-/ready']) expect((await ask(proxy.url + path, { headers })).status).toBe(200);
  });

  test('stands before the loop mark', async () => {
    const proxy = await proxyWith({ guard });
    expect((await ask(`${proxy.url}/metrics`, { headers: { 'x-promregator-instance': 'x' } })).status).toBe(401);
    expect(proxy.log).toEqual([]);
  });
});

describe('health', () => {
  test('is good and not ready before the first directory, ready after', async () => {
    const proxy = await startProxy({ whyNotReady: 'Not yet.' });
    onTestFinished(proxy.stop);
    expect(await askText(`${proxy.url}/-/healthy`)).toEqual([200, 'Promregator is healthy.\n']);
    expect(await askText(`${proxy.url}/-/ready`)).toEqual([503, 'Not yet.\n']);
    proxy.replace(directoryOf());
    expect(await askText(`${proxy.url}/-/ready`)).toEqual([200, 'Promregator is ready.\n']);
  });
});

describe('own metrics', () => {
  test.each([
    [
      undefined,
      'text/plain; version=0.0.4; charset=utf-8',
      '# HELP our_total Ours.\n# TYPE our_total counter\nour_total 1\n',
    ],
    [
      'application/openmetrics-text;version=1.0.0,text/plain;q=0.5',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
      '# HELP our Ours.\n# TYPE our counter\nour_total 1\n# EOF\n',
    ],
    [
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,text/plain;q=0.5',
      'text/plain; version=0.0.4; charset=utf-8',
      '# HELP our_total Ours.\n# TYPE our_total counter\nour_total 1\n',
    ],
  ])('for Accept %s come as %s', async (accept, contentType, lines) => {
    const proxy = await proxyWith({});
    proxy.registry.counter({ name: 'our_total', help: 'Ours.', labels: [] }).with({}).inc();
    const heard = await ask(`${proxy.url}/promregatorMetrics`, accept === undefined ? {} : { headers: { accept } });
    expect([heard.status, heard.headers['content-type']]).toEqual([200, contentType]);
    expect(heard.body.toString()).toBe(lines);
  });
});
