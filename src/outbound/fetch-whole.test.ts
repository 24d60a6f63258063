import { describe, expect, test, vi } from 'vitest';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { serve } from '../../test/support/outbound/serve.js';
import { fetchWhole, header, type WholeLimits } from './fetch-whole.js';

describe('fetchWhole', () => {
  test.each([200, 302, 404, 500])('gathers an answer of status %d', async (status) => {
    const server = await serve((_, response) => {
      response.writeHead(status, { 'x-one': 'a', location: '/elsewhere' });
      response.write('first ');
      response.end('second');
    });
    const answer = await fetchWhole(
      connectionsWith(),
      { origin: server.origin, path: '/', method: 'GET', headers: {} },
      { maxBytes: 12 },
    );
    expect([answer.status, answer.body.toString(), header(answer.headers, 'x-one')]).toEqual([
      status,
      'first second',
      'a',
    ]);
  });

  test.each<[string, WholeLimits, string]>([
    ['too many bytes', { maxBytes: 11 }, 'too_large'],
    ['too late', { maxBytes: 100, deadlineMs: 100 }, 'deadline'],
  ])('%s ends the connection', async (_, limits, code) => {
    const server = await serve((_request, response) => void response.write('first second'));
    const fetching = fetchWhole(
      connectionsWith(),
      { origin: server.origin, path: '/', method: 'GET', headers: {} },
      limits,
    );
    await expect(fetching).rejects.toMatchObject({ code });
    await vi.waitFor(() => expect(server.sockets[0]?.destroyed).toBe(true));
  });

  test('sends method, headers and body', async () => {
    const server = await serve((request, response) => {
      request.setEncoding('utf8');
      let body = '';
      request.on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        response.end(JSON.stringify([request.method, request.url, request.headers['x-y'], body]));
      });
    });
    const answer = await fetchWhole(
      connectionsWith(),
      { origin: server.origin, path: '/p?q=1', method: 'POST', headers: { 'x-y': 'z' }, body: 'a=ü' },
      { maxBytes: 100 },
    );
    expect(JSON.parse(answer.body.toString())).toEqual(['POST', '/p?q=1', 'z', 'a=ü']);
  });

  test('a request that cannot be sent is an error as any other', async () => {
    const request = { origin: 'http://127.0.0.1:1', path: '/', method: 'GET', headers: { 'x-y': 'a\nb' } } as const;
    await expect(fetchWhole(connectionsWith(), request, { maxBytes: 1, deadlineMs: 1_000 })).rejects.toMatchObject({
      code: 'protocol',
    });
  });
});

test.each<[string | string[] | undefined, string | undefined]>([
  ['a', 'a'],
  [['a', 'b'], 'a'],
  [[], undefined],
  [undefined, undefined],
])('header %j is %j', (value, first) => {
  expect(header({ name: value }, 'name')).toBe(first);
});
