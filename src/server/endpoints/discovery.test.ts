import { describe, expect, onTestFinished, test } from 'vitest';
import { applicationOf, directoryOf, targetAt } from '../../../test/support/scrape/directory.js';
import { type ProxyOptions, type ScrapeProxy, startProxy } from '../../../test/support/scrape/proxy.js';
import { ask, askText, PROMETHEUS_HEADERS } from '../../../test/support/scrape/question.js';

const GUIDS = ['a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000002'] as const;
const DIRECTORY = directoryOf(
  targetAt('http://o', { application: applicationOf({ guid: GUIDS[0] }) }),
  targetAt('http://o', { application: applicationOf({ guid: GUIDS[0] }), index: 1 }),
  targetAt('http://i', { application: applicationOf({ guid: GUIDS[1], name: 'invoices', spaceName: 'test & dev' }) }),
);

async function proxyWith(options: ProxyOptions): Promise<ScrapeProxy> {
  const proxy = await startProxy({ directory: DIRECTORY, ...options });
  onTestFinished(proxy.stop);
  return proxy;
}

/** `<name>:<index>` of each element, `own` for the own-metrics element. */
async function listed(proxy: ScrapeProxy, query: string): Promise<readonly string[]> {
  const elements: { labels: Record<string, string> }[] = JSON.parse(
    (await askText(`${proxy.url}/discovery${query}`))[1],
  );
  return elements.map(({ labels }) => {
    const name = labels['__meta_promregator_target_applicationName'];
    return name === undefined ? 'own' : `${name}:${labels['__meta_promregator_target_instanceNumber']}`;
  });
}

describe('the document', () => {
  test('is JSON, as it is, never compressed, not to be cached', async () => {
    const proxy = await proxyWith({});
    const { status, headers, body } = await ask(`${proxy.url}/discovery`, {
      headers: { ...PROMETHEUS_HEADERS, accept: 'application/json', 'accept-encoding': 'gzip, br' },
    });
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'application/json', 'no-cache']);
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers['content-length']).toBe(String(body.length));
    expect(JSON.parse(body.toString())).toHaveLength(3);
  });

  test('is the same for the same question', async () => {
    const proxy = await proxyWith({});
    expect(await askText(`${proxy.url}/discovery`)).toEqual(await askText(`${proxy.url}/discovery`));
  });

  test('is [] when that is the truth', async () => {
    const proxy = await proxyWith({ directory: directoryOf() });
    expect(await askText(`${proxy.url}/discovery`)).toEqual([200, '[]']);
  });

  test('follows the directory', async () => {
    const proxy = await proxyWith({});
    expect(await listed(proxy, '')).toHaveLength(3);
    proxy.replace(directoryOf());
    expect(await listed(proxy, '')).toEqual([]);
  });

  test('is absent before the first directory: 503, Retry-After, the reason in one line', async () => {
    const proxy = await startProxy({ whyNotReady: 'Not yet.' });
    onTestFinished(proxy.stop);
    const { status, headers, body } = await ask(`${proxy.url}/discovery`);
    expect([status, headers['retry-after'], body.toString()]).toEqual([503, '5', 'Not yet.\n']);
    const debug = await ask(`${proxy.url}/debug/discovery`);
    expect([debug.status, JSON.parse(debug.body.toString()).problem]).toEqual([503, 'Not yet.']);
  });

  test('ends with our own metrics when they are wanted, but not in a part', async () => {
    const proxy = await proxyWith({ ownMetricsEndpoint: true });
    expect(await listed(proxy, '')).toEqual(['orders:0', 'orders:1', 'invoices:0', 'own']);
    expect(await listed(proxy, '?org=acme')).toEqual(['orders:0', 'orders:1', 'invoices:0']);
  });

  test('does not run out of memory for callers with many names', async () => {
    const proxy = await proxyWith({});
    for (let number = 0; number < 30; number += 1) {
      const headers = { host: `h${number}.example` };
      expect((await askText(`${proxy.url}/discovery`, { headers }))[1]).toContain(`h${number}.example:80`);
    }
  });
});

describe('a part of it', () => {
  test.each([
    ['', ['orders:0', 'orders:1', 'invoices:0']],
    ['?', ['orders:0', 'orders:1', 'invoices:0']],
    ['?application=orders', ['orders:0', 'orders:1']],
    ['?application=ORDERS', ['orders:0', 'orders:1']],
    ['?application=orders&application=invoices', ['orders:0', 'orders:1', 'invoices:0']],
    ['?space=test+%26%20dev', ['invoices:0']],
    ['?org=acme&space=prod&application=invoices', []],
    ['?org=nobody', []],
    ['?org=', []],
    ['?foundation=default', ['orders:0', 'orders:1', 'invoices:0']],
    ['?rule=0&application=orders', ['orders:0', 'orders:1']],
  ])('%s is %j', async (query, expected) => {
    expect(await listed(await proxyWith({}), query)).toEqual(expected);
  });

  test.each([
    ['?organization=acme', "'organization'"],
    ['?org=acme&Space=prod', "'Space'"],
    ['?orgs%0d%0aX-Evil:%201=1', "'orgs X-Evil: 1'"],
    ['?%3Cscript%3E', "'<script>'"],
  ])('%s is refused: no such parameter %s', async (query, named) => {
    const proxy = await proxyWith({});
    for (const path of ['/discovery', '/debug/discovery']) {
      const { status, headers, body } = await ask(proxy.url + path + query);
      expect([status, headers['content-type']]).toEqual([400, 'text/plain; charset=utf-8']);
      expect(body.toString()).toBe(
        `${named} is no parameter here; there are foundation, rule, org, space, application, each repeatable.\n`,
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });
});

test.each([
  ['foundation=b', "'b' is no foundation; there is default.\n"],
  ['rule=mine', "'mine' is no rule; there is promregator.targets[0].\n"],
])('%s, which does not exist, is no empty list', async (query, sentence) => {
  const proxy = await proxyWith({});
  for (const path of ['/discovery', '/debug/discovery']) {
    expect(await askText(`${proxy.url}${path}?${query}`)).toEqual([400, sentence]);
  }
});

test.each([
  [undefined, 200],
  ['', 200],
  ['application/json', 200],
  ['Application/JSON;q=0.1', 200],
  ['text/html, application/*;q=0.5', 200],
  ['text/html,*/*;q=0.1', 200],
  ['text/html', 406],
  ['application/openmetrics-text,text/plain;q=0.5', 406],
  ['application/json;q=0', 406],
  ['application/json;q=0,*/*', 406],
  ['json', 406],
])('for Accept %j the document answers %d', async (accept, status) => {
  const proxy = await proxyWith({});
  const heard = await ask(`${proxy.url}/discovery`, accept === undefined ? {} : { headers: { accept } });
  expect([heard.status, heard.body.toString().startsWith('[')]).toEqual([status, status === 200]);
});

test('the debug view is JSON and can be narrowed', async () => {
  const proxy = await proxyWith({});
  const { headers, body } = await ask(`${proxy.url}/debug/discovery?application=invoices`);
  expect(headers['content-type']).toBe('application/json');
  expect(JSON.parse(body.toString())).toMatchObject({ targets: 1, inventory: {}, rules: [{ instances: 3 }] });
});

describe('an entity tag', () => {
  test('is the same in two replicas with the same targets, and other for other bytes', async () => {
    const [one, two] = [await proxyWith({}), await proxyWith({})];
    const headers = { host: 'promregator.example.org:80' };
    const [first, second] = [
      await ask(`${one.url}/discovery`, { headers }),
      await ask(`${two.url}/discovery`, { headers }),
    ];
    expect(first.headers.etag).toMatch(/^"[\w-]{43}"$/);
    expect([second.headers.etag, second.body.toString()]).toEqual([first.headers.etag, first.body.toString()]);
    const part = await ask(`${one.url}/discovery?application=orders`, { headers });
    expect(part.headers.etag).not.toBe(first.headers.etag);
    const elsewhere = await ask(`${one.url}/discovery`, { headers: { host: 'other.example.org:80' } });
    expect(elsewhere.headers.etag).not.toBe(first.headers.etag);
  });

  test.each(['GET', 'HEAD'])('saves the body of a %s that knows it', async (method) => {
    const proxy = await proxyWith({});
    const { etag = '' } = (await ask(`${proxy.url}/discovery`)).headers;
    const again = await ask(`${proxy.url}/discovery`, { method, headers: { 'if-none-match': `"x", W/${etag}` } });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
    expect(again.headers['cache-control']).toBe('no-cache');
    expect(again.headers['x-content-type-options']).toBe('nosniff');
    const changed = await ask(`${proxy.url}/discovery`, { method, headers: { 'if-none-match': '"x"' } });
    expect(changed.status).toBe(200);
  });

  test('comes with what replicas can be compared by', async () => {
    const { headers } = await ask(`${(await proxyWith({})).url}/discovery`);
    expect(headers['x-promregator-config']).toBe('000000c0ffee');
    expect(headers['x-promregator-inventory']).toMatch(/^[\da-f]{12}$/);
  });
});
