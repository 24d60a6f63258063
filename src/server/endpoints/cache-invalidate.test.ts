import { describe, expect, onTestFinished, test } from 'vitest';
import { type ManualClock, manualClock } from '../../../test/support/manual-clock.js';
import { type ScrapeProxy, startProxy } from '../../../test/support/scrape/proxy.js';
import { ask, askText } from '../../../test/support/scrape/question.js';
import { signal } from '../../../test/support/scrape/signal.js';
import type { ResourceKind } from '../../foundation/resources.js';

interface Invalidation {
  readonly url: string;
  readonly proxy: ScrapeProxy;
  readonly clock: ManualClock;
  /** What was asked to be read anew, call by call. */
  readonly asked: readonly (readonly ResourceKind[])[];
}

async function invalidation(refresh: () => Promise<void> = () => Promise.resolve()): Promise<Invalidation> {
  const asked: (readonly ResourceKind[])[] = [];
  const clock = manualClock();
  const proxy = await startProxy({
    clock,
    refresh(kinds) {
      asked.push(kinds);
      return refresh();
    },
  });
  onTestFinished(proxy.stop);
  return { url: `${proxy.url}/cache/invalidate`, proxy, clock, asked };
}

describe('what is read anew', () => {
  test.each<[string, readonly ResourceKind[]]>([
    ['?org=1', ['organizations']],
    ['?space=true', ['spaces']],
    ['?application=on', ['apps']],
    ['?process=yes', ['processes']],
    ['?route=TRUE', ['routes']],
    ['?domain=Yes', ['domains']],
    ['?resolver=1', ['apps', 'processes', 'routes']],
    ['?org=1&space=0&application=off&route=no&domain=false', ['organizations']],
    ['?domain=1&org=1&org=1', ['organizations', 'domains']],
  ])('%s: %j', async (query, kinds) => {
    for (const method of ['GET', 'POST']) {
      const { url, asked } = await invalidation();
      const heard = await ask(url + query, { method });
      expect([heard.status, heard.body.length, heard.headers['cache-control']]).toEqual([204, 0, 'no-cache']);
      expect(asked).toEqual([kinds]);
    }
  });

  test.each([[''], ['?org=0'], ['?org=off&space=no']])('nothing for %j', async (query) => {
    const { url, asked } = await invalidation();
    expect([(await ask(url + query)).status, asked]).toEqual([204, []]);
  });

  test.each([
    ['?org=', "'org' takes 1, true, on, yes, 0, false, off or no.\n"],
    ['?org', "'org' takes 1, true, on, yes, 0, false, off or no.\n"],
    ['?org=2', "'org' takes 1, true, on, yes, 0, false, off or no.\n"],
    ['?org=1&space=maybe', "'space' takes 1, true, on, yes, 0, false, off or no.\n"],
    ['?apps=1', "'apps' is no cache; there are org, space, application, domain, route, process, resolver.\n"],
    ['?a%0d%0ab=1', "'a b' is no cache; there are org, space, application, domain, route, process, resolver.\n"],
  ])('nothing, by 400, for %j', async (query, sentence) => {
    const { url, asked } = await invalidation();
    expect([await askText(url + query), asked]).toEqual([[400, sentence], []]);
  });
});

describe('the answer', () => {
  test('waits for the refresh', async () => {
    const [begun, done] = [signal(), signal()];
    const order: string[] = [];
    const { url } = await invalidation(() => {
      begun.give();
      return done.given;
    });
    const answer = ask(`${url}?org=1`).then(({ status }) => order.push(`answered ${status}`));
    await begun.given;
    order.push('refreshed');
    done.give();
    await answer;
    expect(order).toEqual(['refreshed', 'answered 204']);
  });

  test('is 503 with the reason when the refresh fails, and the timer is gone', async () => {
    const { url, clock } = await invalidation(() => Promise.reject(new Error('GET /v3/apps\r\nanswered 500')));
    expect(await askText(`${url}?application=1`)).toEqual([
      503,
      'The refresh failed, and what is known stays in force: GET /v3/apps answered 500\n',
    ]);
    expect(clock.pending()).toEqual([]);
  });

  test('is 503 after 25 s, the refresh going on', async () => {
    const begun = signal();
    const { url, clock } = await invalidation(() => {
      begun.give();
      return new Promise(() => undefined);
    });
    const answer = askText(`${url}?org=1`);
    await begun.given;
    expect(clock.pending()).toEqual([25_000]);
    clock.advance(25_000);
    expect(await answer).toEqual([
      503,
      'The refresh takes longer than 25 s and goes on; what is known stays in force.\n',
    ]);
  });
});
