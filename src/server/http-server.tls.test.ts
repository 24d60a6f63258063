import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type KeyPair, makeAuthority } from '../../test/support/outbound/certificates.js';
import { signal } from '../../test/support/scrape/signal.js';
import { systemClock } from '../base/clock.js';
import { Secret } from '../base/secret.js';
import { type AddressOptions, advertisedAddress } from './advertised-address.js';
import { OPEN } from './guard.js';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.js';
import { respondText } from './respond.js';
import { createRouter, type Endpoint, type Router } from './router.js';
import type { ServerTls } from './server-tls.js';

const ours = makeAuthority('Ours');
const strangers = makeAuthority('Strangers');
const LONG_MS = 3_600_000;

const identityOf = ({ cert, key }: KeyPair): ServerTls['identity'] => ({ certificate: cert, key: new Secret(key) });
const first = identityOf(ours.issue({ names: ['DNS:localhost', 'DNS:first.example'] }));
const second = identityOf(ours.issue({ names: ['DNS:localhost', 'DNS:second.example'] }));

function tlsWith(changes: Partial<ServerTls> = {}): ServerTls {
  return { identity: first, clientAuthorities: [], clientAuth: 'none', allowedSans: [], ...changes };
}

function routerThat(answers: Endpoint['answer']): Router {
  const endpoint: Endpoint = { name: 'x', path: '/', methods: ['GET'], guard: OPEN, answer: answers };
  return createRouter({ pathPrefix: '', endpoints: [endpoint], onError: () => undefined });
}

interface Listening {
  readonly server: HttpServer;
  readonly port: number;
  readonly answered: readonly string[];
}

async function listen(options: Partial<HttpServerOptions>): Promise<Listening> {
  const answered: string[] = [];
  const server = createHttpServer({
    address: '127.0.0.1',
    port: 0,
    router: routerThat(({ response }) => respondText(response, 200, 'here')),
    clock: systemClock,
    observe: { answered: (name, status) => answered.push(`${name} ${status}`) },
    ...options,
  });
  const { port } = await server.start();
  onTestFinished(() => server.stop(0));
  return { server, port, answered };
}

interface Heard {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
  /** Of the server's certificate. */
  readonly names: string | undefined;
  readonly protocol: string | null;
}

function ask(port: number, options: RequestOptions = {}): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, servername: 'localhost', ca: ours.certificate, agent: false, ...options },
      (response) => {
        const socket = response.socket as TLSSocket;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            headers: response.headers,
            names: socket.getPeerCertificate().subjectaltname,
            protocol: socket.getProtocol(),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** The connection is the agent's, and may be used again. */
function askKept(port: number, agent: Agent): Promise<{ readonly socket: TLSSocket; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: 'localhost', ca: ours.certificate, agent };
    const outgoing = request(options, (response) => {
      const socket = response.socket as TLSSocket;
      response
        .setEncoding('utf8')
        .toArray()
        .then((chunks) => resolve({ socket, text: chunks.join('') }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const statusOf = (port: number, options: RequestOptions = {}): Promise<number | 'refused'> =>
  ask(port, options).then(
    ({ status }) => status,
    () => 'refused' as const,
  );

describe('client certificates', () => {
  const good = ours.issue({ names: ['DNS:prometheus', 'URI:spiffe://x/prom', 'IP:fd00::1', 'email:a@b.example'] });
  const foreign = strangers.issue({ names: ['DNS:prometheus'] });
  const expired = ours.issue({ names: ['DNS:prometheus'], days: -1 });
  type Verdict = 200 | 'refused';

  test.each<[ServerTls['clientAuth'], { none: Verdict; good: Verdict; foreign: Verdict; expired: Verdict }]>([
    ['none', { none: 200, good: 200, foreign: 200, expired: 200 }],
    ['request', { none: 200, good: 200, foreign: 200, expired: 200 }],
    ['require-any', { none: 'refused', good: 200, foreign: 200, expired: 200 }],
    ['verify-if-given', { none: 200, good: 200, foreign: 'refused', expired: 'refused' }],
    ['require', { none: 'refused', good: 200, foreign: 'refused', expired: 'refused' }],
  ])('%s', async (clientAuth, expected) => {
    const { port, answered } = await listen({ tls: tlsWith({ clientAuth, clientAuthorities: [ours.certificate] }) });
    const heard = {
      none: await statusOf(port),
      good: await statusOf(port, good),
      foreign: await statusOf(port, foreign),
      expired: await statusOf(port, expired),
    };
    expect(heard).toEqual(expected);
    // Who is refused does not reach any endpoint.
    expect(answered.length).toBe(Object.values(expected).filter((verdict) => verdict === 200).length);
  });

  test.each<[string, readonly string[], Verdict]>([
    ['one of them', ['x', 'prometheus'], 200],
    ['a URI', ['spiffe://x/prom'], 200],
    ['an address, however it is written', ['FD00:0:0:0:0:0:0:1'], 200],
    ['an e-mail address', ['a@b.example'], 200],
    ['none of them', ['prom', 'spiffe://x', 'DNS:prometheus', 'leaf'], 'refused'],
  ])('names of clients: %s', async (_, allowedSans, expected) => {
    const tls = tlsWith({ clientAuth: 'require', clientAuthorities: [ours.certificate], allowedSans });
    const { port } = await listen({ tls });
    expect(await statusOf(port, good)).toBe(expected);
  });

  test('names of clients count where certificates are optional too, and a client without one may come', async () => {
    const tls = tlsWith({ clientAuth: 'verify-if-given', clientAuthorities: [ours.certificate], allowedSans: ['x'] });
    const { port } = await listen({ tls });
    expect([await statusOf(port), await statusOf(port, good)]).toEqual([200, 'refused']);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('a resumed session has the same certificate (%s)', async (version) => {
    const tls = tlsWith({
      clientAuth: 'require',
      clientAuthorities: [ours.certificate],
      allowedSans: ['prometheus'],
      maxVersion: version,
    });
    const { port } = await listen({ tls });
    const options = { host: '127.0.0.1', port, servername: 'localhost', ca: ours.certificate, ...good };
    const talk = async (session: Buffer | undefined) => {
      const socket = connect(session === undefined ? options : { ...options, session });
      let ticket: Buffer | undefined;
      let resumed = false;
      socket.on('secureConnect', () => {
        resumed = socket.isSessionReused();
      });
      socket.on('session', (given: Buffer) => {
        ticket = given;
      });
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      const text = (await socket.setEncoding('utf8').toArray()).join('');
      return { text, ticket, resumed };
    };
    const one = await talk(undefined);
    const two = await talk(one.ticket);
    expect([one.resumed, two.resumed]).toEqual([false, true]);
    expect([one.text, two.text].map((text) => text.slice(9, 12))).toEqual(['200', '200']);
  });
});

describe('versions and ciphers', () => {
  test.each<[string, Partial<ServerTls>, RequestOptions, string | undefined]>([
    ['by default', {}, {}, 'TLSv1.3'],
    [
      'by default, an old client',
      {},
      { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' },
      undefined,
    ],
    ['at most', { maxVersion: 'TLSv1.2' }, {}, 'TLSv1.2'],
    ['at most, and the client wants more', { maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' }, undefined],
    ['at least', { minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }, undefined],
    [
      'as old as can be',
      { minVersion: 'TLSv1' },
      { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' },
      'TLSv1',
    ],
    [
      'a suite in common',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      'TLSv1.2',
    ],
    [
      'no suite in common',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      undefined,
    ],
    ['no curve in common', { curves: 'P-384' }, { ecdhCurve: 'P-256' }, undefined],
  ])('%s', async (_, tls, client, protocol) => {
    const { port } = await listen({ tls: tlsWith(tls) });
    const heard = await ask(port, client).catch(() => undefined);
    expect(heard?.protocol).toBe(protocol);
  });

  test.each([
    [['h2', 'http/1.1'], 'http/1.1'],
    [['http/1.1'], 'http/1.1'],
    [undefined, false],
  ])('of the protocols %j, %j is chosen', async (ALPNProtocols, chosen) => {
    const { port } = await listen({ tls: tlsWith() });
    const options = { host: '127.0.0.1', port, servername: 'localhost', ca: ours.certificate };
    const socket = connect(ALPNProtocols === undefined ? options : { ...options, ALPNProtocols });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe(chosen);
    socket.destroy();
  });
});

test.each([
  ['the Host header', { host: 'prom.example:9000' }, {}, { host: 'prom.example:9000', scheme: 'https' }],
  ['a Host without port', { host: 'prom.example' }, {}, { host: 'prom.example:443', scheme: 'https' }],
  ['a scheme that was set', { host: 'prom.example:9000' }, { scheme: 'http' }, { scheme: 'http' }],
] as const)('targets are advertised with https by %s', async (_, headers, changes, expected) => {
  const options: AddressOptions = {
    hostname: undefined,
    port: undefined,
    scheme: undefined,
    externalUrl: undefined,
    believed: { contains: () => false },
    contextPath: '',
    ...changes,
  };
  const router = routerThat(({ request: asked, response }) =>
    respondText(response, 200, JSON.stringify(advertisedAddress(asked, options))),
  );
  const { port } = await listen({ tls: tlsWith(), router });
  expect(JSON.parse((await ask(port, { headers })).text)).toMatchObject(expected);
});

describe('what is changed while it runs', () => {
  test('a certificate is for new connections; one that is open stays, its answers too', async () => {
    const [asked, released] = [signal(), signal()];
    let slow = true;
    const router = routerThat(async ({ response }) => {
      asked.give();
      if (slow) await released.given;
      slow = false;
      respondText(response, 200, 'here');
    });
    const { server, port } = await listen({ tls: tlsWith(), router });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const running = ask(port, { agent });
    await asked.given;
    server.setTls(tlsWith({ identity: second }));
    released.give();
    expect((await running).names).toContain('first.example');
    expect((await ask(port, { agent })).names).toContain('first.example');
    expect((await ask(port)).names).toContain('second.example');
  });

  test('who may come', async () => {
    const { server, port } = await listen({ tls: tlsWith() });
    const client = ours.issue({ names: ['DNS:prometheus'] });
    const seen = [await statusOf(port)];
    server.setTls(tlsWith({ clientAuth: 'require', clientAuthorities: [ours.certificate] }));
    seen.push(await statusOf(port), await statusOf(port, client));
    server.setTls(tlsWith({ clientAuth: 'require', clientAuthorities: [strangers.certificate] }));
    seen.push(await statusOf(port, client));
    expect(seen).toEqual([200, 'refused', 200, 'refused']);
  });

  describe('who may come, for connections that are open', () => {
    const client = ours.issue({ names: ['DNS:prometheus'] });
    const required = { clientAuth: 'require', clientAuthorities: [ours.certificate] } as const;

    test.each<[string, Partial<ServerTls>, number | 'refused']>([
      ['another authority', { ...required, clientAuthorities: [strangers.certificate] }, 'refused'],
      ['other names', { ...required, allowedSans: ['somebody else'] }, 'refused'],
      ['another authority beside', { ...required, clientAuthorities: [ours.certificate, strangers.certificate] }, 200],
      ['nobody', {}, 200],
    ])('%s: a kept connection ends, and its next request shakes hands', async (_, changes, expected) => {
      const { server, port } = await listen({ tls: tlsWith(required) });
      const agent = new Agent({ keepAlive: true, maxSockets: 1, ...client });
      onTestFinished(() => agent.destroy());
      const { socket } = await askKept(port, agent);
      server.setTls(tlsWith(changes));
      await once(socket.resume(), 'close');
      expect(await statusOf(port, { agent })).toBe(expected);
    });

    test.each<[string, (response: ServerResponse) => void]>([
      ['before its head', () => undefined],
      ['after its head', (response) => void response.writeHead(200, { 'content-length': 4 }).write('he')],
    ])('one that is busy ends %s has been answered whole', async (_, begin) => {
      const [asked, released] = [signal(), signal()];
      const router = routerThat(async ({ response }) => {
        begin(response);
        asked.give();
        await released.given;
        response.end(response.headersSent ? 're' : 'here');
      });
      const { server, port } = await listen({ tls: tlsWith(required), router });
      const agent = new Agent({ keepAlive: true, maxSockets: 1, ...client });
      onTestFinished(() => agent.destroy());
      const running = askKept(port, agent);
      await asked.given;
      server.setTls(tlsWith({ ...required, clientAuthorities: [strangers.certificate] }));
      released.give();
      const { socket, text } = await running;
      expect(text).toBe('here');
      if (!socket.destroyed) await once(socket.resume(), 'close');
      expect(await statusOf(port, { agent })).toBe('refused');
    });

    test('one that shakes hands has to begin anew', async () => {
      const { server, port } = await listen({ tls: tlsWith(required) });
      const shaking = connectTcp(port, '127.0.0.1');
      await once(shaking, 'connect');
      shaking.write(Buffer.from([0x16, 0x03, 0x01]));
      await statusOf(port, client);
      server.setTls(tlsWith());
      await once(shaking.on('error', () => undefined).resume(), 'close');
    });
  });

  test('TLS itself, on and off', async () => {
    const { server, port } = await listen({});
    const seen = [await askPlain(port), await statusOf(port)];
    server.setTls(tlsWith());
    seen.push(await askPlain(port), await statusOf(port));
    server.setTls(undefined);
    seen.push(await askPlain(port), await statusOf(port));
    expect(seen).toEqual([200, 'refused', 'refused', 200, 200, 'refused']);
  });

  test.each<[string, Partial<ServerTls>]>([
    ['a certificate that is none', { identity: { certificate: 'x', key: new Secret('x') } }],
    ['a key of another', { identity: { certificate: first.certificate, key: second.key } }],
    ['ciphers that nobody has', { ciphers: 'NONE-OF-THEM' }],
  ])('%s is an error, and what was in force stays', async (_, changes) => {
    const { server, port } = await listen({ tls: tlsWith() });
    expect(() => server.setTls(tlsWith(changes))).toThrow();
    expect((await ask(port)).names).toContain('first.example');
    expect(() =>
      createHttpServer({
        address: '127.0.0.1',
        port: 0,
        router: routerThat(() => undefined),
        tls: tlsWith(changes),
        clock: systemClock,
        observe: { answered: () => undefined },
      }),
    ).toThrow();
  });

  test('a router is for new requests; what runs ends under the old one', async () => {
    const [asked, released] = [signal(), signal()];
    const old = routerThat(async ({ response }) => {
      asked.give();
      await released.given;
      respondText(response, 200, 'old');
    });
    let router = old;
    const { port } = await listen({ tls: tlsWith(), router: { handle: (...visit) => router.handle(...visit) } });
    const running = ask(port);
    await asked.given;
    router = routerThat(({ response }) => respondText(response, 200, 'new'));
    expect((await ask(port)).text).toBe('new\n');
    released.give();
    expect((await running).text).toBe('old\n');
  });

  test('headers are on every answer, and above our own', async () => {
    const { server, port } = await listen({ tls: tlsWith(), headers: { 'x-frame-options': 'sameorigin' } });
    const seen = [(await ask(port)).headers, (await ask(port, { path: '/nothing' })).headers];
    server.setHeaders({ 'x-content-type-options': 'other', 'strict-transport-security': 'max-age=1' });
    seen.push((await ask(port)).headers);
    expect(seen).toMatchObject([
      { 'x-frame-options': 'sameorigin', 'x-content-type-options': 'nosniff' },
      { 'x-frame-options': 'sameorigin', 'x-content-type-options': 'nosniff' },
      { 'x-content-type-options': 'other', 'strict-transport-security': 'max-age=1' },
    ]);
  });
});

function askPlain(port: number): Promise<number | 'refused'> {
  return new Promise((resolve) => {
    const outgoing = plainRequest({ host: '127.0.0.1', port, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', () => resolve('refused'));
    outgoing.end();
  });
}

describe('stopping', () => {
  test('what runs is answered; connections that are idle, unused or still shaking hands close', async () => {
    const [asked, released] = [signal(), signal()];
    const router = routerThat(async ({ response, query }) => {
      if (query === 'slow') {
        asked.give();
        await released.given;
      }
      respondText(response, 200, 'here');
    });
    const { server, port } = await listen({ tls: tlsWith(), router });
    const options = { host: '127.0.0.1', port, servername: 'localhost', ca: ours.certificate };
    const idle = connect(options);
    idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const unused = connect(options);
    await once(unused, 'secureConnect');
    const shaking = connectTcp(port, '127.0.0.1');
    await once(shaking, 'connect');
    const running = ask(port, { path: '/?slow' });
    await asked.given;
    let isStopped = false;
    const stopped = server.stop(LONG_MS).then(() => {
      isStopped = true;
    });
    const closing = [idle, unused, shaking].map((socket) =>
      once(socket.on('error', () => undefined).resume(), 'close'),
    );
    await Promise.all(closing);
    expect([isStopped, await statusOf(port)]).toEqual([false, 'refused']);
    released.give();
    expect((await running).status).toBe(200);
    await stopped;
  });

  test('at the deadline what runs is cut', async () => {
    const asked = signal();
    const { server, port, answered } = await listen({ tls: tlsWith(), router: routerThat(asked.give) });
    const running = statusOf(port);
    await asked.given;
    await server.stop(0);
    expect(await running).toBe('refused');
    await expect.poll(() => answered).toEqual(['x 499']);
  });
});

test.each([
  ['noise', Buffer.from('hello\r\n\r\n')],
  ['the beginning of a handshake, and no more', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])],
  ['a reset', undefined],
])('%s does no harm', async (_, bytes) => {
  const { port } = await listen({ tls: tlsWith() });
  const socket = connectTcp(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  if (bytes === undefined) socket.resetAndDestroy();
  else await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  expect(await statusOf(port)).toBe(200);
  socket.destroy();
});
