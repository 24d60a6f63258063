import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { directoryOf } from '../../test/support/scrape/directory.js';
import { type ScrapeProxy, startProxy } from '../../test/support/scrape/proxy.js';

let proxy: ScrapeProxy;

beforeAll(async () => {
  proxy = await startProxy({ directory: directoryOf() });
});

afterAll(() => proxy.stop());

async function statusOf(requestLine: string, headers: readonly string[]): Promise<number> {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(`${[requestLine, ...headers].join('\r\n')}\r\n\r\n`);
  const [head]: Buffer[] = await once(socket, 'data');
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+) /.exec(head?.toString('latin1') ?? '')?.[1]);
}

const LINE = 'GET /-/healthy HTTP/1.1';

test.each<[string, string, readonly string[], number]>([
  ['a Host', LINE, ['Host: a'], 200],
  ['an empty Host', LINE, ['Host:'], 200],
  ['a Host with a name of a cluster', LINE, ['Host: prom_1.svc.cluster.local:8080'], 200],
  ['a Host that is an IPv6 address', LINE, ['Host: [fd00::1]:8080'], 200],
  ['no Host', LINE, [], 400],
  ['no Host in HTTP/1.0', 'GET /-/healthy HTTP/1.0', [], 200],
  ['two Hosts', LINE, ['Host: a', 'Host: b'], 400],
  ['two Hosts that are equal', LINE, ['Host: a', 'X: y', 'hOST: a'], 400],
  ['a Host with quotes', LINE, ['Host: a"b'], 400],
  ['a Host with a path', LINE, ['Host: a/b'], 400],
  ['a Host with a user', LINE, ['Host: a@b'], 400],
  ['a Host with an impossible port', LINE, ['Host: a:70000'], 400],
  ['a Host with port 0', LINE, ['Host: a:0'], 400],
  ['a Host with two ports', LINE, ['Host: a:1:2'], 400],
  ['a Host of other letters', LINE, ['Host: prömregator'], 400],
  ['a Host of 254 characters', LINE, [`Host: ${'a'.repeat(254)}`], 400],
  ['a list of Hosts', LINE, ['Host: a, b'], 400],
  ['chunked', LINE, ['Host: a', 'Transfer-Encoding: Chunked'], 200],
  ['another transfer coding', LINE, ['Host: a', 'Transfer-Encoding: xchunked'], 400],
  ['a transfer coding of HTTP/1.0', 'GET /-/healthy HTTP/1.0', ['Transfer-Encoding: chunked'], 400],
  ['the expectation that there is', LINE, ['Host: a', 'Expect: 100-Continue'], 100],
  ['another expectation', LINE, ['Host: a', 'Expect: 200-ok'], 417],
  ['200 headers', LINE, ['Host: a', ...Array.from({ length: 199 }, (_, index) => `x${index}: y`)], 200],
  ['201 headers', LINE, ['Host: a', ...Array.from({ length: 200 }, (_, index) => `x${index}: y`)], 431],
  ['5,000 headers, the second Host behind them', LINE, ['Host: a', ...Array(5_000).fill('x:'), 'Host: b'], 431],
  ['HTTP/2.0', 'GET /-/healthy HTTP/2.0', ['Host: a'], 505],
  ['HTTP/0.9', 'GET /-/healthy HTTP/0.9', [], 505],
])('%s', async (_, requestLine, headers, status) => {
  expect(await statusOf(requestLine, headers)).toBe(status);
});
