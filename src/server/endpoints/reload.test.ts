import { expect, onTestFinished, test } from 'vitest';
import { ask } from '../../../test/support/scrape/question.js';
import { systemClock } from '../../base/clock.js';
import { Secret } from '../../base/secret.js';
import { createBearerGuard } from '../bearer-guard.js';
import { type Guard, OPEN } from '../guard.js';
import { createHttpServer } from '../http-server.js';
import { createRouter } from '../router.js';
import { type ReloadEndpointOptions, reloadEndpoint } from './reload.js';

type Outcome = Awaited<ReturnType<ReloadEndpointOptions['reload']>>;

interface Reloading {
  readonly url: string;
  readonly reloads: number;
}

async function reloading(
  lifecycle: ReloadEndpointOptions['lifecycle'],
  guard: Guard,
  outcome: Outcome,
): Promise<Reloading> {
  let reloads = 0;
  const reload = async (): Promise<Outcome> => {
    reloads += 1;
    return outcome;
  };
  const server = createHttpServer({
    address: '127.0.0.1',
    port: 0,
    router: createRouter({
      pathPrefix: '',
      endpoints: [reloadEndpoint({ guard, lifecycle, reload })],
      onError: () => undefined,
    }),
    clock: systemClock,
    observe: { answered: () => undefined },
  });
  const { port } = await server.start();
  onTestFinished(() => server.stop(0));
  return {
    url: `http://127.0.0.1:${port}/-/reload`,
    get reloads() {
      return reloads;
    },
  };
}

const GUARD = createBearerGuard({ tokens: [new Secret('right')] });
const BAD: Outcome = { ok: false, reason: 'promregator.yml:3:1: found x, expected y' };
const IN_FORCE = 'The configuration has been read anew and is in force.\n';
const AS_IT_WAS = 'The configuration stays as it was: promregator.yml:3:1: found x, expected y\n';
const DISABLED = 'Lifecycle API is not enabled.\n';
const REFUSED = 'Credentials are missing or wrong.\n';

test.each<[string, string, ReloadEndpointOptions['lifecycle'], string | undefined, Outcome, number, string, number]>([
  ['POST', 'open', 'enabled', undefined, { ok: true }, 200, IN_FORCE, 1],
  ['PUT', 'open', 'enabled', undefined, { ok: true }, 200, IN_FORCE, 1],
  ['POST', 'open', 'enabled', undefined, BAD, 500, AS_IT_WAS, 1],
  ['GET', 'open', 'enabled', undefined, { ok: true }, 405, '/-/reload takes POST, PUT.\n', 0],
  ['POST', 'open', 'disabled', undefined, { ok: true }, 403, DISABLED, 0],
  ['PUT', 'open', 'disabled', undefined, { ok: true }, 403, DISABLED, 0],
  ['POST', 'guarded', 'enabled', 'right', { ok: true }, 200, IN_FORCE, 1],
  ['POST', 'guarded', 'enabled', 'wrong', { ok: true }, 401, REFUSED, 0],
  ['POST', 'guarded', 'enabled', undefined, { ok: true }, 401, REFUSED, 0],
  ['POST', 'guarded', 'disabled', undefined, { ok: true }, 401, REFUSED, 0],
])('%s, %s, %s, with token %s and %j: %d', async (method, guard, lifecycle, token, outcome, status, text, count) => {
  const running = await reloading(lifecycle, guard === 'open' ? OPEN : GUARD, outcome);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const heard = await ask(running.url, { method, headers });
  expect([heard.status, heard.body.toString(), running.reloads]).toEqual([status, text, count]);
});
