import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

const NO_CACHE = 'no-cache';

const PLAIN = 'text/plain; charset=utf-8';

/** On whatever we answer: nobody guesses at what we send, and no page shows it as its own. */
export const SAFE_HEADERS = { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' } as const;

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | string;
  readonly headers?: OutgoingHttpHeaders;
}

/** A whole answer. HEAD gets its head: Node leaves the body out by itself. */
export function respond(response: ServerResponse, answer: Answer): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : answer.body;
  writeHead(response, answer.status, {
    'content-type': answer.contentType,
    'content-length': body.length,
    ...answer.headers,
  });
  response.end(body);
}

/** What the caller has is still right (RFC 9110 15.4.5): the headers that a 200 would have, and no body. */
export function respondNotModified(response: ServerResponse, extra: OutgoingHttpHeaders): void {
  writeHead(response, 304, extra);
  response.end();
}

/**
 * The head of any answer, with what each of them says. Headers that the response has already are the operator's (web
 * config file), so they stand above ours.
 */
export function writeHead(response: ServerResponse, status: number, own: OutgoingHttpHeaders): void {
  const headers: OutgoingHttpHeaders = { 'cache-control': NO_CACHE, ...SAFE_HEADERS, ...own };
  for (const name of response.getHeaderNames()) delete headers[name];
  response.writeHead(status, headers);
}

/** A sentence for whoever looks. It gets its line break here. */
export function respondText(
  response: ServerResponse,
  status: number,
  sentence: string,
  headers?: OutgoingHttpHeaders,
): void {
  respond(response, {
    status,
    contentType: PLAIN,
    body: `${sentence}\n`,
    ...(headers === undefined ? {} : { headers }),
  });
}
