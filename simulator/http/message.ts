import type { IncomingHttpHeaders } from 'node:http';

/** A request as it reached the router of the foundation. */
export interface SimulatedRequest {
  readonly method: string;
  /** As sent: path and query, nothing decoded. */
  readonly target: string;
  /** The target up to the question mark. */
  readonly path: string;
  /** What follows the question mark; empty without one. */
  readonly query: string;
  /** As sent, with port; empty when absent. */
  readonly host: string;
  /** Lower-case and without port. */
  readonly hostname: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly scheme: 'http' | 'https';
  readonly remoteAddress: string;
  /** If the client showed one that our authority signed. */
  readonly clientCertificate: ClientCertificate | undefined;
  /** Of requests to UAA; empty for others. */
  readonly body: string;
}

export interface ClientCertificate {
  readonly commonName: string;
  readonly der: Buffer;
}

export type Header = readonly [name: string, value: string];

/** What is sent back. Names are spelled as a Go router emits them. */
export interface Answer {
  readonly status: number;
  /** Where the usual phrase for the status is not what the real thing says. */
  readonly reason?: string;
  readonly headers: readonly Header[];
  /** Pieces go out one after the other without being copied together. */
  readonly body: string | Uint8Array | readonly Uint8Array[];
  /** The application takes this long to answer. */
  readonly delayMs?: number;
}

export const JSON_TYPE = 'application/json; charset=utf-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';
export const HTML_TYPE = 'text/html';

export function jsonAnswer(status: number, value: unknown, headers: readonly Header[] = []): Answer {
  return { status, headers: [['Content-Type', JSON_TYPE], ...headers], body: JSON.stringify(value) };
}

export function textAnswer(status: number, text: string, headers: readonly Header[] = []): Answer {
  return { status, headers: [['Content-Type', TEXT_TYPE], ...headers], body: text };
}

/** The pages that nginx makes itself, in its own layout. */
export function nginxAnswer(status: number, title: string, sentence?: string): Answer {
  const extra = sentence === undefined ? '' : `<center>${sentence}</center>\n`;
  const body =
    `<html>\n<head><title>${title}</title></head>\n<body>\n` +
    `<center><h1>${title}</h1></center>\n${extra}<hr><center>nginx</center>\n</body>\n</html>`;
  return { status, headers: [['Content-Type', HTML_TYPE]], body };
}

/** First value of a header; undefined when it is absent. */
export function headerOf(request: SimulatedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function bodyLength(body: Answer['body']): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  if (body instanceof Uint8Array) return body.byteLength;
  return body.reduce((sum, piece) => sum + piece.byteLength, 0);
}

export function bodyBytes(body: Answer['body']): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return Buffer.concat(body);
}

export function withHeaders(answer: Answer, ...headers: readonly Header[]): Answer {
  return { ...answer, headers: [...answer.headers, ...headers] };
}

export function hasHeader(answer: Pick<Answer, 'headers'>, name: string): boolean {
  return answer.headers.some(([each]) => each.toLowerCase() === name);
}
