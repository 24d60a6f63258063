import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from './free-port.js';

async function listenAt(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
}

test('is no port that outgoing connections get, and may be listened at', async () => {
  const port = await freePort();
  expect(port).toBeGreaterThanOrEqual(10_000);
  expect(port).toBeLessThan(32_768);
  await listenAt(port);
});

test('is the preferred one where that is free, and another one where it is not', async () => {
  const preferred = await freePort();
  expect(await freePort('127.0.0.1', preferred)).toBe(preferred);
  await listenAt(preferred);
  expect(await freePort('127.0.0.1', preferred)).not.toBe(preferred);
});

test('is none of an address that is not ours', async () => {
  await expect(freePort('192.0.2.1')).rejects.toThrow('EADDRNOTAVAIL');
});
