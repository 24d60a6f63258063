import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { ask, inShort, type Outcome } from '../../test/support/outbound/ask.js';
import { makeAuthority } from '../../test/support/outbound/certificates.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { proxyConfig, serveProxy, type TestProxy } from '../../test/support/outbound/proxy.js';
import { serve, serveBytes, type TestServer } from '../../test/support/outbound/serve.js';
import { describeError } from '../base/errors.js';
import { Secret } from '../base/secret.js';
import type { ProxyConfig, TlsConfig } from '../config/config.js';
import { PLAIN_TLS } from '../config/tls-material/tls-config.js';
import { createConnectTo } from './connect-to.js';

const authority = makeAuthority();
const targetPair = authority.issue({ names: ['DNS:orders.example.org'] });
const proxyPair = authority.issue({ names: ['IP:127.0.0.1'] });
const TRUSTING: TlsConfig = { ...PLAIN_TLS, certificateAuthorities: [authority.certificate] };

type Scheme = 'http' | 'https';

interface Stage {
  readonly target: TestServer;
  readonly proxy: TestProxy;
  /** Without port: 80 and 443 are what the proxy is asked for. */
  readonly origin: string;
}

/** An application that tells what it was sent, behind a proxy that alone knows its name. */
async function stage(
  scheme: Scheme,
  { through = 'http', credentials }: { readonly through?: Scheme; readonly credentials?: string } = {},
): Promise<Stage> {
  const target = await serve(
    (request, response) => response.end(JSON.stringify({ url: request.url, headers: request.headers })),
    scheme === 'https' ? { tls: targetPair } : {},
  );
  const proxy = await serveProxy({
    names: { 'orders.example.org:80': target.port, 'orders.example.org:443': target.port },
    ...(credentials === undefined ? {} : { credentials }),
    ...(through === 'https' ? { tls: proxyPair } : {}),
  });
  return { target, proxy, origin: `${scheme}://orders.example.org` };
}

function credentialsOf(username: string, password: string): Pick<ProxyConfig, 'credentials'> {
  return { credentials: { username, password: new Secret(password) } };
}

function said(outcome: Outcome): string {
  return 'error' in outcome ? describeError(outcome.error) : '';
}

describe.each<readonly [Scheme, Scheme]>([
  ['http', 'http'],
  ['https', 'http'],
  ['http', 'https'],
  ['https', 'https'],
])('%s through a proxy that speaks %s', (scheme, through) => {
  test('asks the proxy by name, and the application as if there were none', async () => {
    const { proxy, origin } = await stage(scheme, { through });
    const connections = connectionsWith({ tls: TRUSTING, proxy: proxyConfig(proxy, { scheme: through }) });
    const outcome = await ask(connections, { origin, path: '/metrics?a=b', headers: { 'x-cf-app-instance': 'g:1' } })
      .outcome;
    expect(inShort(outcome), said(outcome)).toBe('200');
    const answer = JSON.parse('body' in outcome ? outcome.body : '{}');
    expect(answer).toMatchObject({
      url: '/metrics?a=b',
      headers: { host: 'orders.example.org', 'x-cf-app-instance': 'g:1' },
    });
    const asked = scheme === 'http' ? 'GET http://orders.example.org/metrics?a=b' : 'CONNECT orders.example.org:443';
    expect(proxy.requests).toEqual([asked]);
    expect(connections.stats).toEqual({ open: 1, idle: 1, opened: 1, failed: 0, reused: 0 });
  });

  test('keeps its connection', async () => {
    const { proxy, target, origin } = await stage(scheme, { through });
    const connections = connectionsWith({ tls: TRUSTING, proxy: proxyConfig(proxy, { scheme: through }) });
    for (let n = 0; n < 3; n += 1) await ask(connections, { origin }).outcome;
    expect(proxy.sockets.length).toBe(1);
    expect(proxy.requests.length).toBe(scheme === 'http' ? 3 : 1);
    if (scheme === 'https') expect(target.sockets.length).toBe(1);
  });

  test('leaves no connection to the proxy behind', async () => {
    const { proxy, target, origin } = await stage(scheme, { through });
    const connections = connectionsWith({ tls: TRUSTING, proxy: proxyConfig(proxy, { scheme: through }) });
    await ask(connections, { origin }).outcome;
    await connections.retire();
    await vi.waitFor(() => expect(proxy.sockets.map(({ destroyed }) => destroyed)).toEqual([true]));
    if (scheme === 'https') await vi.waitFor(() => expect(target.sockets[0]?.destroyed).toBe(true));
  });

  test.each<readonly [string, string, string]>([
    ['plain', 'user', 'password'],
    ['signs', 'domain\\user@corp', 'p:a s%s/+="#?'],
    ['letters beyond ASCII', 'jürgen', 'pässwörd€😀'],
    ['an empty password', 'user', ''],
  ])('with user and password: %s', async (_, username, password) => {
    const { proxy, origin } = await stage(scheme, { through, credentials: `${username}:${password}` });
    const config = proxyConfig(proxy, { scheme: through, ...credentialsOf(username, password) });
    const connections = connectionsWith({ tls: TRUSTING, proxy: config });
    const outcome = await ask(connections, { origin }).outcome;
    expect(inShort(outcome), said(outcome)).toBe('200');
    expect('body' in outcome ? outcome.body : '').not.toMatch(/proxy-authorization/i);
  });

  test.each<readonly [string, Pick<ProxyConfig, 'credentials'>]>([
    ['none', { credentials: undefined }],
    ['a wrong one', credentialsOf('user', 'wr0ng-s3cret')],
  ])('a proxy that wants a password and is given %s', async (_, credentials) => {
    const { proxy, target, origin } = await stage(scheme, { through, credentials: 'user:right' });
    const connections = connectionsWith({
      tls: TRUSTING,
      proxy: proxyConfig(proxy, { scheme: through, ...credentials }),
    });
    const outcome = await ask(connections, { origin }).outcome;
    expect(inShort(outcome)).toBe('proxy');
    expect(said(outcome)).toContain(`127.0.0.1:${proxy.port}: it answered 407`);
    expect(said(outcome)).not.toMatch(/wr0ng|user:|Basic/);
    expect(target.sockets.length).toBe(0);
    await vi.waitFor(() => expect(connections.stats).toMatchObject({ open: 0, idle: 0 }));
  });
});

test('407 without what a proxy says with it may be the application: both are named', async () => {
  const target = await serve((_, response) => void response.writeHead(407).end('no'));
  const proxy = await serveProxy({ names: { 'orders.example.org:80': target.port } });
  const connections = connectionsWith({ proxy: proxyConfig(proxy, credentialsOf('user', 'right')) });
  const outcome = await ask(connections, { origin: 'http://orders.example.org' }).outcome;
  expect(inShort(outcome)).toBe('proxy');
  expect(said(outcome)).toMatch(/user and password of the proxy .* wrong, or the application itself/);
  expect(said(outcome)).not.toMatch(/gave no connection/);
});

describe('a proxy that opens no tunnel', () => {
  const LONG = `HTTP/1.1 200 OK\r\n${'X-Filler: 0123456789abcdef\r\n'.repeat(1000)}`;

  test.each<readonly [string, (socket: Duplex) => void, string, RegExp]>([
    ['forbids it', (socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'), 'proxy', /it answered 403 Forbidden/],
    ['knows no such host', (socket) => socket.end('HTTP/1.0 503 x\r\n\r\n'), 'proxy', /it answered 503/],
    [
      'sends elsewhere',
      (socket) => socket.end('HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n'),
      'proxy',
      /answered 302/,
    ],
    ['has no reason', (socket) => socket.end('HTTP/1.1 404\r\n\r\n'), 'proxy', /answered 404/],
    ['is none', (socket) => socket.end('220 mail.example.org ESMTP\r\n\r\n'), 'proxy', /answer to CONNECT is not HTTP/],
    ['talks without end', (socket) => void socket.write(LONG), 'proxy', /answer to CONNECT is not HTTP/],
    ['closes', (socket) => socket.end(), 'proxy', /closed the connection instead/],
    ['breaks off', (socket) => socket.destroy(), 'proxy', /closed the connection instead|failed/],
    ['closes amid the head', (socket) => socket.end('HTTP/1.1 200 O'), 'proxy', /closed the connection instead/],
    ['hangs', () => undefined, 'connect_timeout', /no connection in time through the proxy 127\.0\.0\.1:\d+/],
    ['hangs amid the head', (socket) => void socket.write('HTTP/1.1 200 OK\r\nVia'), 'connect_timeout', /in time/],
    ['hangs in the tunnel', (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n'), 'connect_timeout', /in time/],
    ['closes the tunnel', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'), 'reset', /broke off|disconnected/],
    ['speaks no TLS in the tunnel', (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nhello hello'), 'tls', /TLS/],
  ])('%s', async (_, onConnect, code, words) => {
    const proxy = await serveProxy({ names: {}, onConnect });
    const connections = connectionsWith({ proxy: proxyConfig(proxy), connectTimeoutMs: 300 });
    const outcome = await ask(connections, { origin: 'https://orders.example.org' }).outcome;
    expect(inShort(outcome), said(outcome)).toBe(code);
    expect(said(outcome)).toMatch(words);
    await vi.waitFor(() => expect(connections.stats).toMatchObject({ open: 0, idle: 0, failed: 1 }));
  });

  test('an answer in pieces is put together, and any 2xx will do', async () => {
    const { target, origin } = await stage('https');
    const proxy = await serveBytes((socket) => {
      socket.once('data', () => {
        for (const piece of ['HTTP/1.', '1 204 No', '\r\nA: b\r', '\n\r']) socket.write(piece);
        setImmediate(() => socket.write('\n'));
        const onward = connect(target.port, '127.0.0.1');
        socket.pipe(onward).pipe(socket);
        onward.on('error', () => undefined);
      });
    });
    const connections = connectionsWith({ tls: TRUSTING, proxy: proxyConfig(proxy) });
    expect(inShort(await ask(connections, { origin }).outcome)).toBe('200');
  });
});

describe('a proxy that cannot be reached', () => {
  test.each<Scheme>(['http', 'https'])('towards %s', async (scheme) => {
    const gone = await serve(() => undefined);
    await gone.close();
    const connections = connectionsWith({ proxy: proxyConfig(gone, credentialsOf('user', 's3cret')) });
    const outcome = await ask(connections, { origin: `${scheme}://orders.example.org` }).outcome;
    expect(inShort(outcome)).toBe('proxy');
    expect(said(outcome)).toMatch(/127\.0\.0\.1:\d+: the connection to it failed: .*ECONNREFUSED/);
    expect(said(outcome)).not.toContain('s3cret');
  });

  test.each<readonly [string, TlsConfig]>([
    ['by default', PLAIN_TLS],
    ['even where targets are not', { ...PLAIN_TLS, verify: 'never' }],
  ])('its certificate is verified %s', async (_, tls) => {
    const { proxy, origin } = await stage('https', { through: 'https' });
    const config = proxyConfig(proxy, { scheme: 'https', ...credentialsOf('user', 'password') });
    const connections = connectionsWith({ tls, proxy: config });
    const outcome = await ask(connections, { origin }).outcome;
    expect(inShort(outcome)).toBe('proxy');
    expect(said(outcome)).toMatch(/unable to/);
    expect(proxy.requests).toEqual([]);
  });
});

describe('which way', () => {
  test.each<readonly [string, Scheme, Partial<ProxyConfig>, 'proxy' | 'direct']>([
    ['all', 'http', {}, 'proxy'],
    ['not what is excepted', 'http', { noProxy: ['example.org'] }, 'direct'],
    ['not what is excepted', 'https', { noProxy: ['example.org'] }, 'direct'],
    ['but what is excepted on another port', 'https', { noProxy: ['example.org:8443'] }, 'proxy'],
    ['only http', 'http', { only: 'http' }, 'proxy'],
    ['only http', 'https', { only: 'http' }, 'direct'],
    ['only https', 'http', { only: 'https' }, 'direct'],
    ['only https', 'https', { only: 'https' }, 'proxy'],
  ])('%s: %s', async (_, scheme, changes, expected) => {
    const { proxy, target, origin } = await stage(scheme);
    const connections = connectionsWith({
      tls: TRUSTING,
      // Names resolve nowhere: a direct connection has to be led by this.
      connectTo: createConnectTo([
        { hostPattern: 'orders.example.org', port: undefined, address: '127.0.0.1', toPort: target.port },
      ]),
      proxy: proxyConfig(proxy, { ...credentialsOf('user', 'password'), ...changes }),
    });
    const outcome = await ask(connections, { origin }).outcome;
    expect(inShort(outcome), said(outcome)).toBe('200');
    expect(proxy.requests.length).toBe(expected === 'proxy' ? 1 : 0);
    expect('body' in outcome ? outcome.body : '').not.toMatch(/proxy-authorization/i);
    if (expected === 'direct') expect(JSON.parse('body' in outcome ? outcome.body : '{}')).toMatchObject({ url: '/' });
  });

  test('connectTo leads to the proxy by its name', async () => {
    const { proxy, origin } = await stage('https');
    const connections = connectionsWith({
      tls: TRUSTING,
      connectTo: createConnectTo([
        { hostPattern: 'proxy.example.org', port: 3128, address: '127.0.0.1', toPort: proxy.port },
      ]),
      proxy: proxyConfig({ port: 3128 }, { host: 'proxy.example.org' }),
    });
    expect(inShort(await ask(connections, { origin }).outcome)).toBe('200');
  });

  test('addresses of IPv6 stand in brackets', async () => {
    const proxy = await serveProxy({ names: {} });
    const connections = connectionsWith({ proxy: proxyConfig(proxy) });
    await ask(connections, { origin: 'https://[2001:db8::1]:8443' }).outcome;
    await ask(connections, { origin: 'http://[2001:db8::1]:8080', path: '/m' }).outcome;
    expect(proxy.requests).toEqual(['CONNECT [2001:db8::1]:8443', 'GET http://[2001:db8::1]:8080/m']);
  });
});

describe('a kept connection that the proxy has closed', () => {
  test.each<Scheme>(['http', 'https'])('is replaced, towards %s', async (scheme) => {
    const { proxy, origin } = await stage(scheme);
    const connections = connectionsWith({ tls: TRUSTING, proxy: proxyConfig(proxy) });
    for (let n = 0; n < 4; n += 1) {
      expect(inShort(await ask(connections, { origin }).outcome)).toBe('200');
      proxy.cutTunnels();
      for (const socket of proxy.sockets) socket.destroy();
    }
    expect(connections.stats.opened).toBeGreaterThanOrEqual(4);
  });
});

test('sessions are resumed through a tunnel', async () => {
  const reused: boolean[] = [];
  const target = await serve(
    (request, response) => {
      reused.push((request.socket as TLSSocket).isSessionReused());
      response.setHeader('connection', 'close').end('x');
    },
    { tls: targetPair },
  );
  const proxy = await serveProxy({ names: { 'orders.example.org:443': target.port } });
  const connections = connectionsWith({ tls: TRUSTING, proxy: proxyConfig(proxy) });
  for (let n = 0; n < 2; n += 1) {
    await ask(connections, { origin: 'https://orders.example.org' }).outcome;
    await vi.waitFor(() => expect(connections.stats.open).toBe(0));
  }
  expect(reused).toEqual([false, true]);
});

test('a POST goes through with its body', async () => {
  const bodies: string[] = [];
  const target = await serve((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    request.on('end', () => response.end('ok'));
  });
  const proxy = await serveProxy({ names: { 'uaa.example.org:80': target.port } });
  const connections = connectionsWith({ proxy: proxyConfig(proxy) });
  await ask(connections, { origin: 'http://uaa.example.org', method: 'POST', body: 'a=b' }).outcome;
  expect(proxy.requests).toEqual(['POST http://uaa.example.org/']);
  expect(bodies).toEqual(['a=b']);
});
