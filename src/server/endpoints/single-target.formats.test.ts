import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  bodyOf,
  CANONICAL_TYPES,
  familyNames,
  SENT_TYPES,
  serves,
} from '../../../test/support/scrape/exposition-bodies.js';
import { checkMetrics } from '../../../test/support/scrape/promtool.js';
import { ask, type Heard, PROMETHEUS_HEADERS } from '../../../test/support/scrape/question.js';
import { scrapedInstance } from '../../../test/support/scrape/scraped-instance.js';
import type { ExpositionFormat } from '../../exposition/content-type.js';

const MEBIBYTE = 1024 * 1024;
const CURL = { accept: '*/*', 'user-agent': 'curl/7.88.1' };

const CALLERS = {
  Prometheus: PROMETHEUS_HEADERS,
  'Prometheus without compression': { ...PROMETHEUS_HEADERS, 'accept-encoding': 'identity' },
  curl: CURL,
  'curl --compressed': { ...CURL, 'accept-encoding': 'deflate, gzip, br, zstd' },
} as const;

const SIZES = [1, 10_240, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 5_000_000];

/** The body as whoever reads several gzip members gets it. */
function unpacked({ headers, body }: Heard): Buffer {
  return headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** The instance's body without ours, having checked that ours is there once, whole and in its place. */
function withoutOwnSamples(format: ExpositionFormat, body: Buffer, isPacked: boolean): Buffer {
  if (format === 'protobuf') {
    expect(familyNames(body)).toEqual(['app_jobs', 'promregator_up', 'promregator_scrape_duration_seconds']);
    const start = body.lastIndexOf('promregator_up') - 3;
    return body.subarray(0, start);
  }
  const text = body.toString('latin1');
  expect(count(text, '\npromregator_up 1\n')).toBe(1);
  expect(text).toMatch(/^promregator_scrape_duration_seconds \d+(\.\d+)?(e-\d+)?$/m);
  expect(count(text, '# TYPE promregator_scrape_duration_seconds gauge\n')).toBe(1);
  if (format === 'text') {
    const start = text.indexOf('\n# HELP promregator_up');
    expect(checkMetrics(body)).toBe('');
    return body.subarray(0, start);
  }
  expect(text.endsWith('\n# EOF\n')).toBe(true);
  expect(count(text, '# EOF')).toBe(1);
  expect(text).not.toContain('\n\n');
  if (isPacked) return body.subarray(text.indexOf('# TYPE promregator_end unknown\n') + 31);
  const start = Math.min(...['# HELP', '# TYPE', '# UNIT'].map((word) => text.indexOf(`${word} promregator_up`)));
  return Buffer.concat([body.subarray(0, start), Buffer.from('# EOF\n')]);
}

describe.each(['text', 'openmetrics', 'protobuf'] as const)('%s', (format) => {
  describe.each(Object.entries(CALLERS))('for %s', (_, headers) => {
    test.each(SIZES)('a body of %d bytes passes unchanged, our samples joined', async (length) => {
      const body = bodyOf(format, length);
      const { url, instance, proxy } = await scrapedInstance(serves(body, SENT_TYPES[format]));
      for (const round of ['searched for our names', 'not searched']) {
        const heard = await ask(url, { headers });
        expect([heard.status, heard.complete, heard.headers['content-type']], round).toEqual([
          200,
          true,
          CANONICAL_TYPES[format],
        ]);
        const isPacked = heard.headers['content-encoding'] === 'gzip';
        expect(withoutOwnSamples(format, unpacked(heard), isPacked).equals(body), round).toBe(true);
        expect(heard.headers['content-length'] === undefined, round).toBe(!isPacked && body.length > MEBIBYTE);
      }
      const takesMembers = headers === PROMETHEUS_HEADERS;
      expect(instance.requests.map((request) => request.headers['accept-encoding'])).toEqual([
        'identity',
        takesMembers ? 'gzip' : 'identity',
      ]);
      expect(proxy.scrapes.map(({ error }) => error)).toEqual([undefined, undefined]);
      expect(proxy.scraper.heldBytes).toBe(0);
    });
  });
});

test.each(['identity', 'gzip'] as const)('nothing but our samples comes from an empty body in %s', async (coding) => {
  const { url } = await scrapedInstance((_, response) => {
    if (coding === 'gzip') response.setHeader('content-encoding', 'gzip');
    response.setHeader('content-type', CANONICAL_TYPES.openmetrics);
    response.end(coding === 'gzip' ? gzipSync('') : '');
  });
  for (const headers of [CURL, PROMETHEUS_HEADERS]) {
    const heard = await ask(url, { headers });
    expect([heard.status, heard.complete]).toEqual([200, true]);
    expect(unpacked(heard).toString()).toContain('promregator_up 1\n');
  }
});

test('an empty body in each format is a document of its own', async () => {
  for (const format of ['text', 'openmetrics', 'protobuf'] as const) {
    const { url } = await scrapedInstance(serves(Buffer.alloc(0), SENT_TYPES[format]));
    const { body } = await ask(url, { headers: CURL });
    if (format === 'protobuf') expect(familyNames(body)).toHaveLength(2);
    if (format === 'text') expect(checkMetrics(body)).toBe('');
    if (format === 'openmetrics') expect(body.toString()).toMatch(/^# .*\npromregator_up 1\n.*\n# EOF\n$/s);
  }
});

test.each([
  ['text/plain', CANONICAL_TYPES.text],
  ['TEXT/PLAIN; Charset=UTF-8; Version=0.0.4', CANONICAL_TYPES.text],
  ['text/plain; version=9.9.9', CANONICAL_TYPES.text],
  ['rubbish', CANONICAL_TYPES.text],
  [undefined, CANONICAL_TYPES.text],
  ['application/openmetrics-text', 'application/openmetrics-text; version=0.0.1; charset=utf-8'],
  ['application/openmetrics-text;version=0.0.1', 'application/openmetrics-text; version=0.0.1; charset=utf-8'],
  [
    'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
    'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
  ],
])('Content-Type %s is sent on as %s', async (sent, canonical) => {
  const { url } = await scrapedInstance((_, response) => {
    if (sent !== undefined) response.setHeader('content-type', sent);
    response.end('app_jobs 7\n');
  });
  const { status, headers } = await ask(url);
  expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, canonical, 'no-cache']);
});

test.each([['text/html; charset=utf-8'], ['application/json'], ['application/octet-stream']])(
  'Content-Type %s is a failure that names it',
  async (type) => {
    const { url, proxy } = await scrapedInstance(serves(Buffer.from('<p>hello</p>'), type));
    const { status, body } = await ask(url);
    expect(status).toBe(502);
    expect(body.toString()).toContain(`Content-Type '${type}'`);
    expect(proxy.scrapes[0]?.error?.code).toBe('target_type');
  },
);

test.each([['deflate'], ['br'], ['gzip, identity'], ['zstd']])(
  'Content-Encoding %s is a failure that names it',
  async (encoding) => {
    const { url } = await scrapedInstance((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding, 'content-type': 'text/plain' }).end('xyz');
    });
    const { status, body } = await ask(url);
    expect(status).toBe(502);
    expect(body.toString()).toContain(`Content-Encoding '${encoding}'`);
  },
);

describe('gzip that nobody asked for', () => {
  test.each([['gzip'], ['x-gzip'], ['GZIP']])(
    '%s is unpacked for a caller that cannot read members',
    async (encoding) => {
      const { url } = await scrapedInstance((_, response) => {
        response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync('# HELP app_jobs Jobs.\napp_jobs 7\n'));
      });
      const { headers, body } = await ask(url, { headers: CURL });
      expect(headers['content-encoding']).toBeUndefined();
      expect(withoutOwnSamples('text', body, false).toString()).toBe('# HELP app_jobs Jobs.\napp_jobs 7\n');
    },
  );

  test('is sent on as it came to Prometheus, by its canonical name', async () => {
    const { url } = await scrapedInstance((_, response) => {
      response.writeHead(200, { 'content-encoding': 'x-gzip' }).end(gzipSync('# HELP app_jobs Jobs.\napp_jobs 7\n'));
    });
    await ask(url);
    const heard = await ask(url, { headers: PROMETHEUS_HEADERS });
    expect(heard.headers['content-encoding']).toBe('gzip');
    expect(withoutOwnSamples('text', unpacked(heard), true).toString()).toBe('# HELP app_jobs Jobs.\napp_jobs 7\n');
  });

  test.each([
    ['cut short', gzipSync('# HELP app_jobs Jobs.\napp_jobs 7\n').subarray(0, 20), 502, 'no complete gzip'],
    ['no gzip at all', Buffer.from('# HELP app_jobs Jobs.\napp_jobs 7\n'), 502, 'no complete gzip'],
    ['a bomb', gzipSync(Buffer.alloc(2_000_000)), 503, 'larger than promregator.scraping.maxResponseBytes (1000000)'],
  ])('is a failure when it is %s', async (_, packed, status, reason) => {
    const { url, proxy } = await scrapedInstance(
      (__, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
      { maxResponseBytes: 1_000_000 },
    );
    const heard = await ask(url, { headers: CURL });
    expect([heard.status, heard.body.toString()]).toEqual([status, expect.stringContaining(reason)]);
    expect(proxy.scraper.heldBytes).toBe(0);
  });

  test('is no way round the bound on held bytes', async () => {
    const { url, proxy } = await scrapedInstance(
      (_, response) =>
        void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(900_000))),
      { maxBufferedBytes: 500_000 },
    );
    const [first, second] = [await ask(url, { headers: CURL }), await ask(url, { headers: CURL })];
    expect([first.status, second.status]).toEqual([503, 503]);
    expect(second.body.toString()).toContain('maxBufferedBytes');
    expect(proxy.scraper.heldBytes).toBe(0);
  });
});

test.each([[[]], [['--compressed']]])('the real curl reads an answer whole (%j)', async (options) => {
  const body = bodyOf('text', 300_000);
  const { url } = await scrapedInstance(serves(body, SENT_TYPES.text));
  for (let round = 0; round < 2; round += 1) {
    const { stdout } = await promisify(execFile)('curl', ['-sSf', ...options, url], {
      maxBuffer: 1e9,
      encoding: 'buffer',
    });
    expect(withoutOwnSamples('text', stdout, false).equals(body)).toBe(true);
  }
});

test('HEAD gets the head of the same answer and no body', async () => {
  const { url, instance } = await scrapedInstance(serves(bodyOf('text', 3_000_000), SENT_TYPES.text));
  const heard = await ask(url, { method: 'HEAD' });
  expect([heard.status, heard.headers['content-type'], heard.body.length]).toEqual([200, CANONICAL_TYPES.text, 0]);
  expect(instance.requests.map(({ method }) => method)).toEqual(['GET']);
});
