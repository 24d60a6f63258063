import type { TLSSocket } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { ask, inShort } from '../../test/support/outbound/ask.js';
import { makeAuthority } from '../../test/support/outbound/certificates.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { serve } from '../../test/support/outbound/serve.js';
import { describeError } from '../base/errors.js';
import type { TlsConfig } from '../config/config.js';
import { PLAIN_TLS } from '../config/tls-material/tls-config.js';
import { createConnectTo } from './connect-to.js';

const authority = makeAuthority();
const stranger = makeAuthority('Somebody Else');
const good = authority.issue({ names: ['DNS:orders.example.org', 'DNS:*.apps.example.org', 'IP:10.9.8.7'] });
const expired = authority.issue({ names: ['DNS:orders.example.org'], days: -1 });

const TRUSTING: TlsConfig = { ...PLAIN_TLS, certificateAuthorities: [authority.certificate] };
const UNVERIFIED: TlsConfig = { ...PLAIN_TLS, verify: 'never' };

function to(port: number): ReturnType<typeof createConnectTo> {
  return createConnectTo([{ hostPattern: '*', port: undefined, address: '127.0.0.1', toPort: port }]);
}

describe('certificates', () => {
  test.each<[string, string, typeof good, TlsConfig, string, RegExp]>([
    ['of our own authority', 'orders.example.org', good, TRUSTING, '200', /^$/],
    [
      'beside another one',
      'orders.example.org',
      good,
      { ...PLAIN_TLS, certificateAuthorities: [stranger.certificate, authority.certificate] },
      '200',
      /^$/,
    ],
    [
      'two in one file',
      'orders.example.org',
      good,
      { ...PLAIN_TLS, certificateAuthorities: [`${stranger.certificate}\n${authority.certificate}`] },
      '200',
      /^$/,
    ],
    ['of a wildcard', 'a.apps.example.org', good, TRUSTING, '200', /^$/],
    ['a wildcard is one label', 'a.b.apps.example.org', good, TRUSTING, 'tls', /Hostname\/IP does not match/],
    [
      'of an unknown authority',
      'orders.example.org',
      good,
      PLAIN_TLS,
      'tls',
      /unable to verify|unable to get local issuer/,
    ],
    [
      'of an authority that is not the one given',
      'orders.example.org',
      good,
      { ...PLAIN_TLS, certificateAuthorities: [stranger.certificate] },
      'tls',
      /unable to/,
    ],
    ['for another host', 'billing.example.org', good, TRUSTING, 'tls', /Hostname\/IP does not match/],
    ['expired', 'orders.example.org', expired, TRUSTING, 'tls', /certificate has expired/],
    ['for an address, which we reach by another', '10.9.8.7', good, TRUSTING, '200', /^$/],
    ['for another address', '10.9.8.6', good, TRUSTING, 'tls', /Hostname\/IP does not match|IP: 10.9.8.6/],
    ['expired, but never verified', 'orders.example.org', expired, UNVERIFIED, '200', /^$/],
    ['for another host, but never verified', 'billing.example.org', good, UNVERIFIED, '200', /^$/],
  ])('%s', async (_, host, pair, tls, result, words) => {
    const server = await serve((_request, response) => void response.end('x'), { tls: pair });
    const connections = connectionsWith({ connectTo: to(server.port), tls });
    const outcome = await ask(connections, { origin: `https://${host}` }).outcome;
    expect(inShort(outcome)).toBe(result);
    expect('error' in outcome ? describeError(outcome.error) : '').toMatch(words);
    expect(connections.stats.failed).toBe(result === '200' ? 0 : 1);
  });
});

test('Host header and server name stay those that were asked for', async () => {
  const server = await serve(
    (request, response) => void response.end(`${request.headers.host} ${(request.socket as TLSSocket).servername}`),
    { tls: good },
  );
  const connections = connectionsWith({ connectTo: to(server.port), tls: TRUSTING });
  const outcome = await ask(connections, { origin: 'https://orders.example.org:8443' }).outcome;
  expect(outcome).toMatchObject({ body: 'orders.example.org:8443 orders.example.org' });
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('sessions under %s', (version) => {
  async function serveSessions(): Promise<{ port: number; reused: boolean[] }> {
    const reused: boolean[] = [];
    const server = await serve(
      (request, response) => {
        reused.push((request.socket as TLSSocket).isSessionReused());
        response.setHeader('connection', 'close').end('x');
      },
      { tls: { ...good, minVersion: version, maxVersion: version } },
    );
    return { port: server.port, reused };
  }

  test('are resumed on the next connection', async () => {
    const { port, reused } = await serveSessions();
    const connections = connectionsWith({ connectTo: to(port), tls: TRUSTING });
    for (let n = 0; n < 3; n += 1) {
      await ask(connections, { origin: 'https://orders.example.org' }).outcome;
      await vi.waitFor(() => expect(connections.stats.open).toBe(0));
    }
    expect(reused).toEqual([false, true, true]);
  });

  test('are not used for another host name', async () => {
    const { port, reused } = await serveSessions();
    const connections = connectionsWith({ connectTo: to(port), tls: TRUSTING });
    await ask(connections, { origin: 'https://orders.example.org' }).outcome;
    await ask(connections, { origin: 'https://a.apps.example.org' }).outcome;
    expect(reused).toEqual([false, false]);
  });
});
