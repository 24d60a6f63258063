import type { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ServerTls } from './server-tls.js';

/** Whether the certificate that the client showed, or did not show, is good enough for us. */
export function isClientWelcome(socket: TLSSocket, tls: ServerTls): boolean {
  const { clientAuth, allowedSans } = tls;
  if (clientAuth === 'none') return true;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return clientAuth === 'request' || clientAuth === 'verify-if-given';
  const isVerified = clientAuth === 'require' || clientAuth === 'verify-if-given';
  if (isVerified && !socket.authorized) return false;
  if (allowedSans.length === 0) return true;
  const allowed = new Set(allowedSans.map(canonicalName));
  return subjectAlternativeNames(certificate).some((name) => allowed.has(name));
}

const NAMES_THAT_COUNT: ReadonlySet<string> = new Set(['DNS', 'IP Address', 'email', 'URI']);

/** Node's text `DNS:a.example, IP Address:127.0.0.1`; a value that could be mistaken stands in quotes, as JSON. */
function subjectAlternativeNames({ subjectAltName }: X509Certificate): readonly string[] {
  const entries = (subjectAltName ?? '').matchAll(/(?:^|, )([^:,"]+):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...entries]
    .filter(([, kind = '']) => NAMES_THAT_COUNT.has(kind))
    .map(([, , value = '']) => canonicalName(value.startsWith('"') ? String(JSON.parse(value)) : value));
}

/** Names are compared as they are, as exporter-toolkit does it; only an IPv6 address has several spellings. */
function canonicalName(name: string): string {
  return isIPv6(name) ? new URL(`http://[${name}]`).hostname : name;
}
