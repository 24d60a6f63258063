import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../test/support/manual-clock.js';
import { directoryOf, targetAt } from '../../../test/support/scrape/directory.js';
import { bodyOf, SENT_TYPES, serves } from '../../../test/support/scrape/exposition-bodies.js';
import type { Behaviour } from '../../../test/support/scrape/instance.js';
import { ask, askText, PROMETHEUS_HEADERS } from '../../../test/support/scrape/question.js';
import { scrapedInstance } from '../../../test/support/scrape/scraped-instance.js';
import { signal } from '../../../test/support/scrape/signal.js';
import { waitUntil } from '../../../test/support/wait-until.js';

const MEBIBYTE = 1024 * 1024;
const GRANTED = 'x-prometheus-scrape-timeout-seconds';

const SILENT: Behaviour = () => undefined;

/** Sends a head and some bytes, and no more. */
function stuck(bytes: number): Behaviour {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write(Buffer.alloc(bytes, '\n'));
  };
}

/** Without a Content-Length. */
function servesChunked(body: Buffer): Behaviour {
  return (_, response) => {
    response.writeHead(200, { 'content-type': SENT_TYPES.text });
    response.write(body.subarray(0, 1));
    response.end(body.subarray(1));
  };
}

describe('the deadline', () => {
  test.each([
    ['before the head', SILENT, 'no answer within 150 ms'],
    ['in the body', stuck(1000), 'no complete answer within 150 ms'],
  ] satisfies [string, Behaviour, string][])('of a hang %s gives 504', async (_, behaviour, reason) => {
    const { url, instance, proxy } = await scrapedInstance(behaviour);
    const [status, text] = await askText(url, { headers: { [GRANTED]: '0.3' } });
    expect([status, text]).toEqual([504, `orders:0 (acme/prod) at ${instance.origin}/metrics: ${reason}\n`]);
    expect(proxy.scrapes[0]?.error?.code).toBe('target_late');
    await instance.allClosed();
  });

  test('of a hang in the body of an error tells the error', async () => {
    const { url, instance } = await scrapedInstance((_, response) => void response.writeHead(500).write('oh'));
    const [status, text] = await askText(url, { headers: { [GRANTED]: '0.3' } });
    expect([status, text]).toEqual([502, expect.stringContaining('the application answered 500')]);
    await instance.allClosed();
  });

  test('breaks an answer off whose head is out', async () => {
    const { url, instance, proxy } = await scrapedInstance(stuck(2 * MEBIBYTE));
    const heard = await ask(url, { headers: { [GRANTED]: '0.3' } });
    expect([heard.status, heard.complete, proxy.scrapes[0]?.error?.code]).toEqual([200, false, 'target_late']);
    await instance.allClosed();
  });

  test.each([
    [undefined, undefined, 5_000],
    ['10', undefined, 9_500],
    ['10', 2_000, 2_000],
    ['x', undefined, 5_000],
  ])('with %s seconds granted and a cap of %s is %d ms', async (granted, capMs, limitMs) => {
    const clock = manualClock();
    const asked = signal();
    const { url } = await scrapedInstance(asked.give, { clock, timeLimit: { capMs, defaultMs: 5_000 } });
    const answer = askText(url, granted === undefined ? {} : { headers: { [GRANTED]: granted } });
    await asked.given;
    expect(clock.pending()).toEqual([limitMs]);
    clock.advance(limitMs);
    expect((await answer)[0]).toBe(504);
    expect(clock.pending()).toEqual([]);
  });

  test('is over with the scrape', async () => {
    const clock = manualClock();
    const { url } = await scrapedInstance(serves(bodyOf('text'), SENT_TYPES.text), { clock });
    expect([(await askText(url))[0], clock.pending()]).toEqual([200, []]);
  });

  test.each([
    ['before the head', SILENT, 'no answer in time'],
    ['in the body', stuck(1000), 'the answer paused for too long'],
  ] satisfies [string, Behaviour, string][])('for a pause %s has a reason of its own', async (_, behaviour, reason) => {
    const { url, instance } = await scrapedInstance(behaviour, { pauseTimeoutMs: 300 });
    expect(await askText(url)).toEqual([504, expect.stringContaining(reason)]);
    await instance.allClosed();
  });
});

describe('a caller that goes away', () => {
  test.each([
    ['before the head', SILENT],
    ['while the body is held', stuck(1000)],
    ['while the body is streamed', stuck(2 * MEBIBYTE)],
  ] satisfies [string, Behaviour][])('%s ends the request to the instance at once', async (_, behaviour) => {
    const asked = signal();
    const { url, instance, proxy } = await scrapedInstance((request, response) => {
      behaviour(request, response);
      asked.give();
    });
    const request = get(url, { agent: false });
    request.on('error', () => undefined);
    await asked.given;
    request.destroy();
    await Promise.all([proxy.scraped(1), instance.allClosed()]);
    expect(proxy.scrapes.map(({ error, aborted }) => [error, aborted])).toEqual([[undefined, true]]);
    expect([proxy.scraper.inFlight, proxy.scraper.heldBytes]).toEqual([0, 0]);
  });

  test('with requests pipelined, ends the scrape that runs, and those that wait never begin', async () => {
    const { url, proxy, instance } = await scrapedInstance(SILENT);
    const { port, pathname } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    const request = `GET ${pathname} HTTP/1.1\r\nHost: x\r\n${GRANTED}: 60\r\n\r\n`;
    socket.write(request.repeat(3));
    await waitUntil(() => instance.requests.length === 1, { within: 5_000, describe: () => instance.requests });
    socket.destroy();
    await Promise.all([proxy.scraped(1), instance.allClosed()]);
    expect([proxy.scraper.inFlight, instance.requests.length]).toEqual([0, 1]);
  });

  test('frees its place among the scrapes of an instance', async () => {
    const asked = signal();
    const { url, proxy } = await scrapedInstance(asked.give, { maxConcurrentPerInstance: 1 });
    const request = get(url, { agent: false }).on('error', () => undefined);
    await asked.given;
    request.destroy();
    await proxy.scraped(1);
    expect((await askText(url, { headers: { [GRANTED]: '0.2' } }))[0]).toBe(504);
  });
});

describe('our own limits', () => {
  test('the fifth scrape of an instance at once is refused, others are not', async () => {
    const waiting: (() => void)[] = [];
    const asked = signal();
    const { url, instance, proxy } = await scrapedInstance((_, response) => {
      waiting.push(() => response.end('app_jobs 7\n'));
      if (waiting.length === 4) asked.give();
    });
    const four = Array.from({ length: 4 }, () => askText(url));
    await asked.given;
    expect(proxy.scraper.inFlight).toBe(4);
    expect(await askText(url)).toEqual([503, expect.stringContaining('promregator.scraping.maxConcurrentPerInstance')]);
    for (const release of waiting) release();
    expect((await Promise.all(four)).map(([status]) => status)).toEqual([200, 200, 200, 200]);
    expect([instance.requests.length, proxy.scraper.inFlight]).toEqual([4, 0]);
  });

  test.each([
    ['met before the head', 'chunked', 100_000, 99_999, 503, true],
    ['just kept', 'with length', 100_000, 100_000, 200, true],
    ['met while streaming', 'chunked', 3_000_000, 2_000_000, 200, false],
    ['told by its head', 'with length', 3_000_000, 2_000_000, 503, true],
  ])('a response over the limit, %s', async (_, framing, length, maxResponseBytes, status, complete) => {
    const body = bodyOf('text', length);
    const { url, proxy } = await scrapedInstance(
      framing === 'chunked' ? servesChunked(body) : serves(body, SENT_TYPES.text),
      { maxResponseBytes },
    );
    const heard = await ask(url);
    expect([heard.status, heard.complete]).toEqual([status, complete]);
    if (status === 503)
      expect(heard.body.toString()).toContain(`promregator.scraping.maxResponseBytes (${maxResponseBytes})`);
    if (status === 503 || !complete) expect(proxy.scrapes[0]?.error?.code).toBe('response_too_large');
    expect(proxy.scraper.heldBytes).toBe(0);
  });

  test('bytes held by all scrapes together are bounded, and come free again', async () => {
    let isStuck = true;
    const { url, proxy } = await scrapedInstance(
      (request, response) => {
        if (isStuck) stuck(60_000)(request, response);
        else serves(bodyOf('text', 60_000), SENT_TYPES.text)(request, response);
      },
      { maxBufferedBytes: 100_000 },
    );
    const first = askText(url, { headers: { [GRANTED]: '1' } });
    const second = askText(url, { headers: { [GRANTED]: '1' } });
    const answers = await Promise.all([first, second]);
    expect(answers.map(([status]) => status).sort()).toEqual([503, 504]);
    expect(answers.find(([status]) => status === 503)?.[1]).toContain('promregator.scraping.maxBufferedBytes');
    isStuck = false;
    expect([(await askText(url))[0], proxy.scraper.heldBytes]).toEqual([200, 0]);
  });
});

describe('a slow reader of a long answer', () => {
  test('slows the instance down, and gets all of it in the end', async () => {
    const length = 60 * MEBIBYTE;
    const chunk = Buffer.alloc(65_536, '#\n');
    let sent = 0;
    const { url, proxy } = await scrapedInstance((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const pour = (): void => {
        while (sent < length) {
          sent += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', pour);
            return;
          }
        }
        response.end();
      };
      pour();
    });
    const request = get(url, { agent: false, headers: PROMETHEUS_HEADERS });
    const [response]: IncomingMessage[] = await once(request, 'response');
    if (response === undefined) throw new Error('there is an answer');
    // Nothing is read: what has been sent comes to rest in the buffers of the sockets and in ours.
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(sent).toBeLessThan(40 * MEBIBYTE);
    expect(proxy.scraper.heldBytes).toBe(0);
    let received = 0;
    for await (const piece of response) received += piece.length;
    expect([received > length, response.complete, sent]).toEqual([true, true, length]);
  });

  test('does not outlive the deadline', async () => {
    const { url, proxy } = await scrapedInstance((_, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, '#\n')));
      };
      response.on('drain', pour);
      pour();
    });
    const request = get(url, { agent: false, headers: { [GRANTED]: '0.6' } });
    const [response]: IncomingMessage[] = await once(request, 'response');
    await proxy.scraped(1);
    expect(proxy.scrapes[0]?.error?.code).toBe('target_late');
    response?.destroy();
  });
});

test('an address that is none fails its own scrape, and nothing else', async () => {
  const { url, proxy, instance } = await scrapedInstance(serves(bodyOf('text'), SENT_TYPES.text));
  proxy.replace(directoryOf(targetAt('https://xn--a'), targetAt(instance.origin, { index: 1 })));
  const [status, text] = await askText(url, { headers: { [GRANTED]: '0.3' } });
  expect([status, text]).toEqual([502, expect.stringContaining('https://xn--a/metrics')]);
  expect(proxy.scraper.inFlight).toBe(0);
  expect((await askText(url.replace(/\/0$/, '/1')))[0]).toBe(200);
});

test('an answer counts as held until its caller has it', async () => {
  const body = Buffer.concat([bodyOf('text'), Buffer.alloc(900 * 1024, '\n')]);
  const { url, proxy } = await scrapedInstance(serves(body, SENT_TYPES.text), { maxConcurrentPerInstance: 64 });
  const { port, pathname } = new URL(url);
  const sockets = Array.from({ length: 4 }, () => connect(Number(port), '127.0.0.1'));
  // Enough of them for the system's buffers to be full: a caller that asks and does not read.
  const request = `GET ${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`;
  for (const socket of sockets) socket.pause().write(request.repeat(8));
  await waitUntil(() => proxy.scraper.inFlight === 0 && proxy.scraper.heldBytes > body.length, {
    within: 10_000,
    describe: () => [proxy.scraper.inFlight, proxy.scraper.heldBytes],
  });
  for (const socket of sockets) socket.destroy();
  await waitUntil(() => proxy.scraper.heldBytes === 0, { within: 5_000, describe: () => proxy.scraper.heldBytes });
});
