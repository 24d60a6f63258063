import type { Milliseconds } from '../base/duration.js';
import type { Connections } from './connections.js';
import type { OutboundRequest, ResponseHeaders } from './exchange.js';
import { gatherBody } from './gathered-body.js';
import { outboundError } from './outbound-error.js';

export interface WholeAnswer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Buffer;
}

export interface WholeLimits {
  readonly maxBytes: number;
  /** For the whole exchange; absent where head and pause time-outs bound it. */
  readonly deadlineMs?: Milliseconds;
}

/**
 * Sends a request and gathers the whole answer, whatever its status.
 *
 * @throws {OutboundError} when no complete answer arrives within the limits
 */
export function fetchWhole(
  connections: Connections,
  request: OutboundRequest,
  limits: WholeLimits,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    let body = gatherBody(undefined);
    let status = 0;
    let headers: ResponseHeaders = {};
    const exchange = connections.send(request, {
      onHead(answered, answeredHeaders) {
        status = answered;
        headers = answeredHeaders;
        body = gatherBody(header(answeredHeaders, 'content-length'));
      },
      onData(chunk) {
        if (body.length + chunk.length > limits.maxBytes) giveUp('too_large');
        else body.add(chunk);
      },
      onEnd() {
        clearTimeout(timer);
        resolve({ status, headers, body: body.whole() });
      },
      onError(error) {
        clearTimeout(timer);
        reject(error);
      },
    });
    const timer = limits.deadlineMs === undefined ? undefined : setTimeout(() => giveUp('deadline'), limits.deadlineMs);

    function giveUp(code: 'too_large' | 'deadline'): void {
      clearTimeout(timer);
      exchange.abort();
      reject(outboundError(code));
    }
  });
}

/** The first value of a header, by lower-case name. */
export function header(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
