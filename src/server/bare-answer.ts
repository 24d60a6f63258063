import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { SAFE_HEADERS } from './respond.js';

export interface BareAnswer {
  readonly status: number;
  readonly sentence: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer to what Node made no request of. The connection ends with it, since nobody knows where the next begins. */
export function answerBare(socket: Duplex, { status, sentence, headers }: BareAnswer): void {
  const body = `${sentence}\n`;
  const all: Readonly<Record<string, string>> = {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...SAFE_HEADERS,
    ...headers,
    connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
}

/**
 * Status and words for what Node's parser says. A method that it does not know is refused as any other that we do not
 * take; in bytes that are no HTTP at all it sees one too.
 */
export function answerToParseError(error: NodeJS.ErrnoException & { readonly rawPacket?: unknown }): BareAnswer {
  if (error.code === 'HPE_HEADER_OVERFLOW') return plain(431, 'The head of the request is longer than 16 KiB.');
  if (error.code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return plain(413, 'The extensions of a chunk are too long.');
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return plain(408, 'The request did not come in time.');
  const { rawPacket } = error;
  const isRequestLine = rawPacket instanceof Uint8Array && REQUEST_LINE.test(Buffer.from(rawPacket).toString('latin1'));
  if (error.code === 'HPE_INVALID_METHOD' && isRequestLine) return UNKNOWN_METHOD;
  return plain(400, 'This is no HTTP request.');
}

/** The whole server's: which of them a path takes is not asked for methods that no path takes. */
export const UNKNOWN_METHOD: BareAnswer = {
  status: 405,
  sentence: 'This server takes GET, HEAD, POST and PUT.',
  headers: { allow: 'GET, HEAD, POST, PUT' },
};

const REQUEST_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40} \S+ HTTP\/1\.[01]\r\n/;

function plain(status: number, sentence: string): BareAnswer {
  return { status, sentence, headers: {} };
}
