import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { describeError } from '../src/base/errors.js';
import { SimulatorError } from './simulator-error.js';

const run = promisify(execFile);

const VALID_DAYS = '30';

export interface KeyPair {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** `expired` since yesterday; `foreign`: signed by nobody that a client trusts. */
export type CertificateFlaw = 'expired' | 'foreign';

/** A certificate authority in a private folder. */
export interface Certificates {
  /** PEM of the authority: what a client has to trust. */
  readonly caFile: string;
  readonly ca: Buffer;
  /** The usual certificate, valid for the names given at the start. */
  readonly server: KeyPair;
  /** A further server certificate with the same key. Names may begin with `*.`. */
  serverCertificate(names: readonly string[]): Promise<KeyPair>;
  /** Such a certificate ready for a listener, with our authority for the clients'; flawed on request. */
  secureContext(names: readonly string[], flaw?: CertificateFlaw): Promise<SecureContext>;
  /** A client certificate with this common name. */
  clientCertificate(commonName: string): Promise<KeyPair>;
  /** Deletes the folder. */
  remove(): Promise<void>;
}

/** Makes them with the `openssl` command; fails with code `certificates` when that is missing. */
export async function createCertificates(names: readonly string[]): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'promregator-simulator-'));
  try {
    // RSA as routers have it; the authority is what nobody measures, so its key is the kind that is made at once.
    await Promise.all([makeAuthority(folder), openssl(folder, ['genrsa', '-out', 'server.key', '2048'])]);
    return await certificatesIn(folder, names);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function certificatesIn(folder: string, names: readonly string[]): Promise<Certificates> {
  const caFile = join(folder, 'ca.pem');
  const [ca, key] = await Promise.all([readFile(caFile), readFile(join(folder, 'server.key'))]);
  let serial = 1;
  const issue = async (commonName: string, extensions: string, flaw?: CertificateFlaw): Promise<Buffer> => {
    serial += 1;
    const name = `certificate-${serial}`;
    await writeFile(join(folder, `${name}.ext`), extensions);
    await openssl(folder, ['req', '-new', '-key', 'server.key', '-subj', `/CN=${commonName}`, '-out', `${name}.csr`]);
    await openssl(folder, [
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...(flaw === 'foreign' ? ['-signkey', 'server.key'] : ['-CA', 'ca.pem', '-CAkey', 'ca.key']),
      '-set_serial',
      String(serial),
      '-days',
      flaw === 'expired' ? '-1' : VALID_DAYS,
      '-sha256',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    ]);
    return readFile(join(folder, `${name}.pem`));
  };
  const serverCertificate = async (subjects: readonly string[], flaw?: CertificateFlaw): Promise<KeyPair> => {
    const cert = await issue(subjects[0] ?? 'localhost', serverExtensions(subjects), flaw);
    return { key, cert };
  };
  return {
    caFile,
    ca,
    server: await serverCertificate(names),
    serverCertificate,
    secureContext: async (subjects, flaw) => createSecureContext({ ...(await serverCertificate(subjects, flaw)), ca }),
    async clientCertificate(commonName) {
      return { key, cert: await issue(commonName, 'extendedKeyUsage=clientAuth\n') };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function makeAuthority(folder: string): Promise<void> {
  await openssl(folder, ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ca.key']);
  await openssl(folder, [
    'req',
    '-x509',
    '-new',
    '-key',
    'ca.key',
    '-sha256',
    '-days',
    VALID_DAYS,
    '-subj',
    '/CN=Simulated Cloud Foundry CA',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
    '-out',
    'ca.pem',
  ]);
}

function serverExtensions(names: readonly string[]): string {
  const subjects = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`));
  return `subjectAltName=${subjects.join(',')}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`;
}

async function openssl(folder: string, args: readonly string[]): Promise<void> {
  try {
    await run('openssl', args, { cwd: folder });
  } catch (error) {
    const sentence = `openssl ${args[0] ?? ''} failed (${describeError(error)}): install openssl`;
    throw new SimulatorError('certificates', sentence, { cause: error });
  }
}
