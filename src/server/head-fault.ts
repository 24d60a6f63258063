import type { IncomingMessage } from 'node:http';

/** Why a request is refused whatever it asks for, and with which status. */
export interface HeadFault {
  readonly status: 400 | 417 | 431 | 505;
  readonly sentence: string;
}

/** Browsers send about 20, proxies some more. Node itself would pass over those beyond 2,000 without a word. */
const MOST_HEADERS = 200;

/** A name, an IPv4 address or an IPv6 address in brackets, and a port. Names with `_` are common in clusters. */
export const HOST = /^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/;

/**
 * What Node's parser lets pass and a proxy before us may read in another way: where a message ends (RFC 9112, 6.1 and
 * 11.2) and whom it is for (3.2). Undefined is a good head. Stands on the path of every scrape.
 */
export function faultOfHead(request: IncomingMessage): HeadFault | undefined {
  const { rawHeaders, headers, httpVersion } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return { status: 505, sentence: 'This server speaks HTTP/1.1.' };
  if (rawHeaders.length > 2 * MOST_HEADERS) {
    return { status: 431, sentence: `The request has more than ${MOST_HEADERS} headers.` };
  }
  if (isFaultyCoding(headers['transfer-encoding'], httpVersion)) {
    return { status: 400, sentence: 'Of transfer codings, this server takes chunked alone, in HTTP/1.1.' };
  }
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    return { status: 417, sentence: 'Of expectations, this server takes 100-continue alone.' };
  }
  const hosts = hostsIn(rawHeaders);
  if (hosts > 1) return { status: 400, sentence: 'The request names its Host more than once.' };
  const { host } = headers;
  if (host === undefined) {
    return httpVersion === '1.1' ? { status: 400, sentence: 'The request lacks its Host header.' } : undefined;
  }
  // Empty is what a client sends that knows no name (RFC 9112, 3.2).
  return host === '' || isHost(host) ? undefined : { status: 400, sentence: 'The Host header names no host.' };
}

/** In HTTP/1.0 it counts as a message whose end nobody knows (RFC 9112, 6.1). */
function isFaultyCoding(coding: string | undefined, httpVersion: string): boolean {
  return coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0');
}

function isHost(text: string): boolean {
  const match = HOST.exec(text);
  const port = Number(match?.[2] ?? 80);
  return match !== null && port > 0 && port <= 65_535;
}

/** `headers` would hold the first alone. */
function hostsIn(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}
