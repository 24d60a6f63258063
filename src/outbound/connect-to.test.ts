import { describe, expect, test } from 'vitest';
import { ask } from '../../test/support/outbound/ask.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { serve } from '../../test/support/outbound/serve.js';
import { type ConnectToRule, createConnectTo } from './connect-to.js';

const RULES: readonly ConnectToRule[] = [
  { hostPattern: 'api.example.org', port: 443, address: '10.0.0.1', toPort: 8443 },
  { hostPattern: 'api.example.org', port: undefined, address: '10.0.0.2', toPort: undefined },
  { hostPattern: '*.apps.example.org', port: undefined, address: '::1', toPort: 9000 },
  { hostPattern: 'a.b', port: undefined, address: '10.0.0.4', toPort: undefined },
];

describe('createConnectTo', () => {
  test.each<[string, number, string, number]>([
    ['api.example.org', 443, '10.0.0.1', 8443],
    ['api.example.org', 80, '10.0.0.2', 80],
    ['API.Example.org', 443, '10.0.0.1', 8443],
    ['orders.apps.example.org', 443, '::1', 9000],
    ['a.b.c.apps.example.org', 80, '::1', 9000],
    ['apps.example.org', 443, 'apps.example.org', 443],
    ['api.example.org.evil.test', 443, 'api.example.org.evil.test', 443],
    ['xapi.example.org', 443, 'xapi.example.org', 443],
    ['axb', 80, 'axb', 80],
    ['a.b', 80, '10.0.0.4', 80],
  ])('%s:%d goes to %s:%d', (host, port, address, toPort) => {
    expect(createConnectTo(RULES)(host, port)).toEqual({ host: address, port: toPort });
  });

  test('a lone * takes every host', () => {
    const connectTo = createConnectTo([{ hostPattern: '*', port: undefined, address: '127.0.0.1', toPort: 1 }]);
    expect(connectTo('anything.test', 443)).toEqual({ host: '127.0.0.1', port: 1 });
  });
});

describe('over the wire', () => {
  test.each<['127.0.0.1' | '::1', string, string]>([
    ['127.0.0.1', 'http://orders.example.org', 'orders.example.org'],
    ['127.0.0.1', 'http://orders.example.org:8080', 'orders.example.org:8080'],
    ['::1', 'http://orders.example.org', 'orders.example.org'],
    ['127.0.0.1', 'http://[2001:db8::1]:8080', '[2001:db8::1]:8080'],
  ])('by %s, the Host header of %s stays', async (host, origin, hostHeader) => {
    const server = await serve((request, response) => void response.end(request.headers.host), { host });
    const connections = connectionsWith({
      connectTo: createConnectTo([{ hostPattern: '*', port: undefined, address: host, toPort: server.port }]),
    });
    expect(await ask(connections, { origin }).outcome).toMatchObject({ status: 200, body: hostHeader });
  });

  test('an IPv6 origin needs no rule', async () => {
    const server = await serve((request, response) => void response.end(request.headers.host), { host: '::1' });
    const outcome = await ask(connectionsWith(), { origin: server.origin }).outcome;
    expect(outcome).toMatchObject({ status: 200, body: `[::1]:${server.port}` });
  });
});
