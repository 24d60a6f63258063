import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../test/support/wait-until.js';
import { systemClock } from '../base/clock.js';
import { Secret } from '../base/secret.js';
import type { TlsConfig } from '../config/config.js';
import { createRedisLink, type RedisLink } from './redis-link.js';

const LIMIT_MS = 300;
const TLS: TlsConfig = {
  certificateAuthorities: [],
  identity: undefined,
  serverName: undefined,
  verify: 'always',
  minVersion: undefined,
};

interface Connected {
  readonly link: RedisLink;
  readonly place: string;
}

/** What has a port, and does with a connection what it is told. */
async function linkTo(serve: (socket: Socket) => void, how: { readonly tls?: TlsConfig } = {}): Promise<Connected> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const access = { username: 'hidden-ann', password: new Secret('hidden-4711'), tls: how.tls };
  const place = { kind: 'server', host: '127.0.0.1', port } as const;
  const settings = { place, ...access, database: 0, prefix: 'test', limitMs: LIMIT_MS };
  const link = createRedisLink({ settings, clock: systemClock, random: () => 0 });
  onTestFinished(() => {
    link.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  link.start();
  return { link, place: `127.0.0.1:${port}` };
}

async function failureOf(link: RedisLink): Promise<string> {
  return await link.send(['PING']).then(
    () => 'none',
    (error: unknown) => String(error),
  );
}

function silent(): void {}

test.each([
  ['nothing, where TLS is wanted', silent, TLS, /PLACE does not answer the TLS handshake$/],
  [
    'no TLS',
    (socket: Socket) => void socket.once('data', () => socket.write('-ERR unknown command\r\n')),
    TLS,
    /connecting to the store at PLACE by TLS failed: it does not speak TLS there$/,
  ],
  [
    'nothing, and closes, where TLS is wanted',
    (socket: Socket) => void socket.once('data', () => socket.destroy()),
    TLS,
    /connecting to the store at PLACE by TLS failed: \S/,
  ],
  ['nothing', silent, undefined, /PLACE does not answer$/],
  [
    'nothing, and closes',
    (socket: Socket) => void socket.once('data', () => socket.end()),
    undefined,
    /connecting to the store at PLACE failed: the connection was closed by the other side$/,
  ],
])('of a server that answers %s, the failure names it', async (_, serve, tls, pattern) => {
  const { link, place } = await linkTo(serve, tls === undefined ? {} : { tls });
  const failure = await failureOf(link);
  expect(failure.replace(place, 'PLACE')).toMatch(pattern);
  expect(failure).not.toContain('hidden');
});

test.each([
  [TLS, 'the store at PLACE does not answer the TLS handshake'],
  [undefined, 'the store at PLACE does not answer'],
])('while it waits it says for what, with TLS %j', async (tls, silence) => {
  const { link, place } = await linkTo(silent, tls === undefined ? {} : { tls });
  await waitUntil(() => link.silence().replace(place, 'PLACE') === silence, {
    within: 5_000,
    describe: () => link.silence(),
    every: 5,
  });
});

test('what is under way ends with the step that took too long, in the same words', async () => {
  let isFrozen = false;
  const { link } = await linkTo((socket) => {
    socket.on('data', () => {
      if (!isFrozen) socket.write('+OK\r\n');
    });
  });
  expect(await link.send(['PING'])).toBe('OK');
  isFrozen = true;
  const late = 'StoreError: EVAL to the store took longer than 0.3 s';
  const [first, second] = [link.send(['EVAL']), link.send(['GET'])].map((sent) => sent.catch(String));
  expect([await first, await second]).toEqual([late, late]);
});
