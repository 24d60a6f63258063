import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

export const NO_CACHE = 'no-cache';

/** Nobody guesses at what we send, and no page shows it as its own. */
const SAFETY = { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' } as const;

const PLAIN = 'text/plain; charset=utf-8';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | string;
  readonly headers?: OutgoingHttpHeaders;
}

/**
 * A whole answer. HEAD gets its head: Node leaves the body out by itself. Headers that the response has already are the
 * operator's (web config file), so they stand above ours.
 */
export function respond(response: ServerResponse, answer: Answer): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : answer.body;
  const headers: OutgoingHttpHeaders = {
    'content-type': answer.contentType,
    'content-length': body.length,
    'cache-control': NO_CACHE,
    ...SAFETY,
    ...answer.headers,
  };
  for (const name of response.getHeaderNames()) delete headers[name];
  response.writeHead(answer.status, headers);
  response.end(body);
}

/** What the caller has is still right (RFC 9110 15.4.5): the headers that a 200 would have, and no body. */
export function respondNotModified(response: ServerResponse, extra: OutgoingHttpHeaders): void {
  const headers: OutgoingHttpHeaders = { 'cache-control': NO_CACHE, ...SAFETY, ...extra };
  for (const name of response.getHeaderNames()) delete headers[name];
  response.writeHead(304, headers);
  response.end();
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
