import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { applicationOf } from '../../../test/support/scrape/directory.js';
import {
  bodyOf,
  CANONICAL_TYPES,
  familyNames,
  SENT_TYPES,
  serves,
} from '../../../test/support/scrape/exposition-bodies.js';
import { startInstance, startRawInstance } from '../../../test/support/scrape/instance.js';
import { ask, askText, PROMETHEUS_HEADERS } from '../../../test/support/scrape/question.js';
import { scrapedInstance, scrapeThrough } from '../../../test/support/scrape/scraped-instance.js';

const MEBIBYTE = 1024 * 1024;

describe('a status other than 200', () => {
  test.each([
    [201, undefined, 'the application answered 201'],
    [204, undefined, 'the application answered 204'],
    [206, undefined, 'the application answered 206'],
    [304, undefined, 'the application answered 304'],
    [401, undefined, 'the application answered 401 (the rule may need an authenticatorId)'],
    [403, undefined, 'the application answered 403 (the rule may need an authenticatorId)'],
    [404, undefined, 'the application answered 404'],
    [500, undefined, 'the application answered 500'],
    [400, 'unknown_route', 'the router knows no such instance'],
    [404, 'unknown_route', 'the router knows no such instance'],
    [400, 'invalid_cf_app_instance_header', 'the router could not reach the instance'],
    [503, 'no_endpoints', 'the router could not reach the instance'],
    [502, 'endpoint_failure (dial tcp 10.0.1.4:61000: i/o timeout)', 'the router could not reach the instance'],
  ])('%d with X-Cf-Routererror %s: %s', async (sent, routerError, reason) => {
    const { url, instance, proxy } = await scrapedInstance((_, response) => {
      if (routerError !== undefined) response.setHeader('x-cf-routererror', routerError);
      response.writeHead(sent, { 'content-type': 'text/plain' });
      response.end(sent === 204 || sent === 304 ? undefined : 'app_jobs 7\n');
    });
    const heard = await ask(url, { headers: PROMETHEUS_HEADERS });
    expect([heard.status, heard.headers['content-type']]).toEqual([502, 'text/plain; charset=utf-8']);
    const said = routerError === undefined ? '' : ` (${sent}, X-Cf-Routererror: ${routerError})`;
    expect(heard.body.toString()).toBe(`orders:0 (acme/prod) at ${instance.origin}/metrics: ${reason}${said}\n`);
    expect(proxy.gone).toBe(routerError === 'unknown_route' ? 1 : 0);
    await ask(url);
    expect(instance.connections).toBe(1);
  });

  test('is no word of a router where none stands between', async () => {
    const { url, proxy } = await scrapedInstance(
      (_, response) => response.writeHead(404, { 'x-cf-routererror': 'unknown_route' }).end(),
      { target: { instanceHeader: undefined } },
    );
    expect(await askText(url)).toEqual([502, expect.stringContaining('the router could not reach the instance (404')]);
    expect(proxy.gone).toBe(0);
  });

  test('is told although its body is endless, and the connection is given up', async () => {
    let poured = 0;
    const { url, instance } = await scrapedInstance((_, response) => {
      response.writeHead(500);
      const pour = (): void => {
        do poured += 65_536;
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(await askText(url)).toEqual([502, expect.stringContaining('the application answered 500')]);
    await instance.allClosed();
    expect(poured).toBeLessThan(32 * MEBIBYTE);
  });

  test('is told although its body breaks off', async () => {
    const instance = await startRawInstance((socket) => {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\nshort');
    });
    const { url } = await scrapeThrough(instance);
    expect(await askText(url)).toEqual([502, expect.stringContaining('the application answered 404')]);
  });
});

describe('an instance that breaks off', () => {
  test.each([
    ['before the head', '', 'the connection broke off'],
    ['in the head', 'HTTP/1.1 200 OK\r\nContent-Ty', 'the connection broke off'],
    [
      'in a small body with length',
      'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\napp_jobs 7\n',
      'the connection broke off',
    ],
    [
      'in a small chunked body',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\napp_jobs 7\n\r\n',
      'the connection broke off',
    ],
    ['in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\napp_jobs', 'the connection broke off'],
    ['speaking no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'does not match the HTTP/1.1 protocol'],
  ])('%s fails cleanly', async (_, sent, reason) => {
    const { url, proxy } = await scrapeThrough(await startRawInstance((socket) => socket.end(sent)));
    expect(await askText(url)).toEqual([502, expect.stringContaining(reason)]);
    expect([proxy.scrapes[0]?.error?.code, proxy.scraper.heldBytes, proxy.scraper.inFlight]).toEqual([
      'target_unreachable',
      0,
      0,
    ]);
  });

  test.each([
    ['with length', 'Content-Length: 9000000', ''],
    ['chunked', 'Transfer-Encoding: chunked', '1e8480\r\n'],
  ])('after streaming began, %s, breaks our answer off too', async (_, framing, chunkHead) => {
    const instance = await startRawInstance((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n${chunkHead}`);
      socket.end(bodyOf('text', 2_000_000));
    });
    const { url, proxy } = await scrapeThrough(instance);
    const heard = await ask(url);
    expect([heard.status, heard.complete]).toEqual([200, false]);
    expect(heard.body.includes('promregator_up')).toBe(false);
    expect([proxy.scrapes[0]?.error?.code, proxy.scraper.heldBytes, proxy.answers]).toEqual([
      'target_unreachable',
      0,
      ['singleTargetMetrics 200'],
    ]);
    expect(proxy.log).toEqual([expect.stringMatching(/a scrape failed.*the connection broke off/)]);
  });

  test('on a kept connection, before the first byte, is asked once more', async () => {
    let asked = 0;
    const instance = await startRawInstance((socket) => {
      asked += 1;
      if (asked === 2) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\napp_jobs 7\n');
    });
    const { url } = await scrapeThrough(instance);
    expect([(await ask(url)).status, (await ask(url)).status, asked]).toEqual([200, 200, 3]);
  });
});

describe('an instance that cannot be reached', () => {
  test('on a port where nobody listens, with a word about network policies on internal routes', async () => {
    const closed = createServer();
    const port = await new Promise<number>((resolve) => {
      closed.listen(0, '127.0.0.1', () => {
        const address = closed.address();
        closed.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
    });
    const origin = `http://127.0.0.1:${port}`;
    const refusal = `the connection was refused: connect ECONNREFUSED 127.0.0.1:${port}`;
    const { url } = await scrapedInstance(() => undefined, { target: { origin } });
    expect(await askText(url)).toEqual([502, `orders:0 (acme/prod) at ${origin}/metrics: ${refusal}\n`]);
    const internal = await scrapedInstance(() => undefined, {
      target: { origin, application: applicationOf({ internal: true }) },
    });
    expect(await askText(internal.url)).toEqual([502, expect.stringContaining('missing network policy')]);
  });

  test('because its name has no address', async () => {
    const { url } = await scrapedInstance(() => undefined, { target: { origin: 'http://orders.invalid' } });
    expect(await askText(url)).toEqual([502, expect.stringContaining('the host name has no address')]);
  });

  test('because it speaks no TLS', async () => {
    const instance = await startInstance((_, response) => response.end());
    const { url } = await scrapeThrough(instance, { target: { origin: instance.origin.replace('http:', 'https:') } });
    expect(await askText(url)).toEqual([502, expect.stringContaining('the TLS handshake failed: ')]);
  });
});

describe('failureResponse: metrics', () => {
  const FORMATS = [
    ['text', 'text/plain;version=0.0.4'],
    ['openmetrics', PROMETHEUS_HEADERS.accept],
    ['protobuf', 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'],
  ] as const;

  test.each(FORMATS)('says up 0 in %s', async (format, accept) => {
    const { url, proxy } = await scrapedInstance((_, response) => response.writeHead(500).end(), {
      failureResponse: 'metrics',
    });
    const { status, headers, body } = await ask(url, { headers: { ...PROMETHEUS_HEADERS, accept } });
    expect([status, headers['content-type'], headers['content-encoding']]).toEqual([
      200,
      CANONICAL_TYPES[format],
      undefined,
    ]);
    if (format === 'protobuf')
      expect(familyNames(body)).toEqual(['promregator_up', 'promregator_scrape_duration_seconds']);
    else expect(body.toString()).toMatch(/\npromregator_up 0\n.+\npromregator_scrape_duration_seconds [\d.e-]+\n/s);
    expect(proxy.scrapes[0]?.error?.code).toBe('target_status');
  });

  test('for 503 and 504 too, never for 400, 404, 405 and 508', async () => {
    const { url, proxy } = await scrapedInstance((_, response) => void response.flushHeaders(), {
      failureResponse: 'metrics',
      maxConcurrentPerInstance: 1,
    });
    const late = askText(url, { headers: { 'x-prometheus-scrape-timeout-seconds': '0.4' } });
    const busy = await askText(url);
    expect([busy, await late]).toEqual(Array(2).fill([200, expect.stringContaining('promregator_up 0\n')]));
    expect(proxy.scrapes.map(({ error }) => error?.code)).toEqual(['instance_busy', 'target_late']);
    const others = [
      await askText(`${proxy.url}/singleTargetMetrics/XYZ/0`),
      await askText(`${url}7`),
      await askText(url, { method: 'PUT' }),
      await askText(url, { headers: { 'x-promregator-instance': 'somebody' } }),
    ];
    expect(others.map(([status]) => status)).toEqual([400, 404, 405, 508]);
    for (const [, text] of others) expect(text).not.toContain('promregator_up');
  });

  test('cannot help once the head is out', async () => {
    const instance = await startRawInstance((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n');
      socket.end(Buffer.alloc(MEBIBYTE + 1, '\n'));
    });
    const { url } = await scrapeThrough(instance, { failureResponse: 'metrics' });
    expect((await ask(url)).complete).toBe(false);
  });
});

test('names and headers with control characters do not break the line of an answer', async () => {
  const { url } = await scrapedInstance(
    (_, response) => response.writeHead(200, { 'content-type': 'text/html;\tx="\u0085"' }).end(),
    { target: { application: applicationOf({ name: 'or\r\nders\u2028', organizationName: 'a'.repeat(300) }) } },
  );
  const [status, text] = await askText(url);
  expect([status, text.match(/\p{Cc}|\p{Zl}|\p{Zp}/gu)]).toEqual([502, ['\n']]);
  expect(text).toContain(`or ders :0 (${'a'.repeat(80)}…/prod)`);
});

test('a good scrape after all of that', async () => {
  const { url } = await scrapedInstance(serves(bodyOf('text'), SENT_TYPES.text));
  expect(await askText(url)).toEqual([200, expect.stringContaining('promregator_up 1\n')]);
});

test('of failures the first of each cause is told, and the others are for those who look closely', async () => {
  let status = 500;
  const { url, proxy } = await scrapedInstance((_, response) => {
    if (status === 0) response.destroy();
    else response.writeHead(status).end();
  });
  await ask(url);
  status = 404;
  await ask(url);
  status = 0;
  await ask(url);
  expect(proxy.log.map((line) => /\b(info|debug)\b/i.exec(line)?.[0].toLowerCase())).toEqual(['info', 'debug', 'info']);
});
