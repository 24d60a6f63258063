import { expect, test } from 'vitest';
import { withoutSecrets } from './without-secrets.js';

const TOKEN = 'eyJhbGciOiJub25lIn0.eyJqdGkiOiIxMjM0In0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';

// All other writings: credentials/without-secret.test.ts.
test.each<[string, string, string]>([
  ['the whole', `bearer ${TOKEN} is bad`, 'bearer <secret> is bad'],
  ['its beginning', `bearer ${TOKEN.slice(0, 20)}… is bad`, 'bearer <secret>… is bad'],
  ['its end', `…${TOKEN.slice(-12)} is bad`, '…<secret> is bad'],
  ['a piece from its middle', `(${TOKEN.slice(20, 40)})`, '(<secret>)'],
  ['a piece as the name of a host', `http://${TOKEN.slice(0, 18).toLowerCase()}.org/`, 'http://<secret>.org/'],
  ['less than helps anybody', TOKEN.slice(0, 11), TOKEN.slice(0, 11)],
  ['nothing', 'the token is bad', 'the token is bad'],
])('of a long secret is hidden: %s', (_, words, expected) => {
  expect(withoutSecrets(words, [undefined, '', TOKEN])).toBe(expected);
});

test('of a short secret pieces are words like others', () => {
  expect(withoutSecrets('pass, pass-word-1', ['pass-word-1'])).toBe('pass, <secret>');
});

test.each([
  ['as it is', 'pass-word-1', '<secret>'],
  ['of characters of two units', '🔑🔑🔑🔑', '<secret>'],
  ['in base64', Buffer.from('pass-word-1').toString('base64url'), '<secret>'],
  ['one character less', 'pass-word-', 'pass-word-'],
])('words that are no longer than the secret: %s', (_, words, expected) => {
  expect(withoutSecrets(words, ['pass-word-1', '🔑🔑🔑🔑'])).toBe(expected);
});

test.each(['pass word/1', 'pass+word/1', 'pass%20word/1', 'pass&#32;word/1', 'pass\\u0020word/1', 'pass word\\/1'])(
  'one character written in another way is enough: %s',
  (words) => {
    expect(withoutSecrets(`${words} is bad`, ['pass word/1'])).toBe('<secret> is bad');
  },
);
