import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { ClientCertificate, SimulatedRequest } from './message.js';

/** Forms of token requests are small; a longer body is cut. */
const MAX_FORM_BYTES = 64 * 1024;

/** What Node parsed as our own value. The body comes apart, where one is wanted. */
export function requestFrom(incoming: IncomingMessage, scheme: 'http' | 'https', body = ''): SimulatedRequest {
  const target = originForm(incoming.url ?? '/');
  const mark = target.indexOf('?');
  const host = incoming.headers.host ?? '';
  return {
    method: incoming.method ?? 'GET',
    target,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    host,
    hostname: host.replace(/:\d*$/, '').toLowerCase(),
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    scheme,
    remoteAddress: incoming.socket.remoteAddress ?? '',
    clientCertificate: clientCertificateOf(incoming),
    body,
  };
}

/** Collects a form, then calls back; a client that leaves before that is forgotten. */
export function readForm(incoming: IncomingMessage, then: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  incoming.on('data', (chunk: Buffer) => {
    length += chunk.byteLength;
    if (length <= MAX_FORM_BYTES) chunks.push(chunk);
  });
  incoming.once('end', () => then(Buffer.concat(chunks).toString()));
}

/** A client that takes us for a proxy sends the whole address; Go's server understands that too (RFC 9112 3.2.2). */
function originForm(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '') || '/';
}

function clientCertificateOf(incoming: IncomingMessage): ClientCertificate | undefined {
  const { socket } = incoming;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject, raw } = socket.getPeerCertificate();
  const name: unknown = subject?.CN;
  return typeof name === 'string' ? { commonName: name, der: raw } : undefined;
}
