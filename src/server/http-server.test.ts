import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import { directoryOf } from '../../test/support/scrape/directory.js';
import { startProxy } from '../../test/support/scrape/proxy.js';
import { ask } from '../../test/support/scrape/question.js';
import { scrapedInstance } from '../../test/support/scrape/scraped-instance.js';
import { signal } from '../../test/support/scrape/signal.js';
import { systemClock } from '../base/clock.js';
import { createHttpServer } from './http-server.js';

const LONG_MS = 3_600_000;

test('connections are kept longer than Prometheus keeps them', async () => {
  const proxy = await startProxy({ directory: directoryOf() });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(async () => {
    agent.destroy();
    await proxy.stop();
  });
  const request = get(`${proxy.url}/discovery`, { agent });
  const [response]: IncomingMessage[] = await once(request, 'response');
  response?.resume();
  expect([response?.headers.connection, response?.headers['keep-alive']]).toEqual(['keep-alive', 'timeout=310']);
});

test('stopping, idle connections close, no new ones open, and what runs is answered', async () => {
  const [asked, released] = [signal(), signal()];
  const { url, proxy } = await scrapedInstance(async (_, response) => {
    asked.give();
    await released.given;
    response.end('app_jobs 7\n');
  });
  const idle = connect(proxy.port, '127.0.0.1');
  await once(idle, 'connect');
  idle.write('GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(idle, 'data');
  const unused = connect(proxy.port, '127.0.0.1');
  await once(unused, 'connect');
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const answer = ask(url, { agent });
  await asked.given;
  let isStopped = false;
  const stopped = proxy.server.stop(LONG_MS).then(() => {
    isStopped = true;
  });
  await Promise.all([idle, unused].map((socket) => once(socket.resume(), 'close')));
  await expect(ask(`${proxy.url}/-/healthy`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(isStopped).toBe(false);
  released.give();
  const heard = await answer;
  expect([heard.status, heard.complete, heard.body.includes('promregator_up 1\n')]).toEqual([200, true, true]);
  await stopped;
});

test('a request on a connection that was open before the stop is answered, and told to close', async () => {
  const [asked, released] = [signal(), signal()];
  const { url, proxy, target } = await scrapedInstance(async (_, response) => {
    asked.give();
    await released.given;
    response.end('app_jobs 7\n');
  });
  const scrape = ask(url);
  await asked.given;
  const half = connect(proxy.port, '127.0.0.1');
  await new Promise<void>((resolve) => half.write('GET /-/healthy HTTP/1.1\r\nHost: x\r\n', () => resolve()));
  await ask(`${proxy.url}/-/healthy`);
  const stopped = proxy.server.stop(LONG_MS);
  half.write('\r\n');
  const [head]: Buffer[] = await once(half, 'data');
  expect(head?.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(head?.toString()).toMatch(/\r\nconnection: close\r\n/i);
  released.give();
  expect([(await scrape).status, target.index]).toEqual([200, 0]);
  await stopped;
});

test('at the deadline what runs is cut, and its scrape ends too', async () => {
  const clock = manualClock();
  const asked = signal();
  const { url, proxy, instance } = await scrapedInstance(asked.give, { clock });
  const answer = ask(url);
  await asked.given;
  const stopped = proxy.server.stop(9_000);
  clock.advance(4_999);
  expect(proxy.scraper.inFlight).toBe(1);
  const cut = expect(answer).resolves.toMatchObject({ status: 504 });
  clock.advance(1);
  await cut;
  await Promise.all([stopped, instance.allClosed()]);
});

test('at the deadline a request without an answer is cut', async () => {
  const clock = manualClock();
  const asked = signal();
  const { url, proxy, instance } = await scrapedInstance(asked.give, {
    clock,
    timeLimit: { capMs: undefined, defaultMs: 60_000 },
  });
  const cut = expect(ask(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  await asked.given;
  const stopped = proxy.server.stop(9_000);
  clock.advance(9_000);
  await Promise.all([cut, stopped, proxy.scraped(1), instance.allClosed()]);
  expect(proxy.scrapes[0]?.aborted).toBe(true);
  expect(proxy.answers).toEqual(['singleTargetMetrics 499']);
  expect(clock.pending()).toEqual([]);
});

test('an address that is taken is an error of start', async () => {
  const proxy = await startProxy({ directory: directoryOf() });
  onTestFinished(proxy.stop);
  const second = createHttpServer({
    address: '127.0.0.1',
    port: proxy.port,
    router: { handle: () => 'none' },
    clock: systemClock,
    observe: { answered: () => undefined },
  });
  await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test.each([
  ['a line that is no HTTP', 'HELLO\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
])('%s is answered, and the server lives on', async (_, sent, status) => {
  const proxy = await startProxy({ directory: directoryOf() });
  onTestFinished(proxy.stop);
  const socket = connect(proxy.port, '127.0.0.1', () => socket.write(sent));
  const [head]: Buffer[] = await once(socket, 'data');
  socket.destroy();
  expect(head?.toString()).toContain(`HTTP/1.1 ${status} `);
  expect((await ask(`${proxy.url}/discovery`)).status).toBe(200);
});
