import { gunzip } from 'node:zlib';
import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { errorCode } from '../base/errors.js';
import type { Target } from '../discovery/directory.js';
import { classifyContentType, type Exposition } from '../exposition/content-type.js';
import {
  type BodyCoding,
  type BodyForm,
  createStreamedJoin,
  joinOwnSamples,
  type StreamedJoin,
} from '../exposition/join-own-samples.js';
import { createNameScan, type NameScan } from '../exposition/name-scan.js';
import type { ScrapeOutcome } from '../exposition/own-samples.js';
import type { Connections, Exchange, Receiver, ResponseHeaders } from '../outbound/connections.js';
import { header } from '../outbound/fetch-whole.js';
import type { OutboundError } from '../outbound/outbound-error.js';
import type { Log } from '../telemetry/log.js';
import { describeTarget } from './describe-target.js';
import {
  brokenGzip,
  buffersFull,
  late,
  redirected,
  tooLarge,
  unreachable,
  wrongEncoding,
  wrongStatus,
  wrongType,
} from './failure.js';
import type { HeldBytes } from './held-bytes.js';
import type { InstanceState } from './instance-states.js';
import { isRedirect, MAX_REDIRECTS, type Redirect, readRedirect } from './redirect.js';
import type { ScrapeError } from './scrape-error.js';

/** What a caller says that matters to a scrape; absent headers are undefined. */
export interface Caller {
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly userAgent: string | undefined;
  /** Value of `X-Prometheus-Scrape-Timeout-Seconds`. */
  readonly grantedSeconds: string | undefined;
}

/** Where an answer goes. Either `whole`, or `begin`, `write`s and one of `end` and `breakOff`, or `fail`. */
export interface ScrapeSink {
  whole(head: AnswerHead, body: readonly Buffer[]): void;
  begin(head: AnswerHead): void;
  /** False when the caller is slower than the instance: `resume` of the scrape is called when it takes more. */
  write(chunk: Buffer): boolean;
  end(): void;
  /** The body cannot be completed: the caller has to see that. */
  breakOff(): void;
  /** Nothing of the answer has been sent. */
  fail(error: ScrapeError): void;
}

export interface AnswerHead {
  readonly contentType: string;
  readonly coding: BodyCoding;
}

export interface ScrapeParts {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly log: Log;
  readonly heldBytes: HeldBytes;
  readonly pauseTimeoutMs: Milliseconds | undefined;
  readonly foreignRedirects: 'fail' | 'follow';
  readonly maxResponseBytes: number;
  readonly observe: { finished(report: FinishedScrape): void };
  readonly onGone: () => void;
  release(state: InstanceState): void;
}

interface FinishedScrape {
  readonly target: Target;
  readonly error: ScrapeError | undefined;
  readonly durationMs: Milliseconds;
  readonly bytes: number;
  readonly aborted: boolean;
}

export interface ScrapeJob {
  readonly target: Target;
  readonly state: InstanceState;
  readonly sink: ScrapeSink;
  /** Search this body for our own names. */
  readonly inspect: boolean;
  /** The caller takes gzip of several members. */
  readonly gzipForCaller: boolean;
  readonly limitMs: Milliseconds;
}

/** Up to here an answer is held before its head goes out, so that most failures are clean ones. */
const HOLD_BYTES = 1024 * 1024;
/** So much of an error's body is read to keep the connection; more is not worth it. */
const DRAIN_BYTES = 64 * 1024;

type Phase = 'waiting' | 'draining' | 'holding' | 'streaming' | 'done';

/** One scrape from request to answer. A class, since it is the hot path and its methods are undici's callbacks. */
export class RunningScrape implements Receiver {
  readonly #parts: ScrapeParts;
  readonly #job: ScrapeJob;
  readonly #startedAt: Milliseconds;
  #phase: Phase = 'waiting';
  #exchange: Exchange | undefined;
  #timer: Timer | undefined;
  #address: { readonly origin: string; readonly path: string };
  #headers: Readonly<Record<string, string>> = {};
  #redirects = 0;
  /** What to do when an answer that is no exposition has been read to its end. */
  #afterDrain: (() => void) | undefined;
  #exposition: Exposition | undefined;
  #coding: BodyCoding = 'identity';
  #scan: NameScan | undefined;
  #join: StreamedJoin | undefined;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #bytes = 0;

  constructor(parts: ScrapeParts, job: ScrapeJob) {
    this.#parts = parts;
    this.#job = job;
    this.#address = job.target;
    this.#startedAt = parts.clock.monotonic();
  }

  start(headers: Readonly<Record<string, string>>): void {
    this.#headers = headers;
    this.#timer = this.#parts.clock.after(this.#job.limitMs, () => this.#onDeadline());
    this.#send();
  }

  abort(): void {
    if (this.#phase === 'done') return;
    this.#exchange?.abort();
    this.#finish(undefined, 'aborted');
  }

  resume(): void {
    this.#exchange?.resume();
  }

  onHead(status: number, headers: ResponseHeaders): void {
    const { target } = this.#job;
    if (status !== 200) {
      this.#drain(
        isRedirect(status) ? () => this.#follow(headers) : () => this.#fail(wrongStatus(target, status, headers)),
      );
      return;
    }
    const contentType = header(headers, 'content-type');
    const encoding = header(headers, 'content-encoding')?.trim().toLowerCase() ?? '';
    this.#exposition = classifyContentType(contentType);
    if (this.#exposition === undefined) {
      this.#drain(() => this.#fail(wrongType(target, contentType ?? '')));
    } else if (encoding !== '' && encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'x-gzip') {
      this.#drain(() => this.#fail(wrongEncoding(target, encoding)));
    } else {
      this.#coding = encoding.endsWith('gzip') ? 'gzip' : 'identity';
      if (this.#job.inspect && this.#coding === 'identity') this.#scan = createNameScan(this.#exposition.format);
      this.#phase = 'holding';
    }
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#phase === 'draining') {
      if (this.#bytes > DRAIN_BYTES) this.#endDrain('cut');
      return;
    }
    if (this.#bytes > this.#parts.maxResponseBytes) {
      this.#stop(tooLarge(this.#job.target, this.#parts.maxResponseBytes));
      return;
    }
    this.#scan?.push(chunk);
    if (this.#phase === 'streaming') {
      this.#pass(chunk);
      return;
    }
    if (!this.#parts.heldBytes.take(chunk.length)) {
      this.#stop(buffersFull(this.#job.target));
      return;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > HOLD_BYTES && !this.#needsPlain()) this.#beginStreaming();
  }

  onEnd(): void {
    if (this.#phase === 'draining') {
      this.#endDrain('whole');
    } else if (this.#phase === 'streaming') {
      this.#noteOwnNames();
      const tail = this.#job.state.exportsOwnNames ? this.#join?.endWithout() : this.#join?.end(this.#outcome());
      if (tail !== undefined && tail.length > 0) this.#job.sink.write(tail);
      this.#finish(undefined, 'answered');
      this.#job.sink.end();
    } else if (this.#needsPlain()) {
      this.#unpack();
    } else {
      this.#noteOwnNames();
      this.#answer(this.#held, this.#coding);
    }
  }

  onError(error: OutboundError): void {
    this.#fail(unreachable(this.#job.target, error));
  }

  #send(): void {
    this.#exchange = this.#parts.connections.send(
      {
        ...this.#address,
        method: 'GET',
        headers: this.#headers,
        headTimeoutMs: this.#parts.pauseTimeoutMs,
        pauseTimeoutMs: this.#parts.pauseTimeoutMs,
      },
      this,
    );
  }

  /** Reads on to the end, which keeps the connection, and then does what is to be done. */
  #drain(afterDrain: () => void): void {
    this.#phase = 'draining';
    this.#afterDrain = afterDrain;
  }

  #endDrain(how: 'whole' | 'cut'): void {
    if (how === 'cut') this.#exchange?.abort();
    this.#phase = 'waiting';
    this.#bytes = 0;
    this.#afterDrain?.();
  }

  #follow(headers: ResponseHeaders): void {
    const redirect = readRedirect(header(headers, 'location'), this.#address);
    this.#redirects += 1;
    const reason = this.#reasonNotToFollow(redirect);
    if (redirect.kind === 'refused' || reason !== undefined) {
      this.#fail(redirected(this.#job.target, reason ?? 'a redirect'));
      return;
    }
    if (redirect.kind === 'foreign') {
      // Neither credentials nor the instance are another host's business.
      const { authorization: _, 'x-cf-app-instance': __, ...rest } = this.#headers;
      this.#headers = rest;
    }
    this.#address = { origin: redirect.origin, path: redirect.path };
    this.#send();
  }

  #reasonNotToFollow(redirect: Redirect): string | undefined {
    if (redirect.kind === 'refused') return redirect.reason;
    if (this.#redirects > MAX_REDIRECTS) return `more than ${MAX_REDIRECTS} redirects`;
    if (redirect.kind === 'same' || this.#parts.foreignRedirects === 'follow') return undefined;
    return `a redirect to another host, ${redirect.origin}, which is not followed`;
  }

  /** A gzip body that the caller cannot take, because it should have come as identity. */
  #needsPlain(): boolean {
    return this.#coding === 'gzip' && !this.#job.gzipForCaller;
  }

  #unpack(): void {
    const { target } = this.#job;
    const maxOutputLength = this.#parts.maxResponseBytes;
    gunzip(Buffer.concat(this.#held), { maxOutputLength }, (error, plain) => {
      if (this.#phase === 'done') return;
      if (error === null) this.#answer([plain], 'identity');
      else if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') this.#fail(tooLarge(target, maxOutputLength));
      else this.#fail(brokenGzip(target, error));
    });
  }

  #answer(body: readonly Buffer[], coding: BodyCoding): void {
    const form = this.#form(coding);
    if (form === undefined) return;
    const pieces = this.#job.state.exportsOwnNames ? body : joinOwnSamples(body, form, this.#outcome());
    this.#finish(undefined, 'answered');
    this.#job.sink.whole({ contentType: form.contentType, coding }, pieces);
  }

  #beginStreaming(): void {
    const form = this.#form(this.#coding);
    if (form === undefined) return;
    this.#phase = 'streaming';
    this.#job.sink.begin({ contentType: form.contentType, coding: this.#coding });
    if (this.#scan?.found().length) this.#noteOwnNames();
    if (!this.#job.state.exportsOwnNames) {
      this.#join = createStreamedJoin(form);
      const lead = this.#join.start(this.#outcome());
      if (lead.length > 0) this.#job.sink.write(lead);
    }
    const held = this.#held;
    this.#giveBack();
    for (const chunk of held) this.#pass(chunk);
  }

  #pass(chunk: Buffer): void {
    let takes = true;
    for (const piece of this.#join?.push(chunk) ?? [chunk]) takes = this.#job.sink.write(piece);
    if (!takes) this.#exchange?.pause();
  }

  #form(coding: BodyCoding): (BodyForm & { readonly contentType: string }) | undefined {
    if (this.#exposition === undefined) return undefined;
    return { format: this.#exposition.format, contentType: this.#exposition.contentType, coding };
  }

  #outcome(): ScrapeOutcome {
    return { up: 1, durationSeconds: (this.#parts.clock.monotonic() - this.#startedAt) / 1000 };
  }

  /** After a search; leaves it as it was where nothing was searched. */
  #noteOwnNames(): void {
    const found = this.#scan?.found();
    if (found === undefined) return;
    const { state, target } = this.#job;
    if (found.length > 0 && !state.exportsOwnNames) {
      this.#parts.log.warn('an application exports names of ours itself; ours are left out there', {
        target: describeTarget(target),
        names: found.join(' '),
      });
    }
    state.exportsOwnNames = found.length > 0;
  }

  #onDeadline(): void {
    const seen = this.#phase === 'waiting' ? 'nothing' : 'head';
    this.#stop(late(this.#job.target, this.#job.limitMs, seen));
  }

  /** Gives up on an exchange that is still running. */
  #stop(error: ScrapeError): void {
    this.#exchange?.abort();
    this.#fail(error);
  }

  #fail(error: ScrapeError): void {
    if (this.#phase === 'done') return;
    const headIsOut = this.#phase === 'streaming';
    if (error.code === 'target_gone') this.#parts.onGone();
    this.#finish(error, 'failed');
    if (headIsOut) this.#job.sink.breakOff();
    else this.#job.sink.fail(error);
  }

  #finish(error: ScrapeError | undefined, how: 'answered' | 'failed' | 'aborted'): void {
    this.#phase = 'done';
    this.#timer?.cancel();
    this.#giveBack();
    this.#parts.release(this.#job.state);
    this.#parts.observe.finished({
      target: this.#job.target,
      error,
      durationMs: this.#parts.clock.monotonic() - this.#startedAt,
      bytes: this.#bytes,
      aborted: how === 'aborted',
    });
  }

  #giveBack(): void {
    this.#parts.heldBytes.give(this.#heldBytes);
    this.#heldBytes = 0;
    this.#held = [];
  }
}
