import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { materialOf, type TestMaterial } from '../../../test/support/outbound/material.js';
import { Secret } from '../../base/secret.js';
import type { TlsIdentity } from '../config.js';
import { type KeyStoreSource, readKeyStore, readTrustStore } from './key-store.js';

// Stores that keytool and openssl wrote: scripts/make-key-stores.sh.
const FOLDER = new URL('../../../test/fixtures/key-stores/', import.meta.url);
const FILES = {
  ...Object.fromEntries(readdirSync(FOLDER).map((name) => [name, readFileSync(new URL(name, FOLDER))])),
  'in a folder/real.jks': readFileSync(new URL('real.jks', FOLDER)),
  'ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  'text.p12': 'hunter2',
  'empty.p12': '',
};

function source(file: string, password: string | undefined, alias?: string): KeyStoreSource {
  const secret = password === undefined ? undefined : new Secret(password);
  return {
    path: ['s', 'file'],
    file,
    password: { path: ['s', 'password'], secret },
    alias: { path: ['s', 'alias'], name: alias },
  };
}

function subjectsOf(texts: readonly string[]): readonly string[] {
  return texts.map((text) => new X509Certificate(text).subject.replace('CN=', ''));
}

function chainOf(identity: TlsIdentity | undefined): readonly string[] {
  return subjectsOf((identity?.certificate ?? '').split(/(?<=-----END CERTIFICATE-----\n)/));
}

const FIRST = ['first.example.org', 'Store Authority'];
const SECOND = ['second.example.org'];

describe('key stores', () => {
  test.each<readonly [string, string, string | undefined, readonly string[]]>([
    ['java17.p12', 'changeit', undefined, FIRST],
    ['java17.p12', 'changeit', 'First', FIRST],
    ['java17.p12', 'changeit', 'SECOND', SECOND],
    ['java8.p12', 'changeit', undefined, FIRST],
    ['java8.p12', 'changeit', 'second', SECOND],
    ['openssl3.p12', 'changeit', undefined, FIRST],
    ['openssl-legacy.p12', 'changeit', 'first', FIRST],
    ['openssl-plain.p12', 'changeit', undefined, FIRST],
    ['openssl-umlaut.p12', 'Schlüssel€', undefined, FIRST],
  ])('%s by %s, key %s', async (file, password, alias, expected) => {
    const context = materialOf(FILES);
    const identity = await readKeyStore(source(file, password, alias), context);
    expect(context.errors()).toEqual([]);
    expect(context.warnings()).toEqual([]);
    expect(chainOf(identity)).toEqual(expected);
    const key = createPrivateKey(identity?.key.reveal() ?? '');
    expect(new X509Certificate(identity?.certificate ?? '').checkPrivateKey(key)).toBe(true);
  });
});

describe('a key with a password of its own', () => {
  const read = async (
    store: string,
    keyPassword: string | undefined,
  ): Promise<[TestMaterial, TlsIdentity | undefined]> => {
    const context = materialOf(FILES);
    const secret = keyPassword === undefined ? undefined : new Secret(keyPassword);
    const from = { ...source(store, 'changeit'), keyPassword: { path: ['s', 'keyPassword'], secret } };
    return [context, await readKeyStore(from, context)];
  };

  test.each<readonly [string, string | undefined]>([
    ['java17-key.p12', 'keypass'],
    ['java17.p12', 'changeit'],
    ['java17.p12', 'needless'],
    ['java8.p12', undefined],
  ])('%s opens by %s', async (store, keyPassword) => {
    const [context, identity] = await read(store, keyPassword);
    expect(context.errors()).toEqual([]);
    expect(chainOf(identity)).toEqual(FIRST);
  });

  test.each<readonly [string | undefined, string]>([
    ['wr0ng', 's.keyPassword: found a password that does not open the key in "java17-key.p12", expected'],
    [undefined, 's.keyPassword: found nothing, expected the password of the key in "java17-key.p12"'],
  ])('and not by %s', async (keyPassword, words) => {
    const [context, identity] = await read('java17-key.p12', keyPassword);
    expect(identity).toBeUndefined();
    expect(context.errors()).toEqual([expect.stringContaining(words)]);
  });

  test('where there is no option for it', async () => {
    const context = materialOf(FILES);
    expect(await readKeyStore(source('java17-key.p12', 'changeit'), context)).toBeUndefined();
    expect(context.errors()).toEqual([expect.stringContaining('s.password: found a password that does not open')]);
  });
});

describe('trust stores', () => {
  const both = ['Store Authority', 'Other Authority'];
  test.each<readonly [string, string | undefined, readonly string[]]>([
    ['trust-java17.jks', 'changeit', both],
    ['trust-java8.p12', 'changeit', both],
    ['trust-mac-only.p12', 'changeit', both],
    ['trust-mac-only.p12', undefined, both],
    ['trust-open.p12', undefined, both],
    ['openssl-trust.p12', 'changeit', ['Store Authority']],
    // With keys inside: what is marked, and the keys' own; what signed them is not marked.
    ['java17.p12', 'changeit', ['first.example.org', 'second.example.org', 'Other Authority']],
    ['java17-key.p12', 'changeit', ['first.example.org', 'Store Authority']],
    // Nothing is marked.
    ['openssl3.p12', 'changeit', ['first.example.org', 'Store Authority']],
  ])('%s by %s', async (file, password, expected) => {
    const context = materialOf(FILES);
    expect(subjectsOf(await readTrustStore(source(file, password), context))).toEqual(expected);
    expect(context.errors()).toEqual([]);
  });

  test('what has expired is warned of once', async () => {
    const context = { ...materialOf(FILES), now: () => Date.UTC(2300, 0) };
    expect((await readTrustStore(source('trust-java17.jks', 'changeit'), context)).length).toBe(2);
    expect(context.warnings()).toEqual([
      expect.stringMatching(/^s\.file: found a certificate that expired .*first of 2/),
    ]);
  });
});

const CONVERT =
  's.file: found "real.jks", a store in Java\'s own format JKS, expected a PKCS#12 store; convert it and name that file: ';
const READERS = {
  key: async (...[from, context]: readonly [KeyStoreSource, TestMaterial]) => await readKeyStore(from, context),
  trust: async (...[from, context]: readonly [KeyStoreSource, TestMaterial]) => await readTrustStore(from, context),
};

describe.each(['key', 'trust'] as const)('what is wrong with a %s store', (kind) => {
  test.each<readonly [string, string | undefined, string]>([
    [
      'real.jks',
      'changeit',
      `${CONVERT}keytool -importkeystore -srckeystore real.jks -destkeystore real.p12 -deststoretype PKCS12`,
    ],
    [
      'in a folder/real.jks',
      undefined,
      "keytool -importkeystore -srckeystore 'in a folder/real.jks' -destkeystore 'in a folder/real.p12' -deststoretype PKCS12",
    ],
    [
      'real.jceks',
      'changeit',
      'keytool -importkeystore -srckeystore real.jceks -srcstoretype JCEKS -destkeystore real.p12 -deststoretype PKCS12',
    ],
    [
      'ca.pem',
      undefined,
      's.file: found "ca.pem", a PEM text, expected a PKCS#12 store; name it in the tls_config instead',
    ],
    ['text.p12', 'changeit', 's.file: found "text.p12", which is no PKCS#12 store or a broken one, expected'],
    ['empty.p12', 'changeit', 's.file: found "empty.p12", which is no PKCS#12 store or a broken one, expected'],
    ['none.p12', 'changeit', 's.file: found "none.p12", which cannot be read: no such file, expected'],
    [
      'java17.p12',
      'wr0ng',
      's.password: found a password that does not open "java17.p12", expected the password of the store',
    ],
    ['java8.p12', 'wr0ng', 's.password: found a password that does not open "java8.p12", expected'],
    ['java17.p12', undefined, 's.password: found nothing, expected the password of the store "java17.p12"'],
  ])('%s by %s', async (file, password, expected) => {
    const context = materialOf(FILES);
    expect((await READERS[kind](source(file, password), context)) ?? []).toEqual([]);
    expect(context.errors()).toEqual([expect.stringContaining(expected)]);
    expect(context.errors().join()).not.toMatch(/wr0ng|hunter2|changeit/);
  });
});

test.each<readonly [string, string | undefined, string]>([
  ['java17.p12', 'third', 's.alias: found "third", expected one of "first", "second"'],
  [
    'trust-java17.jks',
    undefined,
    's.file: found "trust-java17.jks" without a key, expected a store with a private key',
  ],
  ['trust-java17.jks', 'ca', 's.file: found "trust-java17.jks" without a key'],
])('no key in %s for the alias %s', async (file, alias, expected) => {
  const context = materialOf(FILES);
  expect(await readKeyStore(source(file, 'changeit', alias), context)).toBeUndefined();
  expect(context.errors()).toEqual([expect.stringContaining(expected)]);
});
