import { describe, expect, test } from 'vitest';
import { Secret } from '../base/secret.js';
import { urlEncoded } from './token-request.js';
import { withoutSecret } from './without-secret.js';

const SECRET = `p&"'<>/\\+ ü€😀$^.*(x)[y]{z}|?-`;
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const html = (replace: (code: number) => string) => SECRET.replace(/[&"'<>]/g, (c) => replace(c.charCodeAt(0)));

describe('a secret is found however a service writes it', () => {
  test.each<[string, string]>([
    ['as it is', SECRET],
    [
      'in HTML, by name',
      html((code) => ({ 38: '&amp;', 34: '&quot;', 39: '&apos;', 60: '&lt;', 62: '&gt;' })[code] ?? ''),
    ],
    ['in HTML, by number, as Go and Java write it', html((code) => `&#${code};`)],
    ['in HTML, by hex number, as Python writes it', html((code) => `&#x${code.toString(16)};`)],
    [
      'in HTML, all of it',
      [...SECRET].map((c) => `&#x${(c.codePointAt(0) ?? 0).toString(16).toUpperCase()};`).join(''),
    ],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['in JSON, as PHP writes it', JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/')],
    [
      'in JSON, as Go writes it',
      JSON.stringify(SECRET).slice(1, -1).replaceAll('&', '\\u0026').replaceAll('<', '\\u003c'),
    ],
    ['in ASCII', SECRET.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)],
    [
      'in ASCII, in capitals',
      SECRET.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`),
    ],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a URL, in small letters', encodeURIComponent(SECRET).toLowerCase()],
    ['in a form', new URLSearchParams([['', SECRET]]).toString().slice(1)],
    ['in base64', base64(SECRET)],
    ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
    ['in base64 within a URL', encodeURIComponent(base64(SECRET))],
    ['in base64 with its id', base64(`scraper:${SECRET}`)],
    ['in base64 as it is sent', base64(`scraper:${urlEncoded(SECRET)}`)],
  ])('%s', (_, written) => {
    const client = { clientId: 'scraper', clientSecret: new Secret(SECRET), scopes: [] };
    expect(withoutSecret(`${written} and "${written}" are wrong`, client)).toBe('<secret> and "<secret>" are wrong');
  });
});

test.each<[string, string | undefined, string]>([
  ['no secret', undefined, 'a & b'],
  ['an empty one', '', 'a & b'],
  ['one that is not quoted', 'p&q', 'p and q, p&amp, &amp;'],
  ['one of signs of expressions', '.*', 'anything'],
])('%s leaves words as they are', (_, secret, words) => {
  const clientSecret = secret === undefined ? undefined : new Secret(secret);
  expect(withoutSecret(words, { clientId: 'c', clientSecret, scopes: [] })).toBe(words);
});

test('an answer that nearly quotes a secret holds nothing up', () => {
  const client = { clientId: 'c', clientSecret: new Secret('&amp;%25'.repeat(50)), scopes: [] };
  const words = '&amp;amp;%2525'.repeat(50_000);
  const startedAt = performance.now();
  withoutSecret(words, client);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
