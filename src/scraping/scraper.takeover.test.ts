import { describe, expect, onTestFinished, test } from 'vitest';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { authenticatorsWith } from '../../test/support/scrape/authenticators.js';
import { applicationOf, directoryOf, targetAt } from '../../test/support/scrape/directory.js';
import { type Behaviour, type Instance, startInstance } from '../../test/support/scrape/instance.js';
import { type Signal, signal } from '../../test/support/scrape/signal.js';
import { systemClock } from '../base/clock.js';
import { createScrapeLedger } from './scrape-ledger.js';
import type { ScrapeSink } from './scrape-sink.js';
import { createScraper, type Scraper, type ScraperOptions } from './scraper.js';

const CALLER = { accept: undefined, acceptEncoding: undefined, userAgent: undefined, grantedSeconds: undefined };

function scraperWith(options: Partial<ScraperOptions> = {}): Scraper {
  const connections = connectionsWith();
  return createScraper({
    connectionsFor: () => connections,
    authenticators: authenticatorsWith(),
    ledger: createScrapeLedger(),
    clock: systemClock,
    log: recordedLog().log,
    instanceId: 'x',
    userAgent: 'test',
    timeLimit: { capMs: undefined, defaultMs: 5_000 },
    pauseTimeoutMs: undefined,
    foreignRedirects: 'follow',
    maxResponseBytes: 1_000_000,
    maxBufferedBytes: 1_000_000,
    maxConcurrentPerInstance: 1,
    observe: { finished: () => undefined },
    onGone: () => undefined,
    ...options,
  });
}

async function instanceThat(behaviour: Behaviour, host?: string): Promise<Instance> {
  const instance = await startInstance(behaviour, host);
  onTestFinished(() => instance.stop());
  return instance;
}

/** Says `200` or the code of the failure. */
function heard(): ScrapeSink & { readonly outcome: Promise<string> } {
  let settle: (outcome: string) => void = () => undefined;
  const outcome = new Promise<string>((resolve) => {
    settle = resolve;
  });
  return {
    whole: () => settle('200'),
    begin: () => undefined,
    write: () => true,
    end: () => settle('200'),
    breakOff: () => settle('broken off'),
    fail: (error) => settle(error.code),
    outcome,
  };
}

/** Answers when it is told to; `reached` when somebody waits. */
function waiting(): { readonly behaviour: Behaviour; readonly reached: Signal; readonly go: Signal } {
  const reached = signal();
  const go = signal();
  return {
    reached,
    go,
    behaviour(_, response) {
      reached.give();
      void go.given.then(() => response.end('app_jobs 7\n'));
    },
  };
}

describe('a scraper that takes over', () => {
  test('counts the scrapes of the one before', async () => {
    const { behaviour, reached, go } = waiting();
    const target = targetAt((await instanceThat(behaviour)).origin);
    const ledger = createScrapeLedger();
    const [before, after] = [scraperWith({ ledger }), scraperWith({ ledger })];
    const [first, second, third] = [heard(), heard(), heard()];
    before.scrape(target, CALLER, first);
    await reached.given;
    after.scrape(target, CALLER, second);
    expect([await second.outcome, before.inFlight, after.inFlight]).toEqual(['instance_busy', 1, 1]);
    go.give();
    expect([await first.outcome, after.inFlight]).toEqual(['200', 0]);
    after.scrape(target, CALLER, third);
    expect(await third.outcome).toBe('200');
  });

  test('knows which instances have our names', async () => {
    const accepted: (string | undefined)[] = [];
    const instance = await instanceThat((request, response) => {
      accepted.push(request.headers['accept-encoding']?.toString());
      response.end('app_jobs 7\n');
    });
    const ledger = createScrapeLedger();
    const caller = { ...CALLER, acceptEncoding: 'gzip', userAgent: 'Prometheus/2.42.0' };
    for (const scraper of [scraperWith({ ledger }), scraperWith({ ledger }), scraperWith()]) {
      const sink = heard();
      scraper.scrape(targetAt(instance.origin), caller, sink);
      await sink.outcome;
    }
    // Identity is asked for in order to look for our names.
    expect(accepted).toEqual(['identity', 'gzip', 'identity']);
  });

  test.each([
    [10_000, '200'],
    [100, 'buffers_full'],
  ])('with a bound of %d held bytes of its own: %s', async (maxBufferedBytes, outcome) => {
    const instance = await instanceThat((_, response) => response.end(`# ${'x'.repeat(1_000)}\n`));
    const ledger = createScrapeLedger();
    ledger.heldBytes.take(50, 1_000);
    const sink = heard();
    scraperWith({ ledger, maxBufferedBytes }).scrape(targetAt(instance.origin), CALLER, sink);
    expect(await sink.outcome).toBe(outcome);
  });
});

describe('idle', () => {
  test('at once when nothing runs', async () => {
    expect(await scraperWith().idle()).toBe(undefined);
  });

  test.each(['answered', 'aborted'])('once the last scrape has %s, whatever others do', async (how) => {
    const { behaviour, reached, go } = waiting();
    const instance = await instanceThat(behaviour);
    const ledger = createScrapeLedger();
    const [before, after] = [scraperWith({ ledger }), scraperWith({ ledger })];
    const sink = heard();
    const scrape = before.scrape(targetAt(instance.origin), CALLER, sink);
    const other = after.scrape(targetAt(instance.origin, { key: 'other' }), CALLER, heard());
    await reached.given;
    let isIdle = false;
    const idle = before.idle().then(() => {
      isIdle = true;
    });
    await new Promise(setImmediate);
    expect(isIdle).toBe(false);
    if (how === 'answered') go.give();
    else scrape.abort();
    await idle;
    expect(how === 'aborted' ? after.inFlight : 1).toBe(1);
    other.abort();
  });
});

describe('connections', () => {
  test.each([undefined, 'promregator.targets[1]'])('are those of the TLS settings %s', async (tlsId) => {
    const instance = await instanceThat((_, response) => response.end('app_jobs 7\n'));
    const connections = connectionsWith();
    const asked: (string | undefined)[] = [];
    const connectionsFor: ScraperOptions['connectionsFor'] = (id) => {
      asked.push(id);
      return connections;
    };
    const sink = heard();
    const target = targetAt(instance.origin, { application: applicationOf({ tlsId }) });
    scraperWith({ connectionsFor }).scrape(target, CALLER, sink);
    expect([await sink.outcome, asked]).toEqual(['200', [tlsId]]);
  });

  test.each([
    ['127.0.0.1', ['own']],
    ['127.0.0.2', ['own', undefined]],
  ])('after a redirect to %s are those of %j', async (host, expected) => {
    const elsewhere = await instanceThat((_, response) => response.end('app_jobs 7\n'), '127.0.0.2');
    const instance = await instanceThat((request, response) => {
      const location = host === '127.0.0.1' ? '/there' : `${elsewhere.origin}/there`;
      if (request.url === '/there') response.end('app_jobs 7\n');
      else response.writeHead(302, { location }).end();
    });
    const connections = connectionsWith();
    const asked: (string | undefined)[] = [];
    const connectionsFor: ScraperOptions['connectionsFor'] = (id) => {
      asked.push(id);
      return connections;
    };
    const sink = heard();
    const target = targetAt(instance.origin, { application: applicationOf({ tlsId: 'own' }) });
    scraperWith({ connectionsFor }).scrape(target, CALLER, sink);
    expect([await sink.outcome, asked]).toEqual(['200', expected]);
  });
});

test('what is known of targets that left is forgotten', async () => {
  const ledger = createScrapeLedger();
  const target = targetAt('http://127.0.0.1:1');
  const state = ledger.states.of(target);
  const scraper = scraperWith({ ledger });
  scraper.retain(directoryOf(target));
  expect(ledger.states.of(target)).toBe(state);
  scraper.retain(directoryOf());
  expect(ledger.states.of(target)).not.toBe(state);
});
