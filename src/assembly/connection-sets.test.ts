import { expect, onTestFinished, test } from 'vitest';
import { ask } from '../../test/support/outbound/ask.js';
import { serve } from '../../test/support/outbound/serve.js';
import { waitUntil } from '../../test/support/wait-until.js';
import { PLAIN_TLS } from '../config/tls-material/tls-config.js';
import { type ConnectionSettings, createConnectionSets } from './connection-sets.js';

const SETTINGS: ConnectionSettings = {
  connectTo: [],
  connectTimeoutMs: 5_000,
  tls: PLAIN_TLS,
  proxy: undefined,
  maxIdle: 10,
  keepAliveMs: 30_000,
};

function sets() {
  const made = createConnectionSets();
  onTestFinished(() => made.close());
  return made;
}

test('equal settings share connections, others do not', () => {
  const lease = sets().lease();
  const one = lease.of(SETTINGS);
  expect(lease.of({ ...SETTINGS })).toBe(one);
  expect(lease.of({ ...SETTINGS, maxIdle: 11 })).not.toBe(one);
  expect(lease.of({ ...SETTINGS, tls: { ...PLAIN_TLS, serverName: 'x' } })).not.toBe(one);
});

test('a successor keeps what it asks for, open connections and all', async () => {
  const all = sets();
  const server = await serve((_, response) => void response.end('x'));
  await ask(all.lease().of(SETTINGS), { origin: server.origin }).outcome;
  const next = all.lease();
  const connections = next.of(SETTINGS);
  all.retainOnly(next);
  await ask(connections, { origin: server.origin }).outcome;
  expect(server.sockets).toHaveLength(1);
  expect(all.stats).toEqual({ open: 1, opened: 1, failed: 0 });
});

test('what a successor does not ask for ends when its requests have ended; counters stay', async () => {
  const all = sets();
  let finish = (): void => undefined;
  const server = await serve((_, response) => {
    response.write('head');
    finish = () => void response.end(' and tail');
  });
  const asked = ask(all.lease().of(SETTINGS), { origin: server.origin });
  await asked.head;
  all.retainOnly(all.lease());
  expect(all.stats).toEqual({ open: 1, opened: 1, failed: 0 });
  finish();
  expect(await asked.outcome).toMatchObject({ status: 200, body: 'head and tail' });
  await waitUntil(() => all.stats.open === 0, { within: 5_000, describe: () => all.stats, every: 5 });
  expect(all.stats).toEqual({ open: 0, opened: 1, failed: 0 });
});
