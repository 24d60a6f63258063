import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { loadWritten } from '../test/support/config/load-written.js';
import { recordedLog } from '../test/support/foundation/recorded-log.js';
import { startRedis } from '../test/support/redis-server.js';
import { createApp } from './app.js';
import type { Loaded } from './assembly/reloader.js';

async function loaded(promregator: object): Promise<Loaded> {
  const outcome = await loadWritten({ yaml: stringify({ promregator }), args: ['--server.address=127.0.0.1'] });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return { ...outcome, states: new Map() };
}

async function takenPort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const address = taken.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return address.port;
}

test('a start that cannot listen gives back the lease that it has taken', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop('SIGKILL'));
  const config = await loaded({
    targets: [{ orgRegex: '.*' }],
    replication: { redis: { url: redis.url } },
  });
  const port = await takenPort();
  const app = createApp({
    loaded: { ...config, config: { ...config.config, server: { ...config.config.server, port } } },
    loader: { load: () => Promise.reject(new Error('nothing is loaded anew')), keep: () => undefined },
    log: recordedLog().log,
    configureLog: () => undefined,
    printPassword: () => undefined,
  });
  await expect(app.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const keys = String(await redis.command('KEYS', '*')).split(/[\s,]+/);
  expect(keys.some((key) => key.endsWith(':fence'))).toBe(true);
  expect(keys.filter((key) => key.endsWith(':lease'))).toEqual([]);
});
