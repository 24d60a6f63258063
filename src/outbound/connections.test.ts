import { describe, expect, test, vi } from 'vitest';
import { ask, deferred, inShort } from '../../test/support/outbound/ask.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { serve, serveBytes, type TestServer } from '../../test/support/outbound/serve.js';
import type { Connections } from './connections.js';

const HEAD = 'HTTP/1.1 200 OK\r\n';
const ONE_BYTE = `${HEAD}Content-Length: 1\r\n\r\nx`;

type Script = 'answer' | 'close' | 'head-then-close' | 'answer-and-close';

/** Answers the n-th request over all connections by the n-th script; the last one holds for all further ones. */
async function scripted(...scripts: readonly Script[]): Promise<TestServer & { readonly requests: readonly string[] }> {
  const requests: string[] = [];
  const server = await serveBytes((socket) => {
    socket.on('data', (data) => {
      requests.push(data.toString('latin1').split('\r\n')[0] ?? '');
      const script = scripts[Math.min(requests.length, scripts.length) - 1];
      if (script === 'answer') socket.write(ONE_BYTE);
      else if (script === 'close') socket.destroy();
      else if (script === 'answer-and-close') socket.end(`${HEAD}Connection: close\r\nContent-Length: 1\r\n\r\nx`);
      else socket.write(`${HEAD}Content-Length: 5\r\n\r\nx`, () => socket.destroy());
    });
  });
  return { ...server, requests };
}

async function askInTurn(connections: Connections, origin: string, times: number): Promise<string[]> {
  const results: string[] = [];
  for (let n = 0; n < times; n += 1) results.push(inShort(await ask(connections, { origin }).outcome));
  return results;
}

describe('kept connections', () => {
  test('serve one request after the other', async () => {
    const server = await scripted('answer');
    const connections = connectionsWith();
    expect(await askInTurn(connections, server.origin, 5)).toEqual(['200', '200', '200', '200', '200']);
    expect(server.sockets.length).toBe(1);
    expect(connections.stats).toEqual({ open: 1, idle: 1, opened: 1, failed: 0, reused: 4 });
  });

  test('are not shared between origins', async () => {
    const [one, other] = [await scripted('answer'), await scripted('answer')];
    const connections = connectionsWith();
    await askInTurn(connections, one.origin, 2);
    await askInTurn(connections, other.origin, 2);
    expect([one.sockets.length, other.sockets.length]).toEqual([1, 1]);
  });

  test('are never given to two requests at once', async () => {
    const server = await serve((_, response) => void setImmediate(() => response.end('x')));
    const connections = connectionsWith();
    await Promise.all([1, 2, 3].map(() => ask(connections, { origin: server.origin }).outcome));
    expect(server.sockets.length).toBe(3);
    expect(connections.stats.idle).toBe(3);
  });

  test('beyond the bound the newcomer is closed and the older ones stay', async () => {
    const servers = [await scripted('answer'), await scripted('answer'), await scripted('answer')];
    const connections = connectionsWith({ maxIdle: 2 });
    for (const round of [1, 2, 3]) {
      for (const server of servers) await ask(connections, { origin: server.origin }).outcome;
      expect(connections.stats, `round ${round}`).toMatchObject({ idle: 2, open: 2 });
    }
    expect(servers.map((server) => server.sockets.length)).toEqual([1, 1, 3]);
  });

  test('older than ten minutes are closed after their request', async () => {
    const server = await scripted('answer');
    const connections = connectionsWith();
    const now = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    try {
      await askInTurn(connections, server.origin, 1);
      now.mockReturnValue(1_000 + 599_000);
      await askInTurn(connections, server.origin, 1);
      expect(connections.stats.idle).toBe(1);
      now.mockReturnValue(1_000 + 601_000);
      await askInTurn(connections, server.origin, 2);
      expect(server.sockets.length).toBe(2);
    } finally {
      now.mockRestore();
    }
  });

  test('time out by themselves', async () => {
    const server = await scripted('answer');
    const connections = connectionsWith({ keepAliveMs: 50 });
    await askInTurn(connections, server.origin, 1);
    expect(connections.stats.idle).toBe(1);
    await vi.waitFor(() => expect(connections.stats).toMatchObject({ idle: 0, open: 0 }), { timeout: 5_000 });
  });

  test.each([
    ['one after the other', 1],
    ['from within onEnd', 2],
  ])('an answer that closes its connection spoils no later request, %s', async (_, kind) => {
    const server = await scripted('answer-and-close');
    const connections = connectionsWith();
    if (kind === 1) {
      expect(await askInTurn(connections, server.origin, 4)).toEqual(['200', '200', '200', '200']);
    } else {
      const second = deferred<string>();
      connections.send(
        { origin: server.origin, path: '/', method: 'GET', headers: {} },
        {
          onHead: () => undefined,
          onData: () => undefined,
          onEnd: () => void ask(connections, { origin: server.origin }).outcome.then((o) => second.resolve(inShort(o))),
          onError: (error) => second.resolve(error.code),
        },
      );
      expect(await second.promise).toBe('200');
    }
    await vi.waitFor(() => expect(connections.stats).toMatchObject({ idle: 0, open: 0 }));
  });

  test('an idle connection that the server has closed is replaced, whenever that is noticed', async () => {
    const server = await scripted('answer');
    const connections = connectionsWith();
    for (const end of ['destroy', 'resetAndDestroy'] as const) {
      for (const turns of [0, 1, 2, 3, 4, 5]) {
        await askInTurn(connections, server.origin, 1);
        server.sockets.at(-1)?.[end]();
        // From "our side cannot know yet" to "it has been told long ago".
        for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
        expect(inShort(await ask(connections, { origin: server.origin }).outcome), `${end} ${turns}`).toBe('200');
      }
    }
  });
});

describe('a connection that dies', () => {
  test.each<readonly [string, Script[], 'GET' | 'POST', string, number]>([
    ['a kept one before the first byte is retried once', ['answer', 'close', 'answer'], 'GET', '200', 3],
    ['but not twice', ['answer', 'close', 'close', 'answer'], 'GET', 'reset', 3],
    ['a POST is not sent twice', ['answer', 'close', 'answer'], 'POST', 'reset', 2],
    ['not after the head', ['answer', 'head-then-close', 'answer'], 'GET', 'reset', 2],
    ['a fresh one is not retried', ['close', 'answer'], 'GET', 'reset', 1],
  ])('%s', async (_, scripts, method, result, requests) => {
    const server = await scripted(...scripts);
    const connections = connectionsWith();
    if (scripts[0] === 'answer') await askInTurn(connections, server.origin, 1);
    const asked = ask(connections, { origin: server.origin, method, ...(method === 'POST' ? { body: 'a=b' } : {}) });
    expect(inShort(await asked.outcome)).toBe(result);
    expect(server.requests.length).toBe(requests);
  });

  test.each([0, 1, 2, 3, 4, 5])('one that replaces a kept one is fresh, %d turns after its end', async (turns) => {
    const server = await scripted('answer', 'close', 'answer');
    const connections = connectionsWith();
    await askInTurn(connections, server.origin, 1);
    server.sockets[0]?.destroy();
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
    expect(inShort(await ask(connections, { origin: server.origin }).outcome)).toBe('reset');
    expect(server.requests.length).toBe(2);
  });

  test('a retried request hears one head and one end', async () => {
    const server = await scripted('answer', 'close', 'answer');
    const connections = connectionsWith();
    await askInTurn(connections, server.origin, 1);
    const asked = ask(connections, { origin: server.origin });
    await asked.outcome;
    expect(asked.events).toEqual(['head 200', 'data', 'end']);
    expect(connections.stats).toMatchObject({ open: 1, idle: 1, opened: 2 });
  });
});
