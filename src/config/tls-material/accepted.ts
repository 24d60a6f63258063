import { createSecureContext, DEFAULT_CIPHERS, type SecureContextOptions } from 'node:tls';
import type { TlsIdentity, TlsVersion } from '../config.js';
import type { Path } from '../path.js';
import type { MaterialContext } from './material.js';

export interface Handshake {
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
  /** OpenSSL's names, separated by colons. */
  readonly ciphers?: string | undefined;
  /** OpenSSL's names of groups, separated by colons. */
  readonly curves?: string | undefined;
}

/**
 * Whether OpenSSL takes a certificate and its key for such connections: it refuses keys that are too short, and hashes
 * that are too weak. Else this is said here, with its place, and not when the first connection is made.
 *
 * @param path of the option that gives the certificate
 */
export function isAccepted(
  identity: TlsIdentity,
  path: Path,
  handshake: Handshake,
  { reporter }: Pick<MaterialContext, 'reporter'>,
): boolean {
  const key = identity.key.reveal();
  try {
    createSecureContext({ cert: identity.certificate, key, ...settings(handshake) });
    return true;
  } catch (error) {
    reporter.error(path, {
      found: `a certificate or key that OpenSSL refuses: ${reasonOf(error)}`,
      expected: 'a key that is long enough, such as RSA of 2048 bits or EC, and a signature by SHA-256',
      remedy: 'have another certificate made for a new key',
    });
    return false;
  }
}

/** As connections have them later: versions below 1.2 are spoken at the lowest level of security only. */
function settings({ minVersion, maxVersion, ciphers, curves }: Handshake): SecureContextOptions {
  const old = [minVersion, maxVersion].some((version) => version === 'TLSv1' || version === 'TLSv1.1');
  const offered = old ? `${ciphers ?? DEFAULT_CIPHERS}:@SECLEVEL=0` : ciphers;
  return {
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(offered === undefined ? {} : { ciphers: offered }),
    ...(curves === undefined ? {} : { ecdhCurve: curves }),
  };
}

/** OpenSSL's own words, such as "ee key too small", name no contents. */
function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'reason' in error && typeof error.reason === 'string') {
    return error.reason;
  }
  return 'for reasons that it does not name';
}
