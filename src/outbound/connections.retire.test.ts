import { expect, test, vi } from 'vitest';
import { ask, deferred, inShort } from '../../test/support/outbound/ask.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { serve } from '../../test/support/outbound/serve.js';

/** Whether a promise has settled by now, all that is due having run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  return settled;
}

test('with none open it is done at once', async () => {
  await connectionsWith().retire();
});

test('idle ones are closed now', async () => {
  const server = await serve((_, response) => void response.end('x'));
  const connections = connectionsWith();
  await Promise.all([1, 2].map(() => ask(connections, { origin: server.origin }).outcome));
  expect(connections.stats.idle).toBe(2);
  await connections.retire();
  expect(connections.stats).toMatchObject({ open: 0, idle: 0 });
  await vi.waitFor(() => expect(server.sockets.every((socket) => socket.destroyed)).toBe(true));
});

test('busy ones end their exchange first, and later requests are still sent', async () => {
  const gate = deferred<void>();
  const server = await serve((request, response) => {
    response.write('begun');
    if (request.url === '/slow') void gate.promise.then(() => response.end(', ended'));
    else response.end();
  });
  const connections = connectionsWith();
  const slow = ask(connections, { origin: server.origin, path: '/slow' });
  await slow.head;
  const retired = connections.retire();
  expect(await isSettled(retired)).toBe(false);

  expect(inShort(await ask(connections, { origin: server.origin, path: '/late' }).outcome)).toBe('200');
  expect(await isSettled(retired)).toBe(false);
  expect(connections.stats).toMatchObject({ open: 1, idle: 0 });

  gate.resolve();
  expect(await slow.outcome).toMatchObject({ body: 'begun, ended' });
  await retired;
  expect(connections.stats).toMatchObject({ open: 0, idle: 0 });
});

test.each(['abort', 'break off', 'close'] as const)('is done when the last one ends by %s', async (how) => {
  const server = await serve((_, response) => void response.write('begun'));
  const connections = connectionsWith();
  const asked = ask(connections, { origin: server.origin });
  await asked.head;
  const retired = connections.retire();
  if (how === 'abort') asked.exchange.abort();
  else if (how === 'close') await connections.close();
  else server.sockets[0]?.destroy();
  await retired;
  expect(connections.stats.open).toBe(0);
});

test('who calls twice waits twice', async () => {
  const server = await serve((_, response) => void response.write('begun'));
  const connections = connectionsWith();
  const asked = ask(connections, { origin: server.origin });
  await asked.head;
  const both = Promise.all([connections.retire(), connections.retire()]);
  asked.exchange.abort();
  await both;
});

test('renewed: idle ones are closed now, busy ones with the end of their exchange, and later ones are kept', async () => {
  const gate = deferred<void>();
  const server = await serve((request, response) => {
    if (request.url === '/slow') void gate.promise.then(() => response.end('ended'));
    else response.end('x');
  });
  const connections = connectionsWith();
  const slow = ask(connections, { origin: server.origin, path: '/slow' });
  await ask(connections, { origin: server.origin }).outcome;
  await vi.waitFor(() => expect(connections.stats).toMatchObject({ open: 2, idle: 1 }));
  connections.renew();
  expect(connections.stats).toMatchObject({ open: 1, idle: 0 });
  gate.resolve();
  expect(inShort(await slow.outcome)).toBe('200');
  expect(connections.stats).toMatchObject({ open: 0, opened: 2 });
  for (let n = 0; n < 2; n += 1) await ask(connections, { origin: server.origin }).outcome;
  expect(connections.stats).toMatchObject({ open: 1, idle: 1, opened: 3 });
});
