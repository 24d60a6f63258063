import { expect, test } from 'vitest';
import { authenticatorsWith } from '../../../test/support/scrape/authenticators.js';
import { bodyOf, SENT_TYPES, serves } from '../../../test/support/scrape/exposition-bodies.js';
import { type Behaviour, startInstance } from '../../../test/support/scrape/instance.js';
import { PROXY_ID } from '../../../test/support/scrape/proxy.js';
import { askText } from '../../../test/support/scrape/question.js';
import { scrapedInstance } from '../../../test/support/scrape/scraped-instance.js';
import { Secret } from '../../base/secret.js';

const AUTHENTICATORS = authenticatorsWith({
  byDefault: { type: 'basic', username: 'ada', password: new Secret('lovelace') },
});

/** Sends `/metrics` elsewhere and serves metrics at every other path. */
function redirecting(status: number, location: string | undefined): Behaviour {
  const metrics = serves(bodyOf('text'), SENT_TYPES.text);
  return (request, response) => {
    if (request.url !== '/metrics') metrics(request, response);
    else response.writeHead(status, location === undefined ? {} : { location }).end('see there\n');
  };
}

test.each([
  [301, '/actuator/prometheus', '/actuator/prometheus'],
  [302, 'prometheus?a=b#c', '/prometheus?a=b'],
  [303, '//HOST/x', '/x'],
  [307, 'http://HOST/y/../z', '/z'],
  [308, 'http://user:secret@HOST', '/'],
])('%d to %s is followed as %s', async (status, location, path) => {
  let host = '';
  const { url, instance, target } = await scrapedInstance(
    (request, response) => {
      redirecting(status, location.replace('HOST', host))(request, response);
    },
    { authenticators: AUTHENTICATORS },
  );
  host = `127.0.0.1:${instance.port}`;
  expect(await askText(url)).toEqual([200, expect.stringContaining('promregator_up 1\n')]);
  expect(instance.requests.map((request) => request.url)).toEqual(['/metrics', path]);
  for (const { headers } of instance.requests) {
    expect([headers['x-cf-app-instance'], headers.authorization]).toEqual([
      target.instanceHeader,
      `Basic ${Buffer.from('ada:lovelace').toString('base64')}`,
    ]);
  }
});

test.each([
  ['another port', 'http://127.0.0.1:1/x', 'a redirect to another host, http://127.0.0.1:1, which is not followed'],
  ['another name', 'http://localhost/x', 'a redirect to another host, http://localhost, which is not followed'],
  [
    'another scheme and port',
    'https://127.0.0.1/x',
    'a redirect to another host, https://127.0.0.1, which is not followed',
  ],
  ['no http', 'ftp://127.0.0.1/x', 'a redirect to ftp:'],
  ['no address', 'http://[', 'a redirect without a usable Location'],
  ['nothing', undefined, 'a redirect without a usable Location'],
])('to %s is a failure that says so', async (_, location, reason) => {
  const { url, proxy, instance } = await scrapedInstance(redirecting(302, location));
  expect(await askText(url)).toEqual([502, `orders:0 (acme/prod) at ${instance.origin}/metrics: ${reason}\n`]);
  expect(proxy.scrapes[0]?.error?.code).toBe('target_redirect');
});

test.each([
  [10, 200, 11],
  [11, 502, 11],
  [Number.POSITIVE_INFINITY, 502, 11],
])('of %d redirects in a row the answer is %d after %d requests', async (redirects, status, requests) => {
  let left = redirects;
  const { url, instance } = await scrapedInstance((request, response) => {
    left -= 1;
    if (left < 0) response.end('app_jobs 7\n');
    else response.writeHead(302, { location: request.url ?? '' }).end();
  });
  const [heard, text] = await askText(url);
  expect([heard, instance.requests.length]).toEqual([status, requests]);
  expect(text).toContain(status === 200 ? 'promregator_up 1' : 'more than 10 redirects');
});

test('to another host is followed when it is allowed, without credentials and instance', async () => {
  const foreign = await startInstance(serves(bodyOf('text'), SENT_TYPES.text));
  const { url, instance } = await scrapedInstance(redirecting(302, `${foreign.origin}/x`), {
    foreignRedirects: 'follow',
    authenticators: AUTHENTICATORS,
  });
  expect((await askText(url))[0]).toBe(200);
  expect(instance.requests[0]?.headers.authorization).toBeDefined();
  const headers = foreign.requests[0]?.headers ?? {};
  expect(Object.keys(headers).sort()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
    'x-promregator-instance',
  ]);
  expect([headers['x-promregator-instance'], headers.host]).toEqual([PROXY_ID, `127.0.0.1:${foreign.port}`]);
  await foreign.stop();
});

test('credentials do not come back with a redirect back to the first host', async () => {
  let home = '';
  const foreign = await startInstance((_, response) => response.writeHead(302, { location: `${home}/x` }).end());
  const { url, instance } = await scrapedInstance(redirecting(302, `${foreign.origin}/x`), {
    foreignRedirects: 'follow',
    authenticators: AUTHENTICATORS,
  });
  home = instance.origin;
  expect((await askText(url))[0]).toBe(200);
  expect(instance.requests.map(({ headers }) => 'authorization' in headers)).toEqual([true, false]);
  await foreign.stop();
});

test('a redirect whose own body is endless is followed nevertheless', async () => {
  const { url } = await scrapedInstance((request, response) => {
    if (request.url !== '/metrics') response.end('app_jobs 7\n');
    else response.writeHead(302, { location: '/x' }).write(Buffer.alloc(100_000));
  });
  expect((await askText(url))[0]).toBe(200);
});
