import { getCiphers } from 'node:tls';

/**
 * OpenSSL's name of a cipher suite that is given by it, or by the name that Java and the RFCs use:
 * `ECDHE-RSA-AES128-GCM-SHA256` of `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. Undefined for one that Node does not have.
 */
export function openSslName(text: string): string | undefined {
  const known = new Set(getCiphers().map((name) => name.toUpperCase()));
  const written = text.trim().toUpperCase();
  return [written, translate(written)].find((name) => known.has(name));
}

/** Suites of TLS 1.3 have one name only. */
function translate(name: string): string {
  const [, keyExchange, rest] = /^TLS_(\w+)_WITH_(\w+)$/.exec(name) ?? [];
  if (keyExchange === undefined || rest === undefined) return name;
  const cipher = rest
    .replace(/^CHACHA20_POLY1305_SHA256$/, 'CHACHA20_POLY1305')
    .replace(/^AES_(128|256)_/, 'AES$1_')
    .replace('_CBC_', '_');
  return [...(keyExchange === 'RSA' ? [] : [keyExchange]), cipher].join('-').replaceAll('_', '-');
}
