import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { errorCode } from '../../base/errors.js';
import { Pkcs12Error, readPkcs12 } from './pkcs12.js';

// Stores that keytool and openssl wrote: scripts/make-key-stores.sh.
const FOLDER = new URL('../../../test/fixtures/key-stores/', import.meta.url);
const PASSWORD = 'changeit';

async function store(name: string): Promise<Buffer> {
  return await readFile(new URL(name, FOLDER));
}

/** `first rsa`, `first=CN=first.example.org`, `*ca=…` for one that is marked as trusted. */
async function summary(name: string, password: string | undefined): Promise<readonly string[]> {
  const { keys, certificates } = await readPkcs12(await store(name), password);
  return [
    ...keys.map((each) => {
      const key = createPrivateKey({ key: each.decrypt(undefined), format: 'der', type: 'pkcs8' });
      return `${each.name} ${key.asymmetricKeyType}`;
    }),
    ...certificates.map(
      ({ name, trusted, der }) => `${trusted ? '*' : ''}${name ?? '-'}=${new X509Certificate(der).subject}`,
    ),
  ];
}

const OPENSSL = ['first rsa', 'first=CN=first.example.org', '-=CN=Store Authority'];
const TRUST = ['*ca=CN=Store Authority', '*other=CN=Other Authority'];
const TWO_KEYS = [
  'first rsa',
  'second ec',
  'first=CN=first.example.org',
  'CN=Store Authority=CN=Store Authority',
  'second=CN=second.example.org',
];

test.each<readonly [string, string | undefined, readonly string[]]>([
  ['java17.p12', PASSWORD, [...TWO_KEYS, '*other=CN=Other Authority']],
  ['java8.p12', PASSWORD, TWO_KEYS],
  ['trust-java17.jks', PASSWORD, TRUST],
  ['trust-java8.p12', PASSWORD, TRUST],
  ['trust-mac-only.p12', PASSWORD, TRUST],
  ['trust-mac-only.p12', undefined, TRUST],
  ['trust-open.p12', undefined, TRUST],
  ['trust-open.p12', 'anything', TRUST],
  ['openssl3.p12', PASSWORD, OPENSSL],
  ['openssl-legacy.p12', PASSWORD, OPENSSL],
  ['openssl-sha512.p12', PASSWORD, OPENSSL],
  ['openssl-3des.p12', PASSWORD, OPENSSL],
  ['openssl-rc2-128.p12', PASSWORD, OPENSSL],
  ['openssl-plain.p12', PASSWORD, OPENSSL],
  ['openssl-no-mac.p12', PASSWORD, OPENSSL],
  ['openssl-empty.p12', '', OPENSSL],
  ['openssl-empty.p12', undefined, OPENSSL],
  ['openssl-umlaut.p12', 'Schlüssel€', OPENSSL],
  ['openssl-trust.p12', PASSWORD, ['-=CN=Store Authority']],
])('%s by %s', async (name, password, expected) => {
  expect(await summary(name, password)).toEqual(expected);
});

test.each<readonly [string, string | undefined]>([
  ['java17.p12', 'Changeit'],
  ['java17.p12', ''],
  ['java17.p12', undefined],
  ['java8.p12', 'wrong'],
  ['java8.p12', undefined],
  ['trust-java17.jks', undefined],
  ['trust-mac-only.p12', 'wrong'],
  ['openssl-no-mac.p12', 'wrong'],
  ['openssl-umlaut.p12', 'Schlussel€'],
  ['openssl-empty.p12', 'wrong'],
])('%s does not open by %s', async (name, password) => {
  const reading = summary(name, password);
  await expect(reading).rejects.toBeInstanceOf(Pkcs12Error);
  await expect(reading).rejects.toMatchObject({ code: 'wrong_password' });
});

describe('what is no store', () => {
  test.each<readonly [string, (whole: Buffer) => Buffer]>([
    ['nothing', () => Buffer.alloc(0)],
    ['text', () => Buffer.from('password=secret')],
    ['its first half', (whole) => whole.subarray(0, whole.length / 2)],
    ['a certificate', (whole) => Buffer.from([0x30, 0x03, ...whole.subarray(0, 3)])],
  ])('%s', async (_, spoil) => {
    const outcome = readPkcs12(spoil(await store('java17.p12')), PASSWORD);
    await expect(outcome).rejects.toMatchObject({ code: 'malformed' });
  });

  test('a store that would keep us busy for hours', async () => {
    const whole = await store('java17.p12');
    const tail = whole.length - 26;
    expect(whole.subarray(tail, tail + 2)).toEqual(Buffer.from([0x04, 0x14]));
    expect(whole.subarray(-4)).toEqual(Buffer.from([0x02, 0x02, 0x27, 0x10]));
    // One byte less of salt, and one more of the 10,000 rounds.
    const salt = whole.subarray(tail + 2, tail + 21);
    const busy = Buffer.concat([
      whole.subarray(0, tail),
      Buffer.from([0x04, 0x13]),
      salt,
      Buffer.from([0x02, 0x03, 0x4c, 0x4b, 0x41]),
    ]);
    await expect(readPkcs12(busy, PASSWORD)).rejects.toMatchObject({
      code: 'unsupported',
      message: 'the store uses more than 5000000 rounds of key derivation, which is not known here',
    });
  });

  test('a store with any byte changed is opened or refused, and nothing else', async () => {
    const whole = await store('openssl3.p12');
    const codes = new Set<string>();
    for (let at = 0; at < whole.length; at += 97) {
      const spoilt = Buffer.from(whole);
      spoilt[at] = (spoilt[at] ?? 0) ^ 0x55;
      await readPkcs12(spoilt, PASSWORD).catch((error: unknown) => codes.add(errorCode(error) ?? String(error)));
    }
    for (const code of codes) expect(['malformed', 'wrong_password', 'unsupported']).toContain(code);
    expect(codes.has('wrong_password')).toBe(true);
  });
});
