import { createSecureContext, DEFAULT_CIPHERS, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsConfig } from '../config/config.js';
import { systemAuthorities } from './system-authorities.js';

/** Make it once for many connections: parsing the system's certificates would cost each more than its handshake. */
export function createTlsContext(tls: Omit<TlsConfig, 'serverName' | 'verify'>): SecureContext {
  return createSecureContext({
    ...authorities(tls.certificateAuthorities),
    ...versions(tls.minVersion),
    ...(tls.identity === undefined ? {} : { cert: tls.identity.certificate, key: tls.identity.key.reveal() }),
  });
}

function authorities(own: readonly string[]): SecureContextOptions {
  return own.length === 0 ? {} : { ca: [...systemAuthorities(), ...own] };
}

/** OpenSSL 3 speaks versions below 1.2 at its lowest level of security only; whoever asks for them means them. */
function versions(minVersion: TlsConfig['minVersion']): SecureContextOptions {
  if (minVersion === undefined) return {};
  const old = minVersion === 'TLSv1' || minVersion === 'TLSv1.1';
  return { minVersion, ...(old ? { ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=0` } : {}) };
}
