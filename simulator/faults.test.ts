import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FaultAction, type Simulator, startSimulator } from './simulator.js';
import { ask, askApi, askToken, bearer, type Reply, resourcesOf } from './testing/client.js';

let simulator: Simulator;
let authorization: string;
let url: string;
let guid: string;

beforeAll(async () => {
  simulator = await startSimulator({ bodyBytes: 20_000 });
  authorization = await bearer(simulator);
  const [app] = simulator.world.applications();
  guid = app?.guid ?? '';
  url = `https://${app?.name}.apps.sim.example/metrics`;
});
afterAll(() => simulator.stop());
afterEach(() => simulator.faults.clear());

const scrape = (index = 0): Promise<Reply> =>
  ask(simulator, url, { headers: { 'X-CF-App-Instance': `${guid}:${index}` }, atMostBytes: 500_000, atMostMs: 300 });
interface Expected {
  readonly status: number;
  readonly error?: string | undefined;
  readonly text?: string;
}

const all: Expected = { status: 200, error: undefined };

describe('on a scrape', () => {
  test.each<[FaultAction, Expected, (reply: Reply) => boolean]>([
    [{ type: 'status', status: 500, form: 'text', detail: 'broken' }, { status: 500, text: 'broken' }, () => true],
    [
      { type: 'status', status: 502, form: 'router' },
      { status: 502 },
      (reply) => reply.headers['x-cf-routererror'] === 'endpoint_failure (EOF)',
    ],
    [{ type: 'status', status: 404, form: 'empty' }, { status: 404, text: '' }, () => true],
    [{ type: 'status', status: 525, form: 'text', detail: 'SSL Handshake Failed' }, { status: 525 }, () => true],
    [{ type: 'reset', when: 'before_head' }, { status: 0, error: 'ECONNRESET' }, () => true],
    [{ type: 'reset', when: 'after_head' }, { status: 200, error: 'ECONNRESET', text: '' }, () => true],
    [
      { type: 'reset', when: 'mid_body' },
      { status: 200, error: 'ECONNRESET' },
      (reply) => reply.body.byteLength < 15_000,
    ],
    [
      { type: 'truncate', bytes: 100, framing: 'content-length' },
      { status: 200, error: 'ECONNRESET' },
      (reply) => reply.body.byteLength === 100,
    ],
    [
      { type: 'truncate', bytes: 0, framing: 'chunked' },
      { status: 200, error: 'ECONNRESET', text: '' },
      (reply) => reply.headers['transfer-encoding'] === 'chunked',
    ],
    [
      { type: 'truncate', bytes: 100, framing: 'chunked' },
      { status: 200, error: 'ECONNRESET' },
      (reply) => reply.body.byteLength === 100,
    ],
    [{ type: 'hang', when: 'before_head' }, { status: 0, error: 'ABORTED' }, () => true],
    [{ type: 'hang', when: 'after_head' }, { status: 200, error: 'ABORTED', text: '' }, () => true],
    [{ type: 'hang', when: 'mid_body' }, { status: 200, error: 'ABORTED' }, (reply) => reply.body.byteLength > 5_000],
    [{ type: 'endless' }, { status: 200, error: 'ABORTED' }, (reply) => reply.body.byteLength > 500_000],
    [
      { type: 'drip', bytes: 100, intervalMs: 20 },
      { status: 200, error: 'ABORTED' },
      (reply) => reply.body.byteLength < 5_000,
    ],
    [{ type: 'drip', bytes: 10_000, intervalMs: 1 }, all, (reply) => reply.body.byteLength > 15_000],
    [{ type: 'delay', delayMs: 1 }, all, (reply) => reply.text.includes('sim_app_info')],
    [{ type: 'delay', delayMs: 60_000 }, { status: 0, error: 'ABORTED' }, () => true],
    [{ type: 'html' }, all, (reply) => reply.headers['content-type'] === 'text/html; charset=utf-8'],
    [
      { type: 'content_type', value: 'application/json' },
      all,
      (reply) => reply.headers['content-type'] === 'application/json',
    ],
    [
      { type: 'content_type', value: null },
      all,
      (reply) => reply.headers['content-type'] === undefined && reply.text.includes('sim_'),
    ],
  ])('%j', async (action, expected, holds) => {
    simulator.faults.add({ kind: 'scrape', action });
    const reply = await scrape();
    expect({ status: reply.status, error: reply.error, ...('text' in expected ? { text: reply.text } : {}) }).toEqual({
      error: undefined,
      ...expected,
    });
    expect(holds(reply)).toBe(true);
  });

  test('for one instance, so many times, after so many', async () => {
    const action = { type: 'status', status: 500, form: 'empty' } as const;
    const handle = simulator.faults.add({ app: guid, index: 1, after: 1, times: 2, action });
    const statuses: number[] = [];
    for (const index of [0, 1, 1, 1, 1]) statuses.push((await scrape(index)).status);
    expect(statuses).toEqual([200, 200, 500, 500, 200]);
    expect(simulator.faults.list()).toMatchObject([{ id: handle.id, befallen: 2 }]);
    handle.remove();
    expect(simulator.faults.list()).toEqual([]);
  });

  test('the simulator stops while answers hang', async () => {
    const other = await startSimulator({ applications: 1 });
    const [app] = other.world.applications();
    other.faults.add({ action: { type: 'hang', when: 'mid_body' } });
    const pending = ask(other, `https://${app?.name}.apps.sim.example/metrics`);
    while (other.requests.count('scrape') === 0) await new Promise((resolve) => setImmediate(resolve));
    await other.stop();
    expect((await pending).error).toBeDefined();
  });
});

describe('on the API', () => {
  test.each<[FaultAction, number, string]>([
    [
      {
        type: 'status',
        status: 503,
        form: 'capi',
        code: 10015,
        title: 'CF-ServiceUnavailable',
        detail: 'Database connection failure',
      },
      503,
      '{"errors":[{"detail":"Database connection failure","title":"CF-ServiceUnavailable","code":10015}]}',
    ],
    [{ type: 'status', status: 502, form: 'nginx' }, 502, '<center><h1>502 Bad Gateway</h1></center>'],
    [{ type: 'status', status: 500, form: 'html' }, 500, '<!DOCTYPE html>'],
    [{ type: 'html' }, 200, '<!DOCTYPE html>'],
    [{ type: 'invalid_token' }, 401, '"code":1000'],
    [{ type: 'rate_limit', retryAfterSeconds: 7 }, 429, '"code":10013'],
  ])('%j', async (action, status, text) => {
    simulator.faults.add({ kind: 'apps', action });
    const reply = await ask(simulator, `${simulator.apiHost}/v3/apps`, { headers: { authorization } });
    expect([reply.status, reply.text]).toEqual([status, expect.stringContaining(text)]);
    if (status === 429)
      expect(reply.headers).toMatchObject({ 'retry-after': '7', 'content-type': 'text/plain; charset=utf-8' });
    expect((await askApi(simulator, '/v3/routes', authorization)).status).toBe(200);
  });

  test('broken JSON, short page, repeated page', async () => {
    const ids = async (path: string): Promise<readonly unknown[]> =>
      resourcesOf(await askApi(simulator, path, authorization)).map((each) => each['guid']);
    const first = await ids('/v3/apps?per_page=3&page=1');
    simulator.faults.add({ kind: 'apps', times: 1, action: { type: 'short_page', missing: 1 } });
    expect(await ids('/v3/apps?per_page=3&page=1')).toEqual(first.slice(0, 2));
    simulator.faults.add({ kind: 'apps', times: 1, action: { type: 'repeated_page' } });
    expect(await ids('/v3/apps?per_page=3&page=2')).toEqual(first);
    simulator.faults.add({ path: 'per_page=4', action: { type: 'broken_json' } });
    const broken = await ask(simulator, `${simulator.apiHost}/v3/apps?per_page=4`, { headers: { authorization } });
    expect([broken.status, broken.error]).toEqual([200, undefined]);
    expect(() => JSON.parse(broken.text)).toThrow(SyntaxError);
  });

  test('a total that moves, a list that is cut, a header as it is', async () => {
    const pageOf = async (path: string) => JSON.parse((await askApi(simulator, path, authorization)).text);
    const { pagination } = await pageOf('/v3/apps?per_page=3&page=2');
    simulator.faults.add({ kind: 'apps', times: 1, action: { type: 'moving_total', step: -2 } });
    expect((await pageOf('/v3/apps?per_page=3&page=2')).pagination.total_results).toBe(pagination.total_results - 2);
    simulator.faults.add({ kind: 'apps', times: 1, action: { type: 'cut_list', keep: 2 } });
    const cut = await pageOf('/v3/apps?per_page=3&page=1');
    expect([cut.resources.length, cut.pagination.total_results, cut.pagination.next]).toEqual([2, 2, null]);
    const headers = { 'Retry-After': 'soon' };
    simulator.faults.add({ kind: 'apps', action: { type: 'status', status: 429, form: 'text', headers } });
    expect((await askApi(simulator, '/v3/apps', authorization)).headers['retry-after']).toBe('soon');
  });

  test('a refused login by fault does not count toward the lock', async () => {
    const action = { type: 'status', status: 401, form: 'uaa' } as const;
    simulator.faults.add({ kind: 'token', times: 6, action });
    const user = { grant_type: 'password', username: simulator.username, password: simulator.password };
    for (let count = 0; count < 6; count += 1) expect((await askToken(simulator, user)).status).toBe(401);
    expect((await askToken(simulator, user)).status).toBe(200);
  });
});
