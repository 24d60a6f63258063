import type { Milliseconds } from '../base/duration.js';
import type { OutboundError } from './outbound-error.js';

/** One request, as whoever asks puts it. */
export interface OutboundRequest {
  /** `https://host[:port]`, without path. */
  readonly origin: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longest wait for the head of the answer; absent means that only the caller ends it. */
  readonly headTimeoutMs?: Milliseconds | undefined;
  /** Longest pause between bytes of the body. */
  readonly pauseTimeoutMs?: Milliseconds | undefined;
}

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Receiver {
  onHead(status: number, headers: ResponseHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(error: OutboundError): void;
}

export interface Exchange {
  /** Ends the request and its connection; the receiver hears nothing more. Idle once the request has ended. */
  abort(): void;
  pause(): void;
  resume(): void;
}
