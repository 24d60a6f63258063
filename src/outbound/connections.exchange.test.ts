import { describe, expect, test, vi } from 'vitest';
import { ask, inShort } from '../../test/support/outbound/ask.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { serve, serveBytes } from '../../test/support/outbound/serve.js';

const HEAD = 'HTTP/1.1 200 OK\r\n';
const MEBIBYTE = 1024 * 1024;

describe('abort', () => {
  test.each<[string, string]>([
    ['before the head', ''],
    ['after the head', `${HEAD}Content-Length: 5\r\n\r\n`],
    ['within the body', `${HEAD}Content-Length: 5\r\n\r\nxx`],
  ])('%s ends the socket, and the receiver hears nothing more', async (_, sent) => {
    const server = await serveBytes((socket) => void socket.on('data', () => socket.write(sent)));
    const connections = connectionsWith();
    const asked = ask(connections, { origin: server.origin });
    if (sent === '') await vi.waitFor(() => expect(server.sockets[0]?.bytesRead).toBeGreaterThan(0));
    else await asked.head;
    const heard = [...asked.events];
    asked.exchange.abort();
    await vi.waitFor(() => expect(server.sockets[0]?.destroyed).toBe(true));
    expect(asked.events).toEqual(heard);
    expect(connections.stats).toMatchObject({ open: 0, idle: 0 });
  });

  test('while connecting leaves nothing open', async () => {
    const server = await serve((_, response) => void response.end());
    const connections = connectionsWith();
    const asked = ask(connections, { origin: server.origin });
    asked.exchange.abort();
    expect(connections.stats.open).toBe(0);
    await vi.waitFor(() => expect(server.sockets[0]?.destroyed).toBe(true));
    expect(asked.events).toEqual([]);
  });

  test('within onData stops the flow at once', async () => {
    const server = await serve((_, response) => void response.end(Buffer.alloc(4 * MEBIBYTE)));
    const connections = connectionsWith();
    let calls = 0;
    const exchange = connections.send(
      { origin: server.origin, path: '/', method: 'GET', headers: {} },
      {
        onHead: () => undefined,
        onData() {
          calls += 1;
          exchange.abort();
        },
        onEnd: () => expect.unreachable(),
        onError: () => expect.unreachable(),
      },
    );
    await vi.waitFor(() => expect(server.sockets[0]?.destroyed).toBe(true));
    expect(calls).toBe(1);
  });

  test('after the end is idle: the connection is still kept', async () => {
    const server = await serve((_, response) => void response.end('x'));
    const connections = connectionsWith();
    const asked = ask(connections, { origin: server.origin });
    await asked.outcome;
    asked.exchange.abort();
    await ask(connections, { origin: server.origin }).outcome;
    expect(server.sockets.length).toBe(1);
  });
});

test('pause holds the server back, resume lets the rest come', async () => {
  const size = 64 * MEBIBYTE;
  const server = await serve((_, response) => void response.end(Buffer.alloc(size, 'x')));
  const connections = connectionsWith();
  const asked = ask(connections, { origin: server.origin });
  await asked.head;
  asked.exchange.pause();
  const written = (): number => server.sockets[0]?.bytesWritten ?? 0;
  const buffered = (): number => server.sockets[0]?.writableLength ?? 0;
  let before = -1;
  await vi.waitFor(
    () => {
      const now = written() - buffered();
      const settled = now === before;
      before = now;
      expect(settled).toBe(true);
    },
    { interval: 100, timeout: 5_000 },
  );
  expect(before).toBeLessThan(size / 2);
  asked.exchange.resume();
  const outcome = await asked.outcome;
  expect('body' in outcome && outcome.body.length).toBe(size);
});

describe('answers', () => {
  test.each<[string, string, string, string]>([
    [
      '103 before the answer',
      `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${HEAD}Content-Length: 1\r\n\r\nx`,
      'head 200,data,end',
      '200',
    ],
    [
      '102 twice',
      `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${HEAD}Content-Length: 0\r\n\r\n`,
      'head 200,end',
      '200',
    ],
    ['an empty body', `${HEAD}Content-Length: 0\r\n\r\n`, 'head 200,end', '200'],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 'head 204,end', '204'],
    ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', 'head 304,end', '304'],
    ['a body that ends with its connection', `${HEAD}Connection: close\r\n\r\nx|end`, 'head 200,data,end', '200'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nx|end', 'head 200,data,end', '200'],
    ['fewer bytes than Content-Length', `${HEAD}Content-Length: 5\r\n\r\nxx|end`, 'head 200,data,error reset', 'reset'],
    [
      'the same, with Connection: close',
      `${HEAD}Connection: close\r\nContent-Length: 5\r\n\r\nxx|end`,
      'head 200,data,error reset',
      'reset',
    ],
    [
      'the same, by RST',
      `${HEAD}Connection: close\r\nContent-Length: 5\r\n\r\nxx|reset`,
      'head 200,data,error reset',
      'reset',
    ],
    [
      'chunks without the last one',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\nxx\r\n|end`,
      'head 200,data,error reset',
      'reset',
    ],
    [
      'the same, with Connection: close',
      `${HEAD}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxx\r\n|end`,
      'head 200,data,error reset',
      'reset',
    ],
    [
      'the same, by RST',
      `${HEAD}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxx\r\n|reset`,
      'head 200,data,error reset',
      'reset',
    ],
    [
      'a chunk cut in its middle',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n9\r\nxx|end`,
      'head 200,data,error reset',
      'reset',
    ],
    ['no answer', '|end', 'error reset', 'reset'],
    ['half a head', `${HEAD}Content-Le|end`, 'error reset', 'reset'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'error protocol', 'protocol'],
    ['a status that is none', 'HTTP/1.1 abc OK\r\n\r\n', 'error protocol', 'protocol'],
    [
      'a chunk length that is none',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      'head 200,error protocol',
      'protocol',
    ],
    ['a head above 64 KiB', `${HEAD}X-Large: ${'x'.repeat(66_000)}\r\n\r\n`, 'error protocol', 'protocol'],
    [
      'a head below 64 KiB',
      `${HEAD}X-Large: ${'x'.repeat(60_000)}\r\nContent-Length: 0\r\n\r\n`,
      'head 200,end',
      '200',
    ],
  ])('%s', async (_, script, events, result) => {
    const [bytes = '', end] = script.split('|');
    const server = await serveBytes((socket) => {
      socket.once('data', () =>
        socket.write(bytes, () => {
          if (end === 'end') socket.end();
          // What was written has to arrive before the RST wipes it out.
          if (end === 'reset') setTimeout(() => socket.resetAndDestroy(), 50);
        }),
      );
      if (bytes === '') socket.once('data', () => socket.end());
    });
    const asked = ask(connectionsWith(), { origin: server.origin });
    expect(inShort(await asked.outcome)).toBe(result);
    expect(asked.events.join()).toBe(events);
  });

  test('a header that comes twice is a list, names in lower case', async () => {
    const server = await serve((_, response) => {
      response.setHeader('X-Cf-Warnings', ['one', 'two']).end();
    });
    const outcome = await ask(connectionsWith(), { origin: server.origin }).outcome;
    expect('headers' in outcome && outcome.headers['x-cf-warnings']).toEqual(['one', 'two']);
  });
});

describe('time-outs', () => {
  test.each<[string, string, { headTimeoutMs?: number; pauseTimeoutMs?: number }, string]>([
    ['no head', '', { headTimeoutMs: 200 }, 'head_timeout'],
    ['half a head', `${HEAD}Content-`, { headTimeoutMs: 200 }, 'head_timeout'],
    [
      'a body that pauses',
      `${HEAD}Content-Length: 5\r\n\r\nxx`,
      { headTimeoutMs: 5_000, pauseTimeoutMs: 200 },
      'pause_timeout',
    ],
  ])('%s', async (_, sent, limits, code) => {
    const server = await serveBytes((socket) => void socket.on('data', () => socket.write(sent)));
    const connections = connectionsWith();
    expect(inShort(await ask(connections, { origin: server.origin, ...limits }).outcome)).toBe(code);
    await vi.waitFor(() => expect(server.sockets[0]?.destroyed).toBe(true));
    expect(server.sockets.length, 'not sent again').toBe(1);
  });

  test('a receiver that pauses is no server that pauses', async () => {
    const server = await serve((_, response) => void response.end(Buffer.alloc(4 * MEBIBYTE)));
    const asked = ask(connectionsWith(), { origin: server.origin, pauseTimeoutMs: 100 });
    await asked.head;
    asked.exchange.pause();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(asked.events).not.toContain('error pause_timeout');
    asked.exchange.resume();
    expect(inShort(await asked.outcome)).toBe('200');
  });

  test('no connection in time', async () => {
    const server = await serveBytes((socket) => void socket.resume());
    const connections = connectionsWith({ connectTimeoutMs: 100 });
    // TCP connects, but nobody shakes hands.
    const outcome = await ask(connections, { origin: server.origin.replace('http:', 'https:') }).outcome;
    expect(inShort(outcome)).toBe('connect_timeout');
    expect(connections.stats).toMatchObject({ open: 0, opened: 0, failed: 1 });
    await vi.waitFor(() => expect(server.sockets[0]?.destroyed).toBe(true));
  });
});

describe('connections that do not come about', () => {
  test.each<[string, string, string]>([
    ['refused', 'http://127.0.0.1:1', 'connect_refused'],
    ['no such name', 'http://nobody.invalid', 'dns'],
    ['plain HTTP spoken to TLS', 'https', 'tls'],
  ])('%s', async (_, origin, code) => {
    const server = await serve((_request, response) => void response.end());
    const connections = connectionsWith();
    const asked = ask(connections, { origin: origin === 'https' ? `https://127.0.0.1:${server.port}` : origin });
    expect(inShort(await asked.outcome)).toBe(code);
    expect(asked.events).toEqual([`error ${code}`]);
    expect(connections.stats).toEqual({ open: 0, idle: 0, opened: 0, failed: 1, reused: 0 });
  });

  test.each<[string, { path?: string; headers?: Record<string, string> }]>([
    ['a path with a blank', { path: '/a b' }],
    ['a header with a line break', { headers: { 'x-y': 'a\r\nb: c' } }],
  ])('%s is refused after send has returned', async (_, request) => {
    const connections = connectionsWith();
    const asked = ask(connections, { origin: 'http://127.0.0.1:1', ...request });
    expect(asked.events).toEqual([]);
    expect(inShort(await asked.outcome)).toBe('protocol');
    expect(connections.stats.open).toBe(0);
  });
});

describe('close', () => {
  test('ends what runs and what is idle, and refuses what comes', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/idle') response.end();
      else response.write('x');
    });
    const connections = connectionsWith();
    const running = ask(connections, { origin: server.origin });
    await running.head;
    await ask(connections, { origin: server.origin, path: '/idle' }).outcome;
    await connections.close();
    expect(inShort(await running.outcome)).toBe('closed');
    expect(inShort(await ask(connections, { origin: server.origin }).outcome)).toBe('closed');
    await vi.waitFor(() => expect(server.sockets.map((socket) => socket.destroyed)).toEqual([true, true]));
  });
});
