// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are among what it is about
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { deployDemanding } from './support/demanding-application.js';
import {
  encryptKey,
  type Identity,
  type IdentityFiles,
  STORE_PASSWORD,
  writeIdentity,
  writeKeyStore,
  writeTrustStore,
} from './support/identity-files.js';
import { makeAuthority } from './support/outbound/certificates.js';
import type { PromregatorProcess } from './support/promregator-process.js';
import { reloadWith, scrape, startReady } from './support/ready-program.js';
import { runProgram } from './support/run-program.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

/** What a scrape of an application has to come to: 200, or 502 with these words. */
type Expected = 200 | RegExp;

interface Row {
  /** Of the rule; what it does not say is as the default has it. */
  readonly tls: object;
  readonly expected: Expected;
  /** Common name that the application wants to see; that of the default certificate unless set. */
  readonly commonName?: string;
}

const folder = temporaryFolder();
/** OpenSSL ends the handshake by an alert; Node's servers close the connection instead where they know the certificate. */
const DEMANDED = /the TLS handshake failed: .*alert handshake failure; the other side may demand a client certificate/;
const HANDSHAKE = /the connection broke off/;
const OLD_TLS =
  /the TLS handshake failed: .*alert protocol version; the other side may demand .* another version of TLS/;
const NO_AUTHORITY =
  /the TLS handshake failed.*certificate.*; an authority of your own is named by promregator\.scraping\.tls_config\.ca_file/;

const ROW_NAMES = [
  'by-files',
  'by-texts',
  'by-encrypted-key',
  'by-placeholder',
  'by-default',
  'of-somebody-else',
  'of-a-foreign-authority',
  'renewed',
  'authority-by-file',
  'authority-by-text',
  'foreign-authority',
  'not-verified',
  'other-name',
  'other-name-stated',
  'tls-1-2',
  'tls-1-3',
] as const;

let simulator: Simulator;
let program: PromregatorProcess;
let rows: Readonly<Record<(typeof ROW_NAMES)[number], Row>>;
let byDefault: IdentityFiles;
let foreign: IdentityFiles;
let ca: string;
let foreignCa: string;
const guids = new Map<string, string>();

/** A certificate that the foundation's authority signed, as files. */
async function identityFor(commonName: string): Promise<IdentityFiles & Identity> {
  const pair = await simulator.certificates.clientCertificate(commonName);
  return { ...writeIdentity(folder.path, commonName, pair), ...pair };
}

async function makeRows(): Promise<typeof rows> {
  const files = await identityFor('by-files');
  const texts = await identityFor('by-texts');
  const encrypted = await identityFor('by-encrypted-key');
  const somebody = await identityFor('somebody');
  const { cert_file, key_file } = await identityFor('not-yet-renewed');
  const own = (each: IdentityFiles): IdentityFiles => ({ cert_file: each.cert_file, key_file: each.key_file });
  return {
    'by-files': { tls: own(files), commonName: 'by-files', expected: 200 },
    'by-texts': {
      tls: { cert: texts.cert.toString(), key: texts.key.toString() },
      commonName: 'by-texts',
      expected: 200,
    },
    'by-encrypted-key': {
      tls: {
        cert_file: encrypted.cert_file,
        key_file: encryptKey(folder.path, 'encrypted.key', encrypted),
        key_password: STORE_PASSWORD,
      },
      commonName: 'by-encrypted-key',
      expected: 200,
    },
    'by-placeholder': {
      tls: { cert_file: '${CF_INSTANCE_CERT}', key_file: '${CF_INSTANCE_KEY}' },
      commonName: 'instance',
      expected: 200,
    },
    'by-default': { tls: {}, expected: 200 },
    'of-somebody-else': {
      tls: own(somebody),
      expected: /the application answered 403 to our client certificate alone/,
    },
    'of-a-foreign-authority': { tls: foreign, expected: HANDSHAKE },
    renewed: { tls: { cert_file, key_file }, commonName: 'renewed', expected: /the application answered 403/ },
    'authority-by-file': { tls: { ca_file: simulator.caFile }, expected: 200 },
    'authority-by-text': { tls: { ca }, expected: 200 },
    'foreign-authority': { tls: { ca: foreignCa }, expected: NO_AUTHORITY },
    'not-verified': { tls: { ca: foreignCa, insecure_skip_verify: true }, expected: 200 },
    'other-name': {
      tls: {},
      expected: /the TLS handshake failed.*altnames.*gateway\.example\.org; .*tls_config\.server_name/,
    },
    'other-name-stated': { tls: { server_name: 'gateway.example.org' }, expected: 200 },
    'tls-1-2': { tls: { min_version: 'TLS12' }, expected: 200 },
    'tls-1-3': { tls: { min_version: 'TLS13' }, expected: OLD_TLS },
  };
}

/** The router demands certificates of everybody, of the API's clients too. */
beforeAll(async () => {
  simulator = await startSimulator({ applications: 0, clientCertificates: 'require' });
  ca = simulator.certificates.ca.toString();
  const authority = makeAuthority('Foreign Authority');
  foreignCa = authority.certificate;
  foreign = writeIdentity(folder.path, 'foreign', authority.issue({ names: ['DNS:default'] }));
  byDefault = writeIdentity(folder.path, 'default', await simulator.certificates.clientCertificate('default'));
  const instance = await identityFor('instance');
  rows = await makeRows();
  for (const name of ROW_NAMES) {
    const { commonName = 'default' } = rows[name];
    guids.set(name, deployDemanding(simulator, name, { credentials: { scheme: 'client-certificate', commonName } }));
  }
  guids.set(
    'by-key-store',
    deployDemanding(simulator, 'by-key-store', {
      credentials: { scheme: 'client-certificate', commonName: 'in-a-store' },
    }),
  );
  for (const name of ['other-name.apps.sim.example', 'gateway.example.org']) {
    await simulator.presentCertificate(name, ['gateway.example.org']);
  }
  program = await startReady({
    config: configWith(
      { ca_file: simulator.caFile, ...byDefault },
      ROW_NAMES.map((name) => ({ applicationName: name, tls_config: rows[name].tls })),
    ),
    env: { CF_INSTANCE_CERT: instance.cert_file, CF_INSTANCE_KEY: instance.key_file },
    args: ['--web.enable-lifecycle'],
  });
});

afterAll(async () => {
  await program?.stop();
  await simulator.stop();
  folder.remove();
});

function configWith(tls: object, targets: readonly object[], api: object = { ca_file: simulator.caFile }): object {
  const { apiHost: api_host, username, password, connectTo } = simulator;
  return {
    cf: { api_host, username, password, tls_config: { ...byDefault, ...api } },
    promregator: { connectTo: [...connectTo], scraping: { tls_config: tls }, targets },
  };
}

async function expectScraped(each: PromregatorProcess, name: string, expected: Expected): Promise<void> {
  const { status, text } = await scrape(each, guids.get(name) ?? '');
  const words = expected === 200 ? expect.stringContaining('promregator_up') : expect.stringMatching(expected);
  expect([status, text]).toEqual([expected === 200 ? 200 : 502, words]);
}

describe('TLS towards applications', () => {
  test.each(ROW_NAMES)("by the rule's tls_config: %s", async (name) => {
    await expectScraped(program, name, rows[name].expected);
  });

  test('a certificate that is renewed is taken without a restart', async () => {
    const { cert } = await simulator.certificates.clientCertificate('renewed');
    const file = join(folder.path, 'not-yet-renewed.crt');
    writeFileSync(`${file}.new`, cert);
    copyFileSync(`${file}.new`, file);
    await waitUntil(async () => (await scrape(program, guids.get('renewed') ?? '')).status === 200, {
      within: 20_000,
      describe: program.output,
    });
    await expectScraped(program, 'by-files', 200);
  });

  test.each<[string, () => object, Expected]>([
    ['a certificate', () => ({ ca_file: simulator.caFile, ...byDefault }), 200],
    ['no certificate', () => ({ ca_file: simulator.caFile }), DEMANDED],
    ['a certificate of a foreign authority', () => ({ ca_file: simulator.caFile, ...foreign }), HANDSHAKE],
    ['no authority', () => byDefault, NO_AUTHORITY],
    ['no authority and no check', () => ({ ...byDefault, insecure_skip_verify: true }), 200],
    ['a version that the router does not speak', () => ({ ca, ...byDefault, min_version: 'TLS13' }), OLD_TLS],
  ])('by the default tls_config: %s', async (_, tls, expected) => {
    await reloadWith(program, configWith(tls(), [{ applicationName: 'by-default' }]));
    await expectScraped(program, 'by-default', expected);
  });

  test('by the stores that switches of Java name, whatever their suffix', async () => {
    const pair = await simulator.certificates.clientCertificate('in-a-store');
    const keyStore = writeKeyStore(folder.path, 'identity.jks', pair);
    const trustStore = writeTrustStore(folder.path, 'trust.jks', ca);
    const switches = { keyStore, trustStore, keyStorePassword: STORE_PASSWORD, trustStorePassword: STORE_PASSWORD };
    const { promregator, ...rest } = configWith({}, [{ applicationName: 'by-key-store' }], {}) as {
      promregator: object;
    };
    const started = await startReady({
      config: { ...rest, promregator },
      env: {
        JAVA_OPTS: Object.entries(switches)
          .map(([name, value]) => `-Djavax.net.ssl.${name}=${value}`)
          .join(' '),
      },
    });
    onTestFinished(async () => void (await started.stop()));
    await expectScraped(started, 'by-key-store', 200);
    expect(started.output()).not.toContain(STORE_PASSWORD);
  });
});

describe('TLS towards the API', () => {
  const asFiles = (): object => byDefault;
  const trusted = (): object => ({ ca_file: simulator.caFile });

  test.each<[string, () => object, RegExp | undefined]>([
    ['authority and certificate', () => ({ tls_config: { ...trusted(), ...asFiles() } }), undefined],
    ['an authority as a text', () => ({ tls_config: { ca, ...asFiles() } }), undefined],
    ['no certificate', () => ({ tls_config: trusted() }), DEMANDED],
    ['a certificate of a foreign authority', () => ({ tls_config: { ...trusted(), ...foreign } }), HANDSHAKE],
    [
      'no authority',
      () => ({ tls_config: asFiles() }),
      /the TLS handshake failed.*certificate.*cf\.tls_config\.ca_file/,
    ],
    ['skipSslValidation', () => ({ skipSslValidation: true, tls_config: asFiles() }), undefined],
    ['insecure_skip_verify', () => ({ tls_config: { ...asFiles(), insecure_skip_verify: true } }), undefined],
    [
      'another name',
      () => ({ tls_config: { ...trusted(), ...asFiles(), server_name: 'x.example' } }),
      /the TLS handshake failed.*altnames/,
    ],
    [
      'a version that it does not speak',
      () => ({ tls_config: { ...trusted(), ...asFiles(), min_version: 'TLS13' } }),
      OLD_TLS,
    ],
  ])('%s', async (_, cf, refused) => {
    const { apiHost: api_host, username, password, connectTo } = simulator;
    const { code, stdout, stderr } = await runProgram({
      command: 'discover',
      config: {
        cf: { api_host, username, password, ...cf() },
        promregator: { connectTo: [...connectTo], targets: [{ applicationName: 'by-files' }] },
      },
    });
    if (refused === undefined) expect([code, stdout]).toEqual([0, expect.stringContaining('by-files')]);
    else expect([code, stderr]).toEqual([1, expect.stringMatching(refused)]);
  });
});

describe('what cannot be used is refused at the start, with its place', () => {
  const cf = { api_host: 'api.example.org', username: 'u', password: 'p' };
  const scraping = (tls_config: object): object => ({ cf, promregator: { scraping: { tls_config } } });
  /** As every JKS begins. */
  const jks = join(folder.path, 'real.jks');
  writeFileSync(jks, Buffer.from('feedfeed0000000200000000', 'hex'));
  const garbage = join(folder.path, 'garbage.pem');
  writeFileSync(garbage, 'hunter2');

  test.each<[string, () => object, Readonly<Record<string, string>>, RegExp]>([
    [
      'a JKS as key store',
      () => ({ cf }),
      { JAVA_OPTS: `-Djavax.net.ssl.keyStore=${jks}` },
      /JAVA_OPTS.*javax\.net\.ssl\.keyStore: found .*real\.jks.*keytool -importkeystore .*-deststoretype PKCS12/i,
    ],
    [
      'a JKS as trust store',
      () => ({ cf }),
      { JAVA_TOOL_OPTIONS: `-Djavax.net.ssl.trustStore=${jks}` },
      /JAVA_TOOL_OPTIONS.*javax\.net\.ssl\.trustStore: found .*real\.jks.*keytool -importkeystore/i,
    ],
    [
      'a file that is not there',
      () => scraping({ ca_file: '/nowhere/ca.pem' }),
      {},
      /promregator\.yml:8:\d+: promregator\.scraping\.tls_config\.ca_file: found .*\/nowhere\/ca\.pem/,
    ],
    [
      'a folder',
      () => scraping({ ca_file: folder.path }),
      {},
      /promregator\.yml:8:\d+: promregator\.scraping\.tls_config\.ca_file: found .*promregator-test-/,
    ],
    [
      'a file without a certificate',
      () => ({ cf: { ...cf, tls_config: { ca_file: garbage } } }),
      {},
      /promregator\.yml:6:\d+: cf\.tls_config\.ca_file: found .*garbage\.pem/,
    ],
    [
      'a key of another certificate',
      () => scraping({ cert_file: byDefault.cert_file, key_file: foreign.key_file }),
      {},
      /promregator\.yml:9:\d+: promregator\.scraping\.tls_config\.key_file: found a key that does not fit/,
    ],
    [
      'a wrong password of a store',
      () => ({ cf }),
      {
        JAVA_OPTS: `-Djavax.net.ssl.keyStore=${join(folder.path, 'wrong.p12')} -Djavax.net.ssl.keyStorePassword=hunter2`,
      },
      /javax\.net\.ssl\.keyStorePassword: found a password that does not open/,
    ],
  ])('%s', async (_, config, env, expected) => {
    writeKeyStore(folder.path, 'wrong.p12', await simulator.certificates.clientCertificate('whoever'));
    const { code, stdout, stderr } = await runProgram({ command: 'serve', config: config(), env });
    expect([code, stderr]).toEqual([78, expect.stringMatching(expected)]);
    expect(stdout + stderr).not.toContain('hunter2');
  });
});
