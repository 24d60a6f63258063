import type { Socket } from 'node:net';
import type { Client, Dispatcher } from 'undici';
import type { Milliseconds } from '../base/duration.js';
import type { Exchange, OutboundRequest, Receiver, ResponseHeaders } from './exchange.js';
import { type OutboundError, proxyRefusal, toOutboundError, unclearRefusal } from './outbound-error.js';
import type { OutboundProxy } from './proxy.js';

/** Undici measures time-outs in steps of half a second; 0 turns its own off. */
export const NO_TIMEOUT = 0;

/** A socket of undici's, and what we know of it. */
export interface Connection {
  readonly origin: string;
  readonly client: Client;
  /** The proxy that is sent the requests themselves; undefined where they go to the origin. */
  readonly forwardedBy: OutboundProxy | undefined;
  /** Undefined until it is connected. */
  socket: Socket | undefined;
  bornAt: Milliseconds;
  /** Answers received on it: the first request on a connection is never sent twice. */
  served: number;
  state: 'busy' | 'idle' | 'gone';
}

/** Where connections come from and go to. */
export interface Pool {
  lease(origin: string): Connection;
  open(origin: string): Connection;
  release(connection: Connection): void;
  drop(connection: Connection): void;
}

/** One request on one connection, or on two when the first was dead already. */
export class PooledExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #request: OutboundRequest;
  readonly #receiver: Receiver;
  readonly #pool: Pool;
  #connection: Connection | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #headSeen = false;
  #retried = false;
  #ended = false;

  constructor(request: OutboundRequest, receiver: Receiver, pool: Pool) {
    this.#request = request;
    this.#receiver = receiver;
    this.#pool = pool;
  }

  /** An origin that is none (a tenant's host name may be legal there and no URL) fails the request, not the caller. */
  startBy(lease: () => Connection): void {
    try {
      this.start(lease());
    } catch (cause) {
      this.fail(toOutboundError(cause));
    }
  }

  start(connection: Connection): void {
    const { path, method, headers, body, headTimeoutMs, pauseTimeoutMs } = this.#request;
    const proxy = connection.forwardedBy;
    this.#connection = connection;
    connection.client.dispatch(
      {
        // To a proxy a request names its whole target (RFC 9112, 3.2.2).
        path: proxy === undefined ? path : `${connection.origin}${path}`,
        method,
        headers: proxy === undefined ? headers : { ...headers, ...proxy.headers() },
        body: body ?? null,
        headersTimeout: headTimeoutMs ?? NO_TIMEOUT,
        bodyTimeout: pauseTimeoutMs ?? NO_TIMEOUT,
      },
      this,
    );
  }

  /** Not before `send` has returned: undici may refuse a request while it is handed over. */
  fail(error: OutboundError): void {
    queueMicrotask(() => {
      if (this.#ended) return;
      this.#ended = true;
      this.#receiver.onError(error);
    });
  }

  abort(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#connection !== undefined) this.#pool.drop(this.#connection);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (status < 200) return;
    this.#headSeen = true;
    if (status === 407 && this.#connection?.forwardedBy !== undefined) {
      this.#refusedBy(this.#connection.forwardedBy, headers);
      return;
    }
    if (!this.#ended) this.#receiver.onHead(status, headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#ended) this.#receiver.onData(chunk);
  }

  onResponseEnd(): void {
    const connection = this.#connection;
    // An answer that ends its connection does so only after this call: released earlier, it would be taken for a kept one.
    if (connection !== undefined) queueMicrotask(() => this.#pool.release(connection));
    if (this.#ended) return;
    this.#ended = true;
    this.#receiver.onEnd();
  }

  onResponseError(_: Dispatcher.DispatchController, cause: Error): void {
    const connection = this.#connection;
    if (connection === undefined || this.#ended) return;
    this.#pool.drop(connection);
    const error = toOutboundError(cause);
    if (error.code === 'reset' && this.#diedWhileKept(connection)) {
      this.#retried = true;
      this.start(this.#pool.open(connection.origin));
      return;
    }
    this.fail(error);
  }

  /** A proxy says how it wants to be asked (RFC 9110, 11.7.1), and the application has not been asked then. */
  #refusedBy(proxy: OutboundProxy, headers: ResponseHeaders): void {
    if (this.#ended) return;
    this.abort();
    const isItsOwn = headers['proxy-authenticate'] !== undefined;
    this.#receiver.onError(isItsOwn ? proxyRefusal(proxy.name, 407) : unclearRefusal(proxy.name));
  }

  #diedWhileKept(connection: Connection): boolean {
    return connection.served > 0 && !this.#headSeen && !this.#retried && this.#request.method === 'GET';
  }
}
