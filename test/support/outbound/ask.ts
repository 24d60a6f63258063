import type { Connections } from '../../../src/outbound/connections.js';
import type { Exchange, OutboundRequest, ResponseHeaders } from '../../../src/outbound/exchange.js';
import type { OutboundError } from '../../../src/outbound/outbound-error.js';

/** What a receiver heard of one request, in the order in which it heard it. */
export interface Asked {
  readonly exchange: Exchange;
  /** `head 200`, `data`, `end`, `error reset`. */
  readonly events: readonly string[];
  /** Settles with the end or the error; never after an abort. */
  readonly outcome: Promise<Outcome>;
  /** Settles with the head. */
  readonly head: Promise<void>;
}

export type Outcome =
  | { readonly status: number; readonly headers: ResponseHeaders; readonly body: string }
  | { readonly error: OutboundError };

export function ask(
  connections: Connections,
  request: Partial<OutboundRequest> & Pick<OutboundRequest, 'origin'>,
): Asked {
  const events: string[] = [];
  const chunks: Buffer[] = [];
  let status = 0;
  let headers: ResponseHeaders = {};
  const outcome = deferred<Outcome>();
  const head = deferred<void>();
  const exchange = connections.send(
    { path: '/', method: 'GET', headers: {}, ...request },
    {
      onHead(answered, answeredHeaders) {
        events.push(`head ${answered}`);
        status = answered;
        headers = answeredHeaders;
        head.resolve();
      },
      onData(chunk) {
        if (events.at(-1) !== 'data') events.push('data');
        chunks.push(chunk);
      },
      onEnd() {
        events.push('end');
        outcome.resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
      },
      onError(error) {
        events.push(`error ${error.code}`);
        outcome.resolve({ error });
      },
    },
  );
  return { exchange, events, outcome: outcome.promise, head: head.promise };
}

/** The code of the failure, or the status of the answer: what a row of a table compares. */
export function inShort(outcome: Outcome): string {
  return 'error' in outcome ? outcome.error.code : String(outcome.status);
}

export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
