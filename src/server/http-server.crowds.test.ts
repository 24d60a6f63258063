import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import { makeAuthority } from '../../test/support/outbound/certificates.js';
import { waitUntil } from '../../test/support/wait-until.js';
import { systemClock } from '../base/clock.js';
import { Secret } from '../base/secret.js';
import { OPEN } from './guard.js';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.js';
import { respond, respondText } from './respond.js';
import { createRouter, type Endpoint } from './router.js';
import type { ServerTls } from './server-tls.js';

const authority = makeAuthority('Ours');
const { cert, key } = authority.issue({ names: ['DNS:localhost'] });
const tls: ServerTls = {
  identity: { certificate: cert, key: new Secret(key) },
  clientAuthorities: [],
  clientAuth: 'none',
  allowedSans: [],
};

interface Listening {
  readonly server: HttpServer;
  readonly port: number;
  readonly crowded: number;
}

async function listen(options: Partial<HttpServerOptions>, answer?: Endpoint['answer']): Promise<Listening> {
  const here: Endpoint['answer'] = ({ response }) => respondText(response, 200, 'here');
  const endpoint: Endpoint = { name: 'x', path: '/', methods: ['GET'], guard: OPEN, answer: answer ?? here };
  let crowded = 0;
  const server = createHttpServer({
    address: '127.0.0.1',
    port: 0,
    router: createRouter({ pathPrefix: '', endpoints: [endpoint], onError: () => undefined }),
    clock: systemClock,
    observe: {
      answered: () => undefined,
      crowded: () => {
        crowded += 1;
      },
    },
    ...options,
  });
  const { port } = await server.start();
  onTestFinished(() => server.stop(0));
  return {
    server,
    port,
    get crowded() {
      return crowded;
    },
  };
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function statusOver(scheme: 'http' | 'https', port: number): Promise<number | undefined> {
  const request =
    scheme === 'http'
      ? get({ host: '127.0.0.1', port, agent: false })
      : getTls({ host: '127.0.0.1', port, agent: false, servername: 'localhost', ca: authority.certificate });
  const [response]: IncomingMessage[] = await once(request, 'response');
  response?.resume();
  return response?.statusCode;
}

test.each(['http', 'https'] as const)('a crowd that says nothing makes room for who asks, by %s', async (scheme) => {
  const listening = await listen({ mostConnections: 5, ...(scheme === 'https' ? { tls } : {}) });
  const crowd: Socket[] = [];
  for (let count = 0; count < 20; count += 1) crowd.push(await opened(listening.port));
  const open = (): number => crowd.filter((socket) => !socket.resume().closed).length;
  await waitUntil(() => open() === 5, { within: 5_000, describe: open, every: 5 });
  expect([await statusOver(scheme, listening.port), await statusOver(scheme, listening.port)]).toEqual([200, 200]);
  expect(listening.server.connections).toBeLessThanOrEqual(5);
  expect(listening.crowded).toBeGreaterThanOrEqual(16);
});

test('who is being answered is never the one to go', async () => {
  const waiting: (() => void)[] = [];
  const { port } = await listen({ mostConnections: 2 }, ({ response }) => {
    waiting.push(() => respondText(response, 200, 'here'));
  });
  const busy = [statusOver('http', port), statusOver('http', port)];
  await waitUntil(() => waiting.length === 2, { within: 5_000, describe: () => waiting.length, every: 5 });
  await expect(statusOver('http', port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  for (const release of waiting) release();
  expect(await Promise.all(busy)).toEqual([200, 200]);
});

test.each([
  ['nothing', '', ''],
  ['half a head', 'GET / HTTP/1.1\r\nHost: a\r\n', 'HTTP/1.1 408 '],
])('who says %s hears of the limit of time', async (_, said, heard) => {
  const { port } = await listen({ headMs: 200 });
  const socket = await opened(port);
  socket.write(said);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  expect(text.slice(0, 13)).toBe(heard);
});

test('a second half of a head that never comes ends a connection that was good before', async () => {
  const { port } = await listen({ headMs: 200 });
  const socket = await opened(port);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 408']);
});

test('an answer that nobody reads is given up, and one that is read is not', async () => {
  const clock = manualClock();
  const body = Buffer.alloc(32 * 1024 * 1024, 'x');
  const { port, server } = await listen({ clock }, ({ response }) => {
    respond(response, { status: 200, contentType: 'text/plain', body });
  });
  const lazy = await opened(port);
  lazy.pause().write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await waitUntil(() => server.connections === 1, { within: 5_000, describe: () => server.connections });
  const step = (): boolean => {
    clock.advance(5_000);
    return server.connections === 0;
  };
  await waitUntil(step, { within: 20_000, describe: () => server.connections, every: 500 });
  const request = get({ host: '127.0.0.1', port, agent: false });
  const [response]: IncomingMessage[] = await once(request, 'response');
  let length = 0;
  response?.on('data', (chunk: Buffer) => {
    length += chunk.length;
  });
  await once(response ?? request, 'end');
  expect(length).toBe(body.length);
});

test('a client cannot renegotiate', async () => {
  const { port } = await listen({ tls });
  const socket = connectTls({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: authority.certificate,
    maxVersion: 'TLSv1.2',
  });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  const refused = new Promise<Error | null>((resolve) => {
    socket.on('error', resolve);
    socket.on('close', () => resolve(new Error('closed')));
    socket.renegotiate({}, resolve);
  });
  expect(await refused).toBeInstanceOf(Error);
  expect(await statusOver('https', port)).toBe(200);
});

test.each([
  ['plain HTTP on a port of TLS', { tls }, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', /^(?!HTTP)/],
  ['TLS on a plain port', {}, Buffer.from('1603010200010001fc0303', 'hex'), /^HTTP\/1\.1 400 /],
])('%s is cut off, and others are served', async (_, options, said, heard) => {
  const { port } = await listen(options);
  const socket = await opened(port);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.write(said);
  await once(socket, 'close');
  expect(text).toMatch(heard);
  expect(await statusOver('tls' in options ? 'https' : 'http', port)).toBe(200);
});

test('a handshake that never ends is cut off', async () => {
  const { port } = await listen({ tls, headMs: 200 });
  const socket = await opened(port);
  socket.resume().write(Buffer.from('160301', 'hex'));
  await once(socket, 'close');
  expect(await statusOver('https', port)).toBe(200);
});
