import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { ask, inShort, type Outcome } from '../../test/support/outbound/ask.js';
import { makeAuthority } from '../../test/support/outbound/certificates.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { serve, type TestServer } from '../../test/support/outbound/serve.js';
import { describeError } from '../base/errors.js';
import { Secret } from '../base/secret.js';
import type { TlsConfig, TlsIdentity } from '../config/config.js';
import { PLAIN_TLS } from '../config/tls-material/tls-config.js';
import { createConnectTo } from './connect-to.js';

const authority = makeAuthority();
const stranger = makeAuthority('Somebody Else');
const server = authority.issue({ names: ['DNS:orders.example.org'] });
const TRUSTING: TlsConfig = { ...PLAIN_TLS, certificateAuthorities: [authority.certificate] };

function to(port: number): ReturnType<typeof createConnectTo> {
  return createConnectTo([{ hostPattern: '*', port: undefined, address: '127.0.0.1', toPort: port }]);
}

function identity(by: ReturnType<typeof makeAuthority>, name: string): TlsIdentity {
  const { cert, key } = by.issue({ names: [`DNS:${name}`] });
  return { certificate: cert, key: new Secret(key) };
}

function said(outcome: Outcome): string {
  return 'error' in outcome ? describeError(outcome.error) : outcome.body;
}

/** Tells whom it sees: the name in the client's certificate, and the one asked for. */
async function mutual(options: { readonly version?: 'TLSv1.2' | 'TLSv1.3' } = {}): Promise<TestServer> {
  return await serve(
    (request, response) => {
      const socket = request.socket as TLSSocket;
      response.end(`${socket.getPeerCertificate().subjectaltname} ${socket.servername}`);
    },
    {
      tls: {
        ...server,
        ca: authority.certificate,
        requestCert: true,
        rejectUnauthorized: true,
        ...(options.version === undefined ? {} : { minVersion: options.version, maxVersion: options.version }),
      },
    },
  );
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a server that wants a client certificate, under %s', (version) => {
  test.each<readonly [string, TlsIdentity | undefined, string]>([
    ['the right one', identity(authority, 'promregator.example.org'), '200'],
    ['a stranger’s', identity(stranger, 'promregator.example.org'), 'refused'],
    ['none', undefined, 'refused'],
  ])('%s', async (_, shown, result) => {
    const { port } = await mutual({ version });
    const connections = connectionsWith({ connectTo: to(port), tls: { ...TRUSTING, identity: shown } });
    const outcome = await ask(connections, { origin: 'https://orders.example.org' }).outcome;
    // Under 1.3 a client learns of it only after its own handshake is over.
    expect(inShort(outcome), said(outcome)).toMatch(result === '200' ? /^200$/ : /^(tls|reset)$/);
    if (result === '200') expect(said(outcome)).toBe('DNS:promregator.example.org orders.example.org');
    expect(said(outcome)).not.toContain('PRIVATE');
  });
});

describe('server_name', () => {
  test.each<readonly [string, string | undefined, string, string]>([
    ['the host by default', undefined, 'orders.example.org', '200'],
    ['another one', 'orders.example.org', '10.9.8.7', '200'],
    ['another one for a name', 'orders.example.org', 'billing.example.org', '200'],
    ['one that the certificate does not have', 'billing.example.org', 'orders.example.org', 'tls'],
    ['an address that it does not have', '10.9.8.7', 'orders.example.org', 'tls'],
  ])('%s', async (_, serverName, host, result) => {
    const { port } = await mutual();
    const tls = { ...TRUSTING, serverName, identity: identity(authority, 'us.example.org') };
    const connections = connectionsWith({ connectTo: to(port), tls });
    const outcome = await ask(connections, { origin: `https://${host}` }).outcome;
    expect(inShort(outcome), said(outcome)).toBe(result);
    if (result === '200') expect(said(outcome)).toBe('DNS:us.example.org orders.example.org');
  });
});

describe('min_version', () => {
  test.each<readonly [TlsConfig['minVersion'], 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3', string]>([
    [undefined, 'TLSv1.1', 'tls'],
    [undefined, 'TLSv1.2', '200'],
    ['TLSv1.1', 'TLSv1.1', '200'],
    ['TLSv1', 'TLSv1.1', '200'],
    ['TLSv1', 'TLSv1.3', '200'],
    ['TLSv1.2', 'TLSv1.1', 'tls'],
    ['TLSv1.2', 'TLSv1.2', '200'],
    ['TLSv1.3', 'TLSv1.2', 'tls'],
    ['TLSv1.3', 'TLSv1.3', '200'],
  ])('%s towards a server of %s', async (minVersion, version, result) => {
    const target = await serve((_, response) => response.end('x'), {
      tls: { ...server, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' },
    });
    const connections = connectionsWith({ connectTo: to(target.port), tls: { ...TRUSTING, minVersion } });
    const outcome = await ask(connections, { origin: 'https://orders.example.org' }).outcome;
    expect(inShort(outcome), said(outcome)).toBe(result);
  });
});

test('two settings share no session', async () => {
  const reused: boolean[] = [];
  const target = await serve(
    (request, response) => {
      reused.push((request.socket as TLSSocket).isSessionReused());
      response.setHeader('connection', 'close').end('x');
    },
    { tls: server },
  );
  const settings: readonly TlsConfig[] = [TRUSTING, { ...TRUSTING, verify: 'never' }];
  for (const tls of settings) {
    const connections = connectionsWith({ connectTo: to(target.port), tls });
    await ask(connections, { origin: 'https://orders.example.org' }).outcome;
  }
  expect(reused).toEqual([false, false]);
});
