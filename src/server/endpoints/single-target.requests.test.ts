import { describe, expect, test } from 'vitest';
import { authenticatorsWith } from '../../../test/support/scrape/authenticators.js';
import { applicationOf, directoryOf, targetAt } from '../../../test/support/scrape/directory.js';
import { bodyOf, SENT_TYPES, serves } from '../../../test/support/scrape/exposition-bodies.js';
import { startInstance } from '../../../test/support/scrape/instance.js';
import { PROXY_ID, PROXY_USER_AGENT, startProxy } from '../../../test/support/scrape/proxy.js';
import { ask, askText, PROMETHEUS_HEADERS } from '../../../test/support/scrape/question.js';
import { scrapedInstance } from '../../../test/support/scrape/scraped-instance.js';
import { Secret } from '../../base/secret.js';

const METRICS = serves(bodyOf('text'), SENT_TYPES.text);

const NOSY_CALLER = {
  ...PROMETHEUS_HEADERS,
  authorization: 'Basic cHJvbWV0aGV1czpmaXJl',
  cookie: 'JSESSIONID=1; __VCAP_ID__=2',
  forwarded: 'for=1.2.3.4',
  'x-forwarded-for': '1.2.3.4',
  'x-forwarded-host': 'evil.example',
  'x-cf-app-instance': 'somebody:7',
  'x-prometheus-scrape-timeout-seconds': '10',
  'x-vcap-trace': '22',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  referer: 'http://elsewhere.example/',
  'if-none-match': '"x"',
  range: 'bytes=0-9',
};

test('nothing crosses to an instance but what is documented', async () => {
  const { url, instance, target } = await scrapedInstance(METRICS);
  await ask(url, { headers: NOSY_CALLER });
  await ask(url, { headers: NOSY_CALLER });
  expect(instance.requests.map(({ method, url: path }) => `${method} ${path}`)).toEqual(Array(2).fill('GET /metrics'));
  expect(instance.requests[1]?.headers).toEqual({
    host: `127.0.0.1:${instance.port}`,
    connection: 'keep-alive',
    accept: PROMETHEUS_HEADERS.accept,
    'accept-encoding': 'gzip',
    'user-agent': PROXY_USER_AGENT,
    'x-promregator-instance': PROXY_ID,
    'x-cf-app-instance': target.instanceHeader,
  });
  expect(instance.requests[1]?.rawHeaders).toHaveLength(14);
});

test('nor does anything of the instance cross to the caller', async () => {
  const { url } = await scrapedInstance((_, response) => {
    response.writeHead(200, {
      'content-type': 'text/plain',
      'set-cookie': 'a=b',
      server: 'teapot',
      etag: '"x"',
      'x-vcap-request-id': 'y',
      'access-control-allow-origin': '*',
    });
    response.end('app_jobs 7\n');
  });
  const { headers } = await ask(url);
  expect(Object.keys(headers).sort()).toEqual([
    'cache-control',
    'connection',
    'content-length',
    'content-type',
    'date',
    'x-content-type-options',
    'x-frame-options',
  ]);
});

test('cookies are not kept', async () => {
  const { url, instance } = await scrapedInstance((_, response) => {
    response.writeHead(200, { 'set-cookie': ['JSESSIONID=1', '__VCAP_ID__=2'] }).end('app_jobs 7\n');
  });
  for (let round = 0; round < 2; round += 1) await ask(url);
  expect(instance.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
});

test.each([
  [undefined, 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1'],
  ['application/json', 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1'],
  ['text/html, text/plain;version=0.0.4;evil="x";q=0.7', 'text/plain;version=0.0.4;q=0.7'],
])('of Accept %s goes out %s', async (accept, sent) => {
  const { url, instance } = await scrapedInstance(METRICS);
  await ask(url, accept === undefined ? {} : { headers: { accept } });
  expect(instance.requests[0]?.headers.accept).toBe(sent);
});

test('the instance header is left out where no router stands between', async () => {
  const { url, instance } = await scrapedInstance(METRICS, { target: { instanceHeader: undefined } });
  await ask(url);
  expect(instance.requests[0]?.headers).not.toHaveProperty('x-cf-app-instance');
});

describe('credentials', () => {
  test.each([
    [undefined, 'Basic ZGVmYXVsdDpw'],
    ['orders', 'Basic b3JkZXJzOnDDpMOf'],
    ['open', undefined],
  ])('of authenticator %s are %s', async (authenticatorId, authorization) => {
    const authenticators = authenticatorsWith({
      byDefault: { type: 'basic', username: 'default', password: new Secret('p') },
      byId: {
        orders: { type: 'basic', username: 'orders', password: new Secret('päß') },
        open: { type: 'none' },
      },
    });
    const { url, instance } = await scrapedInstance(METRICS, {
      authenticators,
      target: { application: applicationOf({ authenticatorId }) },
    });
    await ask(url);
    expect(instance.requests[0]?.headers.authorization).toBe(authorization);
  });
});

test('connections to an instance are used again', async () => {
  const { url, instance } = await scrapedInstance(METRICS);
  for (let round = 0; round < 5; round += 1) await ask(url, { headers: PROMETHEUS_HEADERS });
  expect([instance.requests.length, instance.connections]).toEqual([5, 1]);
});

test('fifty scrapes at once are not mixed up', async () => {
  const instance = await startInstance((request, response) => {
    setImmediate(() => response.end(`# HELP who Who.\nwho{id="${request.headers['x-cf-app-instance']}"} 1\n`));
  });
  const targets = Array.from({ length: 50 }, (_, index) => targetAt(instance.origin, { index }));
  const proxy = await startProxy({ directory: directoryOf(...targets) });
  const texts = await Promise.all(targets.map(({ key }) => askText(`${proxy.url}/singleTargetMetrics/${key}`)));
  expect(texts.map(([status, text]) => [status, text.match(/id="(.*)"/)?.[1]])).toEqual(
    targets.map(({ instanceHeader }) => [200, instanceHeader]),
  );
  await proxy.stop();
  await instance.stop();
});
