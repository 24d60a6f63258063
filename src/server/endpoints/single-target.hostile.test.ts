import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { authenticatorsWith } from '../../../test/support/scrape/authenticators.js';
import { type Instance, startRawInstance } from '../../../test/support/scrape/instance.js';
import { ask, type Heard, PROMETHEUS_HEADERS } from '../../../test/support/scrape/question.js';
import { type ScrapedInstance, scrapeThrough } from '../../../test/support/scrape/scraped-instance.js';
import { Secret } from '../../base/secret.js';

const BODY = 'app_jobs 7\n';

/** All that Prometheus may hear; the last three are Node's own. */
const OUR_HEADERS = [
  'cache-control',
  'content-encoding',
  'content-length',
  'content-type',
  'x-content-type-options',
  'x-frame-options',
  ...['connection', 'date', 'keep-alive', 'transfer-encoding'],
];

function answer(headers: string, body = BODY, status = '200 OK'): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\n${headers}\r\n${body}`;
}

const LENGTH = `Content-Length: ${BODY.length}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const CHUNKS = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
/** What a careless reader would take for the answer to the next request. */
const SMUGGLED = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 15\r\n\r\nsmuggled_jobs 1`;

/** Each answer as it goes over the wire, and what the scrape is then: an answer with the body, or a failure. */
const ANSWERS: readonly (readonly [what: string, wire: string, status: 200 | 502])[] = [
  ['many headers that nobody asked for', answer(`${LENGTH}X-Evil: 1\r\nServer: evil\r\nX-Powered-By: evil\r\n`), 200],
  ['cookies', answer(`${LENGTH}Set-Cookie: a=b; Domain=example.org\r\nSet-Cookie: c=d\r\n`), 200],
  ['HSTS and key pins', answer(`${LENGTH}Strict-Transport-Security: max-age=9\r\nPublic-Key-Pins: x\r\n`), 200],
  ['permissions for other pages', answer(`${LENGTH}Access-Control-Allow-Origin: *\r\n`), 200],
  ['orders to browsers', answer(`${LENGTH}Clear-Site-Data: "*"\r\nRefresh: 0; url=https://evil.example\r\n`), 200],
  ['our own kind of headers', answer(`${LENGTH}X-Cf-App-Instance: x:1\r\nX-Promregator-Instance: x\r\n`), 200],
  ['an upgrade', answer(`${LENGTH}Connection: upgrade\r\nUpgrade: h2c\r\n`), 200],
  ['an offer by connection', answer(`${LENGTH}Connection: x-evil\r\nX-Evil: 1\r\n`), 200],
  ['a folded header', answer(`${LENGTH}X-Evil: a\r\n\tevil\r\n`), 502],
  ['early hints', `HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n${answer(LENGTH)}`, 200],
  ['a continuation that nobody asked for', `HTTP/1.1 100 Continue\r\n\r\n${answer(LENGTH)}`, 502],
  ['trailers', answer(CHUNKED, CHUNKS.replace('0\r\n\r\n', '0\r\nContent-Type: text/html\r\nX-Evil: 1\r\n\r\n')), 200],
  ['a second answer behind the first', `${answer(LENGTH)}${SMUGGLED}`, 200],
  ['a second answer behind the chunks', `${answer(CHUNKED, CHUNKS)}${SMUGGLED}`, 200],
  ['length and chunks', answer(`${LENGTH}${CHUNKED}`, `${CHUNKS}${SMUGGLED}`), 502],
  ['chunks and length', answer(`${CHUNKED}${LENGTH}`, `${CHUNKS}${SMUGGLED}`), 502],
  ['two lengths', answer(`${LENGTH}Content-Length: 3\r\n`), 502],
  ['a length with a sign', answer(`Content-Length: +${BODY.length}\r\n`), 502],
  ['a length without measure', answer('Content-Length: 99999999999999999999\r\n'), 502],
  ['chunks without measure', answer(CHUNKED, `ffffffffffffffffff\r\n${BODY}`), 502],
  ['switching protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n', 502],
  ['a header name with a blank', answer(`${LENGTH}X Evil: 1\r\n`), 502],
  ['a header name with NUL', answer(`${LENGTH}X\u0000Evil: 1\r\n`), 502],
  ['a header value with NUL', answer(`${LENGTH}X-Evil: a\u0000b\r\n`), 502],
  ['a head of 100 KB', answer(`${LENGTH}X-Evil: ${'x'.repeat(100_000)}\r\n`), 502],
  ['10,000 headers', answer(`${LENGTH}${'X-Evil: 1\r\n'.repeat(10_000)}`), 502],
  ['no status', answer(LENGTH, BODY, ''), 502],
  ['no HTTP', `${BODY}\r\n\r\n`, 502],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 502],
  ['an unknown status', answer(LENGTH, BODY, '999 Whatever'), 502],
];

const AUTHENTICATORS = authenticatorsWith({
  byDefault: { type: 'basic', username: 'ada', password: new Secret('lovelace') },
});

async function scraped(behaviour: (socket: Socket) => void): Promise<ScrapedInstance & { instance: Instance }> {
  return await scrapeThrough(await startRawInstance(behaviour), { authenticators: AUTHENTICATORS });
}

describe('an application answers with', () => {
  test.each(ANSWERS)('%s', async (_, wire, status) => {
    const { url } = await scraped((socket) => void socket.write(wire, 'latin1'));
    // Three, over a kept connection where it is kept: what the first leaves behind must not become the second's answer.
    for (let time = 0; time < 3; time += 1) {
      const heard = await ask(url, { headers: { ...PROMETHEUS_HEADERS, 'accept-encoding': 'identity' } });
      expect([heard.status, heard.complete]).toEqual([status, true]);
      expect(Object.keys(heard.headers).filter((name) => !OUR_HEADERS.includes(name))).toEqual([]);
      expect(heard.headers['content-type']).toBe(CONTENT_TYPES[status]);
      expectClean(heard);
      const text = heard.body.toString('latin1');
      if (status === 200) expect(text.startsWith(BODY)).toBe(true);
      else expect(text).toMatch(/^orders:0 \(acme\/prod\) at [^\n]*\n$/);
    }
  });
});

const CONTENT_TYPES = { 200: 'text/plain; version=0.0.4; charset=utf-8', 502: 'text/plain; charset=utf-8' } as const;

/** Neither what was smuggled, nor what we sent along. */
function expectClean({ headers, body }: Heard): void {
  const all = JSON.stringify(headers) + body.toString('latin1');
  for (const word of ['evil', 'smuggled', 'lovelace', Buffer.from('ada:lovelace').toString('base64')]) {
    expect(all).not.toContain(word);
  }
}

describe('words of an application in a failure', () => {
  test.each([
    ['a type', answer(LENGTH).replace('text/plain', 'text/html;\u001b[2J\u009b1m\u0085x')],
    ['an encoding', answer(`${LENGTH}Content-Encoding: br\u001b[2J\u009b1m\u0085x\r\n`)],
    ['a place', answer(`${LENGTH}Location: https://x\u001b[2J\u009b1m\u0085x/\r\n`, BODY, '302 Found')],
    ['a word of the router', answer(`${LENGTH}X-Cf-Routererror: x\u001b[2J\u009b1m\u0085x\r\n`, BODY, '502 x')],
    ['a status text', answer(LENGTH, BODY, '500 x\u009b1m\u0085x')],
  ])('are one line and no terminal obeys them: %s', async (_, wire) => {
    const { url, proxy } = await scraped((socket) => void socket.write(wire, 'latin1'));
    const { status, body } = await ask(url);
    expect(status).toBe(502);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
    const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/;
    expect(body.toString('utf8')).toMatch(/^[^\n]+\n$/);
    expect([body.toString('utf8'), ...proxy.log].filter((text) => obeyed.test(text))).toEqual([]);
  });
});
