import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../test/support/manual-clock.js';
import { connectionsWith } from '../../../test/support/outbound/connections.js';
import { authenticatorsWith, oauth2, type TestAuthenticators } from '../../../test/support/scrape/authenticators.js';
import { directoryOf, targetAt } from '../../../test/support/scrape/directory.js';
import { bodyOf, SENT_TYPES, serves } from '../../../test/support/scrape/exposition-bodies.js';
import { type Behaviour, startInstance } from '../../../test/support/scrape/instance.js';
import { startProxy } from '../../../test/support/scrape/proxy.js';
import { ask, askText } from '../../../test/support/scrape/question.js';
import { type ScrapedInstance, scrapedInstance } from '../../../test/support/scrape/scraped-instance.js';
import { signal } from '../../../test/support/scrape/signal.js';
import {
  granted,
  refusal,
  startTokenService,
  type TokenAnswer,
  type TokenBehaviour,
  type TokenService,
} from '../../../test/support/scrape/token-service.js';
import { Secret } from '../../base/secret.js';

const METRICS = serves(bodyOf('text'), SENT_TYPES.text);

/** Metrics for these tokens, 401 for everybody else. */
function takes(...tokens: readonly string[]): Behaviour {
  return (request, response) => {
    if (tokens.some((token) => request.headers.authorization === `Bearer ${token}`)) METRICS(request, response);
    else response.writeHead(401, { 'content-type': 'text/plain' }).end('who are you?');
  };
}

interface Started extends ScrapedInstance {
  readonly service: TokenService;
  readonly authenticators: TestAuthenticators;
  /** Authorization headers that the instance saw. */
  readonly sent: () => (string | undefined)[];
}

async function start(
  behaviour: Behaviour,
  tokens?: TokenBehaviour,
  options: Parameters<typeof scrapedInstance>[1] = {},
): Promise<Started> {
  const service = await startTokenService(tokens);
  const authenticators = authenticatorsWith({ byDefault: oauth2(service.url, { clientSecret: undefined }) });
  const scraped = await scrapedInstance(behaviour, { authenticators, ...options });
  const sent = (): (string | undefined)[] => scraped.instance.requests.map(({ headers }) => headers.authorization);
  return { ...scraped, service, authenticators, sent };
}

test('fifty scrapes at once ask for one token', async () => {
  const service = await startTokenService();
  const instance = await startInstance(takes('token-1'));
  const targets = Array.from({ length: 50 }, (_, index) => targetAt(instance.origin, { index }));
  const authenticators = authenticatorsWith({ byDefault: oauth2(service.url) });
  const proxy = await startProxy({ directory: directoryOf(...targets), authenticators });
  try {
    const heard = await Promise.all(targets.map(({ key }) => ask(`${proxy.url}/singleTargetMetrics/${key}`)));
    expect(new Set(heard.map(({ status }) => status))).toEqual(new Set([200]));
    expect([service.requests.length, instance.requests.length]).toEqual([1, 50]);
  } finally {
    await proxy.stop();
    await instance.stop();
  }
});

describe('a 401', () => {
  test('to a token is worth one more try with another, on the same connection', async () => {
    const { url, instance, sent, proxy, service } = await start(takes('token-2'));
    expect((await ask(url)).status).toBe(200);
    expect(sent()).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect([instance.connections, service.requests.length, proxy.scrapes.length]).toEqual([1, 2, 1]);
    expect((await ask(url)).status).toBe(200);
    expect(sent()).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-2']);
  });

  test('always is the scrape’s failure, and no token for each scrape', async () => {
    const { url, sent, service, proxy } = await start(takes());
    const reason = "the application answered 401 to the credentials of the rule's authenticator\n";
    for (const _ of [1, 2, 3]) expect(await askText(url)).toEqual([502, expect.stringContaining(reason)]);
    expect(sent()).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-2', 'Bearer token-2']);
    expect(service.requests.length).toBe(2);
    expect(proxy.scrapes.map(({ error }) => error?.code)).toEqual(['target_status', 'target_status', 'target_status']);
    expect([proxy.scraper.inFlight, proxy.scraper.heldBytes]).toEqual([0, 0]);
  });

  test('to the other token too is the end, even where a third could be had', async () => {
    const service = await startTokenService();
    const clock = manualClock();
    const authenticators = authenticatorsWith({ byDefault: oauth2(service.url), clock });
    const { url, instance } = await scrapedInstance(
      (_, response) => {
        clock.advance(61_000);
        response.writeHead(401).end();
      },
      { authenticators },
    );
    expect((await ask(url)).status).toBe(502);
    expect(instance.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test('to a token, and no other to be had: the token service is the reason', async () => {
    const { url, service } = await start(takes(), (_, count) =>
      count === 1 ? granted('token-1') : refusal('invalid_client', 'client disabled'),
    );
    const [status, text] = await askText(url);
    expect([status, text]).toEqual([
      502,
      expect.stringContaining(
        `the token service ${service.url} refuses the client scraper (401 invalid_client: client disabled)`,
      ),
    ]);
  });

  test.each([
    ['basic', { type: 'basic', username: 'u', password: new Secret('p') }],
    ['bearer', { type: 'bearer', token: new Secret('t') }],
  ] as const)('to %s is the end', async (_, byDefault) => {
    const { url, instance } = await scrapedInstance(takes(), { authenticators: authenticatorsWith({ byDefault }) });
    expect(await askText(url)).toEqual([502, expect.stringContaining('answered 401 to the credentials')]);
    expect(instance.requests.length).toBe(1);
  });

  test.each([403, 404, 500])('it must be: %d is the end', async (status) => {
    const { url, instance, service } = await start((_, response) => response.writeHead(status).end());
    expect((await ask(url)).status).toBe(502);
    expect([instance.requests.length, service.requests.length]).toEqual([1, 1]);
  });

  test('whose body is still to come at the deadline is told as it is', async () => {
    const { url, service } = await start((_, response) => {
      response.writeHead(401).write('who');
    });
    const heard = await askText(url, { headers: { 'x-prometheus-scrape-timeout-seconds': '0.4' } });
    expect(heard).toEqual([502, expect.stringContaining('answered 401 to the credentials')]);
    expect(service.requests.length).toBe(1);
  });

  test('behind a redirect of the same host is tried again there', async () => {
    const { url, instance } = await start((request, response) => {
      if (request.url === '/metrics') response.writeHead(302, { location: '/there' }).end();
      else takes('token-2')(request, response);
    });
    expect((await ask(url)).status).toBe(200);
    expect(instance.requests.map((request) => request.url)).toEqual(['/metrics', '/there', '/there']);
  });

  test('of a foreign host concerns no token', async () => {
    const foreign = await startInstance(takes('token-2'), '127.0.0.2');
    const { url, service } = await start(
      (_, response) => response.writeHead(302, { location: `http://127.0.0.2:${foreign.port}/` }).end(),
      undefined,
      { foreignRedirects: 'follow' },
    );
    try {
      expect(await askText(url)).toEqual([502, expect.stringContaining('(the rule may need an authenticatorId)')]);
      expect(foreign.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
      expect(service.requests.length).toBe(1);
    } finally {
      await foreign.stop();
    }
  });
});

describe('no token', () => {
  test.each<[string, TokenAnswer, string]>([
    [
      'refused',
      refusal('invalid_client', 'Bad credentials'),
      'refuses the client scraper (401 invalid_client: Bad credentials); asked again in 30 s',
    ],
    ['500', { status: 500, body: '' }, 'gave no token (500 with an empty body); asked again in 1 s'],
    [
      'HTML',
      { body: '<html>Welcome</html>' },
      'gave no token (200 with text/html in place of a token); asked again in 1 s',
    ],
    [
      'no token in it',
      { body: {} },
      'gave no token (200 with application/json in place of a token); asked again in 1 s',
    ],
    [
      'a redirect',
      { status: 302, headers: { location: '/login' }, body: '' },
      'gave no token (302 to /login, and redirects of a token service are not followed; is its URL right?); asked again in 1 s',
    ],
  ])('by %s: nothing is sent to the instance, and the answer says why', async (_, answer, words) => {
    const { url, instance, service, proxy } = await start(METRICS, () => answer);
    const text = `orders:0 (acme/prod) at ${instance.origin}/metrics: the token service ${service.url} ${words}\n`;
    expect(await askText(url)).toEqual([502, text]);
    expect((await askText(url))[0]).toBe(502);
    expect([instance.requests.length, service.requests.length]).toEqual([0, 1]);
    expect(proxy.scrapes.map(({ error }) => error?.code)).toEqual(['token_unavailable', 'token_unavailable']);
    expect(proxy.scraper.inFlight).toBe(0);
  });

  test('within the time that was granted', async () => {
    const clock = manualClock();
    const asked = signal();
    const { url, instance, service, proxy } = await start(
      METRICS,
      () => {
        asked.give();
        return 'hang';
      },
      { clock },
    );
    const heard = askText(url, { headers: { 'x-prometheus-scrape-timeout-seconds': '3.5' } });
    await asked.given;
    clock.advance(3_000);
    expect(await heard).toEqual([
      502,
      expect.stringContaining(`no token from the token service ${service.url} within 3 s`),
    ]);
    expect([instance.requests.length, proxy.scrapes[0]?.error?.code, proxy.scrapes[0]?.durationMs]).toEqual([
      0,
      'token_unavailable',
      3_000,
    ]);
  });

  test('since we are stopping is our own reason', async () => {
    const asked = signal();
    const service = await startTokenService(() => {
      asked.give();
      return 'hang';
    });
    const connections = connectionsWith();
    const authenticators = authenticatorsWith({ byDefault: oauth2(service.url), connectionsFor: () => connections });
    const { url } = await scrapedInstance(METRICS, { authenticators });
    const heard = askText(url);
    await asked.given;
    await connections.close();
    expect(await heard).toEqual([503, expect.stringContaining('Promregator is stopping')]);
  });

  test('the wait counts against what is left for the instance', async () => {
    const clock = manualClock();
    const reached = signal();
    const { url, proxy } = await start(
      () => reached.give(),
      () => {
        clock.advance(2_000);
        return granted('token-1');
      },
      { clock },
    );
    const heard = askText(url, { headers: { 'x-prometheus-scrape-timeout-seconds': '3.5' } });
    await reached.given;
    clock.advance(999);
    expect(proxy.scraper.inFlight).toBe(1);
    clock.advance(1);
    expect(await heard).toEqual([504, expect.stringContaining('no answer within 3 s')]);
  });

  test('for a caller that has left: nothing is sent, and the token serves the next', async () => {
    const asked = signal();
    const left = signal();
    const { url, instance, service, proxy } = await start(METRICS, async () => {
      asked.give();
      await left.given;
      return granted('token-1');
    });
    const caller = new AbortController();
    const gone = fetch(url, { signal: caller.signal }).catch(() => undefined);
    await asked.given;
    caller.abort();
    await gone;
    await proxy.scraped(1);
    expect([proxy.scrapes[0]?.aborted, proxy.scraper.inFlight]).toEqual([true, 0]);
    left.give();
    expect((await ask(url)).status).toBe(200);
    expect([instance.requests.length, service.requests.length]).toEqual([1, 1]);
  });
});

test('a token stands in no answer and no log line', async () => {
  const { url, proxy, authenticators } = await start(takes(), () => granted('hush-hush'));
  const [, text] = await askText(url);
  expect([text, ...proxy.log, ...authenticators.logged.lines].join()).not.toContain('hush-hush');
});
