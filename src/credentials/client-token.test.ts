import { describe, expect, test, vi } from 'vitest';
import { type ManualClock, manualClock } from '../../test/support/manual-clock.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { authenticatorsWith, oauth2, type TestAuthenticators } from '../../test/support/scrape/authenticators.js';
import {
  granted,
  refusal,
  startTokenService,
  type TokenAnswer,
  type TokenBehaviour,
  type TokenService,
} from '../../test/support/scrape/token-service.js';
import { describeError } from '../base/errors.js';
import type { Authenticator } from './authenticator.js';
import type { TokenError } from './token-error.js';

const SECOND = 1_000;
const MINUTE = 60_000;

interface Started {
  readonly orders: Authenticator;
  readonly service: TokenService;
  readonly clock: ManualClock;
  readonly all: TestAuthenticators;
}

async function start(behaviour?: TokenBehaviour): Promise<Started> {
  const service = await startTokenService(behaviour);
  const clock = manualClock();
  // By certificate alone a refusal is one request.
  const byId = { orders: oauth2(service.url, { clientSecret: undefined }) };
  const all = authenticatorsWith({ byId, clock });
  return { orders: all.find('orders'), service, clock, all };
}

/** Sorted by their number, whatever the lifetime. */
function living(seconds: number): TokenBehaviour {
  return (_, count) => granted(`token-${count}`, { expires_in: seconds });
}

async function failure(value: string | undefined | Promise<string>): Promise<TokenError> {
  return await Promise.resolve(value).then(
    (token) => expect.unreachable(`${token} came`),
    (error: TokenError) => error,
  );
}

/** The renewal ahead of expiry runs beside the call: this waits until its token is there. */
async function renewed(orders: Authenticator, token: string): Promise<void> {
  await vi.waitFor(() => expect(orders.authorization()).toBe(`Bearer ${token}`));
}

test('fifty scrapes that wait are one request', async () => {
  const { orders, service, all } = await start();
  const values = await Promise.all(Array.from({ length: 50 }, () => orders.authorization()));
  expect(new Set(values)).toEqual(new Set(['Bearer token-1']));
  expect(service.requests.length).toBe(1);
  expect(all.results).toEqual(['orders success']);
});

test('a scrape with a good token waits for nothing', async () => {
  const { orders } = await start();
  await orders.authorization();
  expect(orders.authorization()).toBe('Bearer token-1');
});

test('authenticators do not share tokens', async () => {
  const service = await startTokenService();
  const all = authenticatorsWith({ byDefault: oauth2(service.url), byId: { a: oauth2(service.url) } });
  expect(await all.find(undefined).authorization()).toBe('Bearer token-1');
  expect(await all.find('a').authorization()).toBe('Bearer token-2');
  expect(all.results).toEqual(['default success', 'a success']);
});

test('one that is the default by another name shares its token', async () => {
  const service = await startTokenService();
  const byDefault = oauth2(service.url);
  const all = authenticatorsWith({ byDefault, byId: { a: byDefault } });
  expect(await all.find('a').authorization()).toBe('Bearer token-1');
  expect(all.find(undefined).authorization()).toBe('Bearer token-1');
});

describe('a token', () => {
  test.each([
    [43_200, 10 * MINUTE, 43_170 * SECOND],
    [1_199, 10 * MINUTE, 1_169 * SECOND],
    [600, 9 * MINUTE, 570 * SECOND],
    [120, MINUTE, 90 * SECOND],
    [60, 30 * SECOND, 45 * SECOND],
    [4, 2 * SECOND, 3 * SECOND],
  ])('that lives %d s is renewed after %d ms and not used after %d ms', async (lifetime, renewAfterMs, endsAfterMs) => {
    const { orders, service, clock } = await start((_, count) =>
      count === 1 ? granted('token-1', { expires_in: lifetime }) : 'hang',
    );
    await orders.authorization();
    clock.advance(renewAfterMs - 1);
    expect(orders.authorization()).toBe('Bearer token-1');
    clock.advance(1);
    expect([orders.authorization(), orders.authorization()]).toEqual(['Bearer token-1', 'Bearer token-1']);
    await vi.waitFor(() => expect(service.requests.length).toBe(2));
    clock.advance(endsAfterMs - renewAfterMs - 1);
    expect(orders.authorization()).toBe('Bearer token-1');
    clock.advance(1);
    const another = orders.authorization();
    expect(another).toBeInstanceOf(Promise);
    void failure(another);
    expect(service.requests.length).toBe(2);
  });

  test('that has come ahead of time is used at once', async () => {
    const { orders, service, clock } = await start(living(1_200));
    await orders.authorization();
    clock.advance(10 * MINUTE);
    await orders.authorization();
    await renewed(orders, 'token-2');
    expect(service.requests.length).toBe(2);
  });

  test('is used to its end where another cannot be had', async () => {
    const { orders, service, clock } = await start((_, count) =>
      count === 1 ? granted('token-1', { expires_in: 1_200 }) : refusal('invalid_client', 'gone'),
    );
    await orders.authorization();
    clock.advance(10 * MINUTE);
    await orders.authorization();
    await vi.waitFor(() => expect(service.requests.length).toBe(2));
    clock.advance(1_170 * SECOND - 10 * MINUTE - 1);
    expect(orders.authorization()).toBe('Bearer token-1');
    clock.advance(1);
    expect((await failure(orders.authorization())).code).toBe('token_refused');
  });
});

describe('after a 401', () => {
  test('there is another token, one for all', async () => {
    const { orders, service } = await start();
    await orders.authorization();
    const others = Array.from({ length: 50 }, () => orders.replacement('Bearer token-1'));
    expect(new Set(await Promise.all(others))).toEqual(new Set(['Bearer token-2']));
    expect(orders.authorization()).toBe('Bearer token-2');
    expect(service.requests.length).toBe(2);
  });

  test('of a token of yesterday, the one in force is the other', async () => {
    const { orders, service } = await start();
    await orders.authorization();
    expect(orders.replacement('Bearer token-0')).toBe('Bearer token-1');
    expect(service.requests.length).toBe(1);
  });

  test('of that other too, it is not replaced within a minute', async () => {
    const { orders, service, clock } = await start();
    await orders.authorization();
    await orders.replacement('Bearer token-1');
    expect(orders.replacement('Bearer token-2')).toBe(undefined);
    clock.advance(MINUTE - 1);
    expect(orders.replacement('Bearer token-2')).toBe(undefined);
    expect(orders.authorization()).toBe('Bearer token-2');
    clock.advance(1);
    expect(await orders.replacement('Bearer token-2')).toBe('Bearer token-3');
    expect(service.requests.length).toBe(3);
  });

  test('of a token that came by itself, it is replaced at once, whatever was before', async () => {
    const { orders, clock } = await start(living(1_200));
    await orders.authorization();
    await orders.replacement('Bearer token-1');
    clock.advance(10 * MINUTE);
    await orders.authorization();
    await renewed(orders, 'token-3');
    expect(await orders.replacement('Bearer token-3')).toBe('Bearer token-4');
  });

  test('a token that came by itself after a pause is replaced at once, whoever asked in the pause', async () => {
    const { orders, clock } = await start((_, count) =>
      count === 2 ? { status: 500, body: '' } : granted(`token-${count}`, { expires_in: 60 }),
    );
    await orders.authorization();
    await failure(orders.replacement('Bearer token-1'));
    await failure(orders.replacement('Bearer token-1'));
    clock.advance(MINUTE);
    expect(await orders.authorization()).toBe('Bearer token-3');
    expect(await orders.replacement('Bearer token-3')).toBe('Bearer token-4');
  });

  test('other scrapes go on with the refused one until there is another', async () => {
    const { orders } = await start((_, count) => (count === 1 ? granted('token-1') : 'hang'));
    await orders.authorization();
    const another = orders.replacement('Bearer token-1');
    expect(another).toBeInstanceOf(Promise);
    void failure(another);
    expect(orders.authorization()).toBe('Bearer token-1');
  });

  test('a token service that fails is the reason, and asked again with back-off only', async () => {
    const { orders, service } = await start((_, count) =>
      count === 1 ? granted('token-1') : { status: 500, body: '' },
    );
    await orders.authorization();
    for (const _ of [1, 2, 3]) {
      expect((await failure(orders.replacement('Bearer token-1'))).message).toContain('asked again in 1 s');
    }
    expect(service.requests.length).toBe(2);
  });
});

describe('a failing token service', () => {
  test.each<[string, TokenAnswer, number[]]>([
    ['refuses', refusal('invalid_client', 'Bad credentials'), [30 * SECOND, 2 * MINUTE, 10 * MINUTE, 10 * MINUTE]],
    ['is out of order', { status: 500, body: '' }, [SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, 30 * SECOND]],
    ['breaks off', 'close', [SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, 30 * SECOND]],
    [
      'names its pause',
      { status: 429, headers: { 'retry-after': '20' }, body: '' },
      [20 * SECOND, 20 * SECOND, 20 * SECOND, 30 * SECOND],
    ],
  ])('that %s is left alone in between, whoever asks', async (_, answer, pauses) => {
    const { orders, service, clock, all } = await start(() => answer);
    for (const [index, pauseMs] of pauses.entries()) {
      const errors = await Promise.all([1, 2, 3].map(() => failure(orders.authorization())));
      expect(errors.map((error) => error.retryAfterMs)).toEqual([pauseMs, pauseMs, pauseMs]);
      clock.advance(pauseMs - 1);
      expect((await failure(orders.authorization())).retryAfterMs).toBe(1);
      expect([service.requests.length, all.logged.count('no token for scrapes')]).toEqual([index + 1, index + 1]);
      clock.advance(1);
    }
  });

  test('fails its own scrapes only', async () => {
    const bad = await startTokenService(() => ({ status: 500, body: '' }));
    const good = await startTokenService();
    const all = authenticatorsWith({ byDefault: oauth2(bad.url), byId: { good: oauth2(good.url) } });
    await failure(all.find(undefined).authorization());
    expect(await all.find('good').authorization()).toBe('Bearer token-1');
  });

  test.each<[string, TokenAnswer, number, number]>([
    ['was out of order', { status: 500, body: '' }, SECOND, 5 * SECOND],
    ['refused', refusal('invalid_client', 'Bad credentials'), 30 * SECOND, 2 * MINUTE],
  ])('that %s and recovers is as if nothing had been', async (_, answer, firstMs, secondMs) => {
    const { orders, clock, all } = await start((_question, count) =>
      count === 3 ? granted('good', { expires_in: 60 }) : answer,
    );
    await failure(orders.authorization());
    clock.advance(firstMs);
    expect((await failure(orders.authorization())).retryAfterMs).toBe(secondMs);
    clock.advance(secondMs);
    expect(await orders.authorization()).toBe('Bearer good');
    expect(all.logged.count('gives tokens again')).toBe(1);
    clock.advance(MINUTE);
    expect((await failure(orders.authorization())).retryAfterMs).toBe(firstMs);
  });

  test('is logged with the authenticator and the reason', async () => {
    const { orders, service, all } = await start(() => refusal('invalid_client', 'Bad\ncredentials'));
    await failure(orders.authorization());
    const [line = ''] = all.logged.lines;
    expect(line).toMatch(/ERROR/i);
    for (const part of ['orders', service.url, '401 invalid_client: Bad credentials', 'asked again in 30 s']) {
      expect(line).toContain(part);
    }
  });

  test('is no news when we are the ones who stop', async () => {
    const service = await startTokenService(() => 'hang');
    const connections = connectionsWith();
    const all = authenticatorsWith({ byDefault: oauth2(service.url), connectionsFor: () => connections });
    const failing = failure(all.find(undefined).authorization());
    await vi.waitFor(() => expect(service.requests.length).toBe(1));
    await connections.close();
    expect(describeError(await failing)).toContain('shutting down');
    expect(all.logged.lines).toEqual([]);
  });
});

test('tokens stand in no log line', async () => {
  const { orders, clock, all } = await start((_, count) =>
    count % 2 === 1 ? granted('hush-hush', { expires_in: 60 }) : { status: 500, body: '' },
  );
  await orders.authorization();
  clock.advance(MINUTE);
  await failure(orders.authorization());
  clock.advance(MINUTE);
  await orders.authorization();
  expect(all.logged.lines.length).toBe(2);
  expect(all.logged.lines.join()).not.toContain('hush-hush');
});
