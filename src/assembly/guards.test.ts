import { createServer } from 'node:http';
import { hashSync } from 'bcryptjs';
import { expect, onTestFinished, test } from 'vitest';
import { ask } from '../../test/support/scrape/question.js';
import { Secret } from '../base/secret.js';
import type { InboundConfig, InboundUser } from '../config/config.js';
import { createGuardFactory } from './guards.js';

test('what was found about the password of a user who stays is known after a reload', async () => {
  const ann: InboundUser = { username: 'ann', password: new Secret(hashSync('a', 4)), form: 'bcrypt' };
  const inbound: InboundConfig = {
    auth: { discovery: 'BASIC', endpoint: 'BASIC', metrics: 'BASIC', cacheInvalidate: 'BASIC' },
    users: [ann],
    madeUpUser: undefined,
    tokens: [],
    everything: false,
  };
  const factory = createGuardFactory(() => undefined);
  onTestFinished(() => factory.close());
  let guardOf = factory.guardsFor(inbound);
  const found: unknown[] = [];
  const server = createServer(async (request, response) => {
    const verdict = guardOf('metrics').admits(request, response);
    found.push(verdict);
    if (await verdict) response.end();
  });
  onTestFinished(() => void server.close());
  const port = await new Promise<number>((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('no port'));
    });
  });
  const headers = { authorization: `Basic ${Buffer.from('ann:a').toString('base64')}` };
  const statuses = [(await ask(`http://127.0.0.1:${port}/`, { headers })).status];
  guardOf = factory.guardsFor({ ...inbound, users: [ann, { ...ann, username: 'bob' }] });
  statuses.push((await ask(`http://127.0.0.1:${port}/`, { headers })).status);
  expect([statuses, found]).toEqual([
    [200, 200],
    [expect.any(Promise), true],
  ]);
});
