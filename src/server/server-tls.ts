import { constants } from 'node:crypto';
import { DEFAULT_CIPHERS, type SecureVersion, type TlsOptions } from 'node:tls';
import type { Milliseconds } from '../base/duration.js';
import type { Secret } from '../base/secret.js';

/** How we speak TLS to those who call us. Contents, never names of files. */
export interface ServerTls {
  /** PEM texts; the chain behind the leaf. */
  readonly identity: { readonly certificate: string; readonly key: Secret };
  /** PEM texts of those who may sign client certificates. */
  readonly clientAuthorities: readonly string[];
  /** As exporter-toolkit tells them apart; `require` verifies, `require-any` takes whatever certificate there is. */
  readonly clientAuth: 'none' | 'request' | 'require-any' | 'verify-if-given' | 'require';
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  /** OpenSSL's names, separated by colons. */
  readonly ciphers?: string;
  /** OpenSSL's names of groups for the key exchange, separated by colons. */
  readonly curves?: string;
  /** Of which a client certificate must have one; empty: any. */
  readonly allowedSans: readonly string[];
}

/** Prometheus and browsers need a fraction of a second. */
const HANDSHAKE_MS: Milliseconds = 10_000;

/** In Node's words. Only HTTP/1.1 is offered: a scrape is one request and one answer, which h2 does not make cheaper. */
export function tlsOptions(tls: ServerTls): TlsOptions {
  const { identity, clientAuth, minVersion, maxVersion, curves } = tls;
  const ciphers = ciphersOf(tls);
  return {
    cert: identity.certificate,
    key: identity.key.reveal(),
    // An empty list trusts nobody; without the option it would be everybody's authorities.
    ca: [...tls.clientAuthorities],
    requestCert: clientAuth !== 'none',
    rejectUnauthorized: clientAuth === 'require',
    handshakeTimeout: HANDSHAKE_MS,
    // A client could ask for one expensive handshake after the other on one connection (TLS 1.2; 1.3 has none).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ALPNProtocols: ['http/1.1'],
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(curves === undefined ? {} : { ecdhCurve: curves }),
    ...(ciphers === undefined ? {} : { ciphers }),
  };
}

/** OpenSSL 3 refuses TLS 1.0 and 1.1, whatever is allowed, unless its level of security is 0. */
function ciphersOf({ ciphers, minVersion, maxVersion }: ServerTls): string | undefined {
  const isOld = [minVersion, maxVersion].some((version) => version === 'TLSv1' || version === 'TLSv1.1');
  return isOld ? `${ciphers ?? DEFAULT_CIPHERS}:@SECLEVEL=0` : ciphers;
}
