import { describe, expect, onTestFinished, test } from 'vitest';
import { APP_GUID, applicationOf, directoryOf, targetAt } from '../../../test/support/scrape/directory.js';
import { bodyOf, SENT_TYPES, serves } from '../../../test/support/scrape/exposition-bodies.js';
import { PROXY_ID, startProxy } from '../../../test/support/scrape/proxy.js';
import { ask, askText } from '../../../test/support/scrape/question.js';
import { scrapedInstance } from '../../../test/support/scrape/scraped-instance.js';

const METRICS = serves(bodyOf('text'), SENT_TYPES.text);
const KEY = `${APP_GUID}/0`;

describe('an instance is looked up by its path', () => {
  test.each([
    [KEY, 200],
    [`${KEY}?x=y`, 200],
    [`${APP_GUID}/1`, 404],
    [`${APP_GUID}/00`, 404],
    [`${APP_GUID}/0/a1`, 404],
    ['f0000000-0000-4000-8000-000000000000/0', 404],
    [`${KEY}/`, 404],
    [`${APP_GUID}/`, 404],
    ['', 404],
    [APP_GUID, 400],
    [`${APP_GUID}/x`, 400],
    [`${APP_GUID}/0x1`, 400],
    [`${APP_GUID}/0.5`, 400],
    [`${APP_GUID}/%30`, 400],
    [`${APP_GUID.toUpperCase()}/0`, 400],
    ['orders/0', 400],
    [`${KEY}/%0d%0aX:%20y`, 400],
    [`${KEY}/a/b`, 400],
  ])('%s: %d', async (path, status) => {
    const { proxy, instance } = await scrapedInstance(METRICS);
    const [heard, text] = await askText(`${proxy.url}/singleTargetMetrics/${path}`);
    expect(heard).toBe(status);
    if (heard !== 200)
      expect([text.length > 20, text.split('\n').length, instance.requests.length]).toEqual([true, 2, 0]);
  });

  test('two rules for one instance are two targets', async () => {
    const { proxy, instance, target } = await scrapedInstance(METRICS);
    const second = { ...target, key: `${KEY}/k7-_Z`, path: '/other' };
    proxy.replace(directoryOf(target, second));
    for (const { key } of [target, second]) await ask(`${proxy.url}/singleTargetMetrics/${key}`);
    expect(instance.requests.map(({ url }) => url)).toEqual(['/metrics', '/other']);
  });
});

test('before the first directory malformed is 400 still, all else 503 with Retry-After', async () => {
  const proxy = await startProxy({ whyNotReady: 'There is no complete list yet: the password was refused.' });
  onTestFinished(proxy.stop);
  const heard = await ask(`${proxy.url}/singleTargetMetrics/${KEY}`);
  expect([heard.status, heard.headers['retry-after'], heard.body.toString()]).toEqual([
    503,
    '5',
    'There is no complete list yet: the password was refused.\n',
  ]);
  expect((await ask(`${proxy.url}/singleTargetMetrics/orders/0`)).status).toBe(400);
  proxy.replace(directoryOf());
  expect((await ask(`${proxy.url}/singleTargetMetrics/${KEY}`)).status).toBe(404);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is refused with 405', async (method) => {
  const { url, instance } = await scrapedInstance(METRICS);
  const { status, headers } = await ask(url, { method });
  expect([status, headers.allow, instance.requests.length]).toEqual([405, 'GET, HEAD', 0]);
});

describe('a request that carries a loop mark', () => {
  test.each([PROXY_ID, 'somebody else', ''])('%j is refused with 508 on both scraping endpoints', async (mark) => {
    const { url, proxy, instance } = await scrapedInstance(METRICS);
    const headers = { 'x-promregator-instance': mark };
    for (const path of [url, `${proxy.url}/metrics`, `${proxy.url}/singleTargetMetrics/unknown`]) {
      expect(await askText(path, { headers })).toEqual([508, expect.stringContaining('/promregatorMetrics')]);
    }
    expect(instance.requests).toEqual([]);
    const errors = proxy.log.filter((line) => /error/i.test(line));
    // Anybody can write the header: it is told once.
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('the rule that selects Promregator itself');
  });

  test('names the rule that selects us, when we know who we are', async () => {
    const application = applicationOf({ rule: 'promregator.targets[3]' });
    const proxy = await startProxy({
      applicationId: APP_GUID,
      directory: directoryOf(targetAt('http://127.0.0.1:1', { application })),
    });
    onTestFinished(proxy.stop);
    const headers = { 'x-promregator-instance': 'x' };
    expect((await askText(`${proxy.url}/singleTargetMetrics/${KEY}`, { headers }))[1]).toContain(
      'promregator.targets[3]',
    );
    expect(proxy.log.join('')).toContain('promregator.targets[3]');
  });

  test('is welcome where replicas scrape each other, and at discovery', async () => {
    const { proxy } = await scrapedInstance(METRICS);
    const headers = { 'x-promregator-instance': 'x' };
    for (const path of ['/promregatorMetrics', '/discovery']) {
      expect((await ask(proxy.url + path, { headers })).status).toBe(200);
    }
  });
});
