import { type IncomingMessage, request } from 'node:http';
import { hashSync } from 'bcryptjs';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import { ask } from '../../test/support/scrape/question.js';
import { signal } from '../../test/support/scrape/signal.js';
import { systemClock } from '../base/clock.js';
import { Secret } from '../base/secret.js';
import { type BasicUser, createBasicGuard } from './basic-guard.js';
import { type BcryptQueue, createBcryptQueue } from './bcrypt-queue.js';
import { type BcryptWorker, startBcryptWorker } from './bcrypt-worker.js';
import { createBearerGuard } from './bearer-guard.js';
import { type Guard, OPEN } from './guard.js';
import { createHashedPasswords } from './hashed-passwords.js';
import { createHttpServer } from './http-server.js';
import { createRateLimit } from './rate-limited-guard.js';
import { respondText } from './respond.js';
import { createRouter } from './router.js';

interface Guarded {
  readonly url: string;
  /** Paths that were let in, in order. */
  readonly admitted: readonly string[];
  readonly errors: readonly unknown[];
  /** `<endpoint> <status>` of each answer. */
  readonly answered: readonly string[];
}

/** `/guarded` behind the guard, `/open` behind none. */
async function serveGuarded(guard: Guard): Promise<Guarded> {
  const admitted: string[] = [];
  const errors: unknown[] = [];
  const answered: string[] = [];
  const endpoint = (name: string, before: Guard) => ({
    name,
    path: `/${name}`,
    methods: ['GET'],
    guard: before,
    answer({ response }: Parameters<Parameters<typeof createRouter>[0]['endpoints'][number]['answer']>[0]) {
      admitted.push(name);
      respondText(response, 200, name);
    },
  });
  const server = createHttpServer({
    address: '127.0.0.1',
    port: 0,
    router: createRouter({
      pathPrefix: '',
      endpoints: [endpoint('guarded', guard), endpoint('open', OPEN)],
      elsewhere: guard,
      onError: (error) => errors.push(error),
    }),
    clock: systemClock,
    observe: { answered: (name, status) => answered.push(`${name} ${status}`) },
  });
  const { port } = await server.start();
  onTestFinished(() => server.stop(0));
  return { url: `http://127.0.0.1:${port}`, admitted, errors, answered };
}

function basicGuard(users: readonly BasicUser[], bcrypt: BcryptQueue = createBcryptQueue()): Guard {
  onTestFinished(() => bcrypt.stop());
  return createBasicGuard({ users, hashed: createHashedPasswords(bcrypt) });
}

/** A thread that compares at once, and tells what it was asked. */
function countingQueue(): { readonly queue: BcryptQueue; readonly asked: string[] } {
  const asked: string[] = [];
  const worker: BcryptWorker = startBcryptWorker();
  return {
    asked,
    queue: createBcryptQueue(() => ({
      ...worker,
      compare(password, hash) {
        asked.push(password);
        return worker.compare(password, hash);
      },
    })),
  };
}

const plain = (username: string, password: string): BasicUser => ({
  username,
  password: new Secret(password),
  form: 'plain',
});
const hashed = (username: string, password: string): BasicUser => ({
  username,
  password: new Secret(hashSync(password, 4)),
  form: 'bcrypt',
});
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

const ONE = 'Basic realm="Promregator", charset="UTF-8"';

describe('Basic', () => {
  const shared = createBcryptQueue();
  afterAll(() => shared.stop());
  const sets: readonly (readonly [string, readonly BasicUser[]])[] = [
    ['plain', [plain('ann', 'pä:ß'), plain('bob', 'other')]],
    ['bcrypt', [hashed('ann', 'pä:ß'), hashed('bob', 'other')]],
    ['bcrypt as PHP and htpasswd write it', [hashed('ann', 'pä:ß'), hashed('bob', 'other')].map(likePhp)],
    ['mixed', [plain('ann', 'pä:ß'), hashed('bob', 'other')]],
    ['mixed the other way round', [hashed('ann', 'pä:ß'), plain('bob', 'other')]],
  ];

  function likePhp(user: BasicUser): BasicUser {
    return { ...user, password: new Secret(user.password.reveal().replace('$2b$', '$2y$')) };
  }

  describe.each(sets)('%s', (_, users) => {
    test.each<[string, string | undefined, boolean]>([
      ['absent', undefined, false],
      ['right', basic('ann:pä:ß'), true],
      ['right, the other user', basic('bob:other'), true],
      ['right, scheme in upper case', basic('ann:pä:ß').replace('Basic', 'BASIC'), true],
      ['right, more blanks', basic('ann:pä:ß').replace(' ', '   '), true],
      ["another user's password", basic('ann:other'), false],
      ['a wrong password', basic('ann:pä:s'), false],
      ['a longer password', basic('ann:pä:ßß'), false],
      ['an empty password', basic('ann:'), false],
      ['no colon', basic('ann'), false],
      ['an unknown user', basic('eve:other'), false],
      ['no user', basic(':other'), false],
      ['a user in capitals', basic('Ann:pä:ß'), false],
      ['a name of objects', basic('__proto__:x'), false],
      ['the hash for a password', basic(`bob:${users[1]?.password.reveal()}`), users[1]?.form === 'plain'],
      ['no base64', 'Basic ???', false],
      ['nothing behind the scheme', 'Basic ', false],
      ['the scheme alone', 'Basic', false],
      ['another scheme', basic('ann:pä:ß').replace('Basic', 'Bearer'), false],
      ['two at once', `${basic('ann:pä:ß')}, ${basic('ann:pä:ß')}`, false],
    ])('credentials %s', async (__, authorization, isRight) => {
      const { url, admitted } = await serveGuarded(createBasicGuard({ users, hashed: createHashedPasswords(shared) }));
      const headers = authorization === undefined ? {} : { authorization };
      // Twice, since the second time the verdict is remembered.
      for (const _time of [1, 2]) {
        const { status, headers: heard, body } = await ask(`${url}/guarded`, { headers });
        expect([status, heard['www-authenticate']]).toEqual(isRight ? [200, undefined] : [401, ONE]);
        expect(body.toString()).toBe(isRight ? 'guarded\n' : 'Credentials are missing or wrong.\n');
      }
      expect(admitted.length).toBe(isRight ? 2 : 0);
      expect((await ask(`${url}/open`, { headers })).status).toBe(200);
      expect((await ask(`${url}/nowhere`, { headers })).status).toBe(isRight ? 404 : 401);
      expect((await ask(`${url}/guarded`, { headers, method: 'POST' })).status).toBe(isRight ? 405 : 401);
    });
  });

  test('of a password bcrypt reads 72 bytes, as in exporter-toolkit', async () => {
    const password = 'x'.repeat(72);
    const { url } = await serveGuarded(basicGuard([hashed('ann', password)]));
    const statuses = [];
    for (const given of [`${password}y`, password, password.slice(1)]) {
      statuses.push((await ask(`${url}/guarded`, { headers: { authorization: basic(`ann:${given}`) } })).status);
    }
    expect(statuses).toEqual([200, 200, 401]);
  });

  test('no users admit nobody', async () => {
    const { url } = await serveGuarded(basicGuard([]));
    expect((await ask(`${url}/guarded`, { headers: { authorization: basic(':') } })).status).toBe(401);
  });
});

describe('what bcrypt costs', () => {
  const askAs = async (url: string, credentials: string): Promise<number> =>
    (await ask(`${url}/guarded`, { headers: { authorization: basic(credentials) } })).status;

  test('nothing for who is remembered, right or wrong; once for each new pair, known user or not', async () => {
    const { queue, asked } = countingQueue();
    const { url } = await serveGuarded(basicGuard([hashed('ann', 'a'), plain('bob', 'b')], queue));
    const credentials = ['ann:a', 'ann:x', 'eve:y', 'bob:z', 'bob:b'];
    for (const each of [...credentials, ...credentials]) await askAs(url, each);
    expect(asked).toEqual(['a', 'x', 'y', 'z']);
  });

  test('a hundred equal questions at once share one run', async () => {
    const { queue, asked } = countingQueue();
    const { url } = await serveGuarded(basicGuard([hashed('ann', 'a')], queue));
    const statuses = await Promise.all(Array.from({ length: 100 }, () => askAs(url, 'ann:a')));
    expect([new Set(statuses), asked]).toEqual([new Set([200]), ['a']]);
  });

  test('two hundred guesses hold up neither the loop, nor who is remembered, nor who comes from elsewhere', async () => {
    const held = signal();
    const asked: string[] = [];
    const waiting: string[] = [];
    const worker = startBcryptWorker();
    onTestFinished(() => worker.stop());
    const gated = createBcryptQueue(() => ({
      ...worker,
      async compare(password, hash) {
        asked.push(password);
        if (password !== 'a') await held.given;
        return await worker.compare(password, hash);
      },
    }));
    const noted: BcryptQueue = {
      compare(question) {
        waiting.push(question.password);
        return gated.compare(question);
      },
      stop: () => gated.stop(),
    };
    const { url, answered } = await serveGuarded(basicGuard([hashed('ann', 'a'), hashed('bob', 'b')], noted));
    await askAs(url, 'ann:a');
    const guesses = Array.from({ length: 200 }, (_, at) => askAs(url, `eve:${at}`));
    // One is compared, 32 wait; beyond that nothing is compared, and nobody is told that it was wrong.
    await expect.poll(() => answered.filter((each) => each === 'guarded 503').length).toBe(167);
    expect([await askAs(url, 'ann:a'), (await ask(`${url}/open`)).status]).toEqual([200, 200]);
    const bob = askFrom('127.0.0.2', `${url}/guarded`, basic('bob:b'));
    await expect.poll(() => waiting.at(-1)).toBe('b');
    expect(asked.length).toBe(2);
    held.give();
    expect([await bob, asked.indexOf('b')]).toEqual([200, 3]);
    const statuses = await Promise.all(guesses);
    expect(statuses.filter((status) => status === 401).length).toBe(33);
  });

  test('guesses do not push out who is remembered', async () => {
    const { queue, asked } = countingQueue();
    const { url } = await serveGuarded(basicGuard([hashed('ann', 'a')], queue));
    await askAs(url, 'ann:a');
    for (let at = 0; at < 150; at += 1) await askAs(url, `ann:x${at}`);
    const before = asked.length;
    expect([await askAs(url, 'ann:a'), asked.length]).toEqual([200, before]);
  });

  describe('a reload amid 64 guesses from the one address of a router', () => {
    const ann = hashed('ann', 'a');
    const annAgain = hashed('ann', 'a');

    test.each<[string, readonly BasicUser[], readonly (readonly [string, number])[]]>([
      ['asks nothing anew about who stays', [ann, hashed('bob', 'b')], [['ann:a', 200]]],
      ['finds a place for who is right by another hash', [annAgain], [['ann:a', 200]]],
      ['admits nobody by the password of before', [hashed('ann', 'new')], [['ann:a', 401]]],
      ['admits nobody who is gone', [hashed('bob', 'b')], [['ann:a', 401]]],
      ['has no place for who was never right', [ann], [['ann:never', 503]]],
    ])('%s', async (_, after, expected) => {
      const held = signal();
      const worker = startBcryptWorker();
      const bcrypt = createBcryptQueue(() => ({
        ...worker,
        async compare(password, hash) {
          if (password.startsWith('guess')) await held.given;
          return await worker.compare(password, hash);
        },
      }));
      onTestFinished(() => bcrypt.stop());
      const passwords = createHashedPasswords(bcrypt);
      let guard = createBasicGuard({ users: [ann], hashed: passwords });
      const { url, answered } = await serveGuarded({ admits: (...visit) => guard.admits(...visit) });
      expect(await askAs(url, 'ann:a')).toBe(200);
      const guesses = Array.from({ length: 64 }, (__, at) => askAs(url, `ann:guess${at}`));
      await expect.poll(() => answered.filter((each) => each === 'guarded 503').length).toBe(31);
      guard = createBasicGuard({ users: after, hashed: passwords });
      const asked = expected.map(([credentials]) => askAs(url, credentials));
      // What is known, and what finds no place, is said before the guesses are through.
      if (after[0] === ann) await Promise.all(asked);
      held.give();
      expect(await Promise.all(asked)).toEqual(expected.map(([, status]) => status));
      await Promise.all(guesses);
    });
  });

  test('who leaves while bcrypt runs sets nothing off', async () => {
    const [asked, released] = [signal(), signal()];
    const queue = createBcryptQueue(() => ({
      async compare() {
        asked.give();
        await released.given;
        return true;
      },
      stop: () => Promise.resolve(),
    }));
    const { url, admitted, errors, answered } = await serveGuarded(basicGuard([hashed('ann', 'a')], queue));
    const leaving = request(`${url}/guarded`, { headers: { authorization: basic('ann:a') } });
    leaving.on('error', () => undefined);
    leaving.end();
    await asked.given;
    leaving.destroy();
    await expect.poll(() => answered).toEqual(['guarded 499']);
    released.give();
    expect((await ask(`${url}/guarded`, { headers: { authorization: basic('ann:a') } })).status).toBe(200);
    expect([admitted, errors]).toEqual([['guarded'], []]);
  });

  test.each<[dying: number, first: number, errors: number]>([
    [1, 200, 0],
    [2, 500, 1],
  ])(
    'where %i threads die one after the other, who waits gets %i, and another takes their place',
    async (dying, first, told) => {
      const workers: BcryptWorker[] = [];
      const queue = createBcryptQueue(() => {
        const worker = startBcryptWorker();
        workers.push(worker);
        return workers.length > dying
          ? worker
          : {
              ...worker,
              compare(password, hash) {
                void worker.stop();
                return worker.compare(password, hash);
              },
            };
      });
      const { url, errors } = await serveGuarded(basicGuard([hashed('ann', 'a')], queue));
      expect([await askAs(url, 'ann:a'), errors.length, await askAs(url, 'ann:a')]).toEqual([first, told, 200]);
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  );

  test('stopped, the queue answers nothing, and what waits fails', async () => {
    const queue = createBcryptQueue();
    const hash = hashSync('a', 12);
    const waiting = ['x', 'y'].map((password) => queue.compare({ caller: 'c', password, hash }));
    const failed = Promise.all(waiting.map((each) => expect(each).rejects.toThrow()));
    await queue.stop();
    await failed;
    await expect(queue.compare({ caller: 'c', password: 'a', hash })).rejects.toThrow('stopped');
  });
});

function askFrom(localAddress: string, url: string, authorization: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const agent = false as const;
    const asked = request(url, { localAddress, agent, headers: { authorization } }, (response: IncomingMessage) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('Bearer', () => {
  test.each<[string, string | undefined, boolean]>([
    ['absent', undefined, false],
    ['the first', 'Bearer one.tok-en_~+/==', true],
    ['the second', 'Bearer two', true],
    ['scheme in lower case', 'bearer two', true],
    ['blanks around', 'Bearer   two  ', true],
    ['a wrong one', 'Bearer three', false],
    ['the beginning of one', 'Bearer tw', false],
    ['one and more', 'Bearer two2', false],
    ['two at once', 'Bearer two two', false],
    ['nothing behind the scheme', 'Bearer ', false],
    ['the token alone', 'two', false],
    ['as Basic', basic('two:two'), false],
  ])('token %s', async (_, authorization, isRight) => {
    const guard = createBearerGuard({ tokens: [new Secret('one.tok-en_~+/=='), new Secret('two')] });
    const { url, admitted } = await serveGuarded(guard);
    const headers = authorization === undefined ? {} : { authorization };
    const heard = await ask(`${url}/guarded`, { headers });
    expect([heard.status, heard.headers['www-authenticate']]).toEqual(
      isRight ? [200, undefined] : [401, 'Bearer realm="Promregator"'],
    );
    expect(admitted.length).toBe(isRight ? 1 : 0);
    expect((await ask(`${url}/open`, { headers })).status).toBe(200);
  });

  test('a token in the query is none (RFC 6750, 2.3, is not offered)', async () => {
    const { url } = await serveGuarded(createBearerGuard({ tokens: [new Secret('two')] }));
    expect((await ask(`${url}/guarded?access_token=two`)).status).toBe(401);
  });
});

test('a rate limit answers 429 before passwords are looked at, and lets in again in time', async () => {
  const clock = manualClock();
  const limited = createRateLimit({ intervalMs: 500, burst: 2 }, clock)(basicGuard([plain('ann', 'a')]));
  const { url } = await serveGuarded(limited);
  const statuses = async (...credentials: readonly string[]): Promise<readonly number[]> => {
    const heard: number[] = [];
    for (const each of credentials) {
      heard.push((await ask(`${url}/guarded`, { headers: { authorization: basic(each) } })).status);
    }
    return heard;
  };
  expect(await statuses('ann:a', 'ann:x', 'ann:a', 'ann:x')).toEqual([200, 401, 429, 429]);
  clock.advance(499);
  expect(await statuses('ann:a')).toEqual([429]);
  clock.advance(1);
  expect(await statuses('ann:a', 'ann:a')).toEqual([200, 429]);
  clock.advance(3_600_000);
  expect(await statuses('ann:a', 'ann:a', 'ann:a')).toEqual([200, 200, 429]);
  const refused = await ask(`${url}/guarded`);
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
  expect((await ask(`${url}/open`)).status).toBe(200);
});
