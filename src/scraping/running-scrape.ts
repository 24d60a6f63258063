import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Authenticator } from '../credentials/authenticator.js';
import type { Target } from '../discovery/directory.js';
import { classifyContentType } from '../exposition/content-type.js';
import type { ScrapeOutcome } from '../exposition/own-samples.js';
import type { Connections } from '../outbound/connections.js';
import type { Exchange, Receiver, ResponseHeaders } from '../outbound/exchange.js';
import { header } from '../outbound/fetch-whole.js';
import type { OutboundError } from '../outbound/outbound-error.js';
import { AnswerBody, type BodyJob, type BodyOwner, type BodyParts } from './answer-body.js';
import {
  late,
  noToken,
  redirected,
  tokenLate,
  tooLarge,
  unreachable,
  wrongEncoding,
  wrongStatus,
  wrongType,
} from './failure.js';
import { isRedirect, MAX_REDIRECTS, type Redirect, readRedirect } from './redirect.js';
import type { ScrapeError } from './scrape-error.js';
import { withoutCredentials } from './without-credentials.js';

export interface ScrapeParts extends BodyParts {
  /** By the `tlsId` of an application; undefined: those of the default TLS settings. */
  readonly connectionsFor: (tlsId: string | undefined) => Connections;
  readonly clock: Clock;
  readonly pauseTimeoutMs: Milliseconds | undefined;
  readonly foreignRedirects: 'fail' | 'follow';
  readonly observe: { finished(report: FinishedScrape): void };
  readonly onGone: () => void;
  /** An inspection that came to no end is due again. */
  release(job: ScrapeJob, how: ScrapeEnd): void;
}

interface FinishedScrape {
  readonly target: Target;
  readonly error: ScrapeError | undefined;
  readonly durationMs: Milliseconds;
  readonly bytes: number;
  readonly aborted: boolean;
}

export interface ScrapeJob extends BodyJob {
  readonly authenticator: Authenticator;
  readonly limitMs: Milliseconds;
}

/** So much of an error's body is read to keep the connection, and for so long; more is not worth it. */
const DRAIN_BYTES = 64 * 1024;
const DRAIN_MS: Milliseconds = 1_000;

export type ScrapeEnd = 'answered' | 'failed' | 'aborted';

type Phase = 'authorizing' | 'waiting' | 'draining' | 'passing' | 'done';

/** One scrape from request to answer. A class, since it is the hot path and its methods are undici's callbacks. */
export class RunningScrape implements Receiver, BodyOwner {
  readonly #parts: ScrapeParts;
  readonly #job: ScrapeJob;
  readonly #startedAt: Milliseconds;
  #phase: Phase = 'waiting';
  #exchange: Exchange | undefined;
  #timer: Timer | undefined;
  #drainTimer: Timer | undefined;
  #address: { readonly origin: string; readonly path: string };
  #connections: Connections;
  #headers: Record<string, string> = {};
  #redirects = 0;
  /** A 401 is worth one more try with other credentials. */
  #isSecondTry = false;
  /** What to do when an answer that is no exposition has been read to its end. */
  #afterDrain: (() => void) | undefined;
  #body: AnswerBody | undefined;
  #bytes = 0;

  constructor(parts: ScrapeParts, job: ScrapeJob) {
    this.#parts = parts;
    this.#job = job;
    this.#address = job.target;
    this.#connections = parts.connectionsFor(job.target.application.tlsId);
    this.#startedAt = parts.clock.monotonic();
  }

  /** The headers are this scrape's own from now on; the authenticator's joins them. */
  start(headers: Record<string, string>): void {
    this.#headers = headers;
    this.#timer = this.#parts.clock.after(this.#job.limitMs, () => this.#onDeadline());
    this.#sendWith(this.#job.authenticator.authorization());
  }

  /** The caller left, or has taken all of the answer. */
  abort(): void {
    if (this.#phase === 'done') {
      this.#body?.release();
      return;
    }
    this.#exchange?.abort();
    this.#finish(undefined, 'aborted');
  }

  pause(): void {
    this.#exchange?.pause();
  }

  resume(): void {
    this.#exchange?.resume();
  }

  onHead(status: number, headers: ResponseHeaders): void {
    const { target } = this.#job;
    if (status !== 200) {
      this.#drain(isRedirect(status) ? () => this.#follow(headers) : () => this.#refused(status, headers));
      return;
    }
    if (Number(header(headers, 'content-length')) > this.#parts.maxResponseBytes) {
      this.giveUp(tooLarge(target, this.#parts.maxResponseBytes));
      return;
    }
    const contentType = header(headers, 'content-type');
    const encoding = header(headers, 'content-encoding')?.trim().toLowerCase() ?? '';
    const exposition = classifyContentType(contentType);
    if (exposition === undefined) {
      this.#drain(() => this.#fail(wrongType(target, contentType ?? '')));
    } else if (encoding !== '' && encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'x-gzip') {
      this.#drain(() => this.#fail(wrongEncoding(target, encoding)));
    } else {
      const coding = encoding.endsWith('gzip') ? 'gzip' : 'identity';
      this.#body = new AnswerBody(this, this.#parts, this.#job, { exposition, coding });
      this.#phase = 'passing';
    }
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#phase === 'draining') {
      if (this.#bytes > DRAIN_BYTES) this.#endDrain('cut');
    } else if (this.#bytes > this.#parts.maxResponseBytes) {
      this.giveUp(tooLarge(this.#job.target, this.#parts.maxResponseBytes));
    } else {
      this.#body?.push(chunk);
    }
  }

  onEnd(): void {
    if (this.#phase === 'draining') this.#endDrain('whole');
    else this.#body?.end();
  }

  onError(error: OutboundError): void {
    // What is wrong with a drained answer is known already, however it ends.
    if (this.#phase === 'draining') this.#endDrain('whole');
    else this.#fail(unreachable(this.#job.target, error));
  }

  answered(): void {
    this.#finish(undefined, 'answered');
  }

  giveUp(error: ScrapeError): void {
    this.#exchange?.abort();
    this.#fail(error);
  }

  outcome(): ScrapeOutcome {
    return { up: 1, durationSeconds: (this.#parts.clock.monotonic() - this.#startedAt) / 1000 };
  }

  /** At once where there is nothing to wait for, which is nearly always. */
  #sendWith(authorization: string | undefined | Promise<string>): void {
    if (typeof authorization === 'object') {
      this.#phase = 'authorizing';
      authorization.then(
        (value) => this.#authorized(value),
        (cause) => this.#fail(noToken(this.#job.target, cause)),
      );
      return;
    }
    if (authorization !== undefined) this.#headers['authorization'] = authorization;
    this.#send();
  }

  #authorized(value: string): void {
    if (this.#phase !== 'authorizing') return;
    this.#phase = 'waiting';
    this.#sendWith(value);
  }

  #send(): void {
    const { origin, path } = this.#address;
    const { pauseTimeoutMs } = this.#parts;
    this.#exchange = this.#connections.send(
      { origin, path, method: 'GET', headers: this.#headers, headTimeoutMs: pauseTimeoutMs, pauseTimeoutMs },
      this,
    );
  }

  /** Reads on to the end, which keeps the connection, and then does what is to be done. */
  #drain(afterDrain: () => void): void {
    this.#phase = 'draining';
    this.#afterDrain = afterDrain;
    this.#drainTimer = this.#parts.clock.after(DRAIN_MS, () => this.#endDrain('cut'));
  }

  #endDrain(how: 'whole' | 'cut'): void {
    this.#drainTimer?.cancel();
    if (how === 'cut') this.#exchange?.abort();
    this.#phase = 'waiting';
    this.#bytes = 0;
    this.#afterDrain?.();
  }

  /** A token that is no longer taken is replaced once; another status, or another 401, is the end. */
  #refused(status: number, headers: ResponseHeaders): void {
    const sent = this.#headers['authorization'];
    const isWorthAnother = status === 401 && sent !== undefined && !this.#isSecondTry;
    const another = isWorthAnother ? this.#job.authenticator.replacement(sent) : undefined;
    if (another !== undefined) {
      this.#isSecondTry = true;
      this.#sendWith(another);
      return;
    }
    const credentials = sent === undefined ? this.#certificateShown() : 'sent';
    this.#fail(wrongStatus(this.#job.target, { status, headers, credentials }));
  }

  #certificateShown(): 'certificate' | 'none' {
    return this.#connections.hasCertificate && this.#address.origin.startsWith('https:') ? 'certificate' : 'none';
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
      // Neither credentials nor the instance are another host's business, nor are the TLS settings made for this one.
      const { authorization: _, 'x-cf-app-instance': __, ...rest } = this.#headers;
      this.#headers = rest;
      this.#connections = this.#parts.connectionsFor(undefined);
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

  #onDeadline(): void {
    // What is wrong with a drained answer is known already, and no time is left for another try.
    this.#isSecondTry = true;
    if (this.#phase === 'draining') this.#endDrain('cut');
    if (this.#phase === 'done') return;
    const { target, limitMs, authenticator } = this.#job;
    if (this.#phase === 'authorizing') this.giveUp(tokenLate(target, limitMs, authenticator));
    else this.giveUp(late(target, limitMs, this.#phase === 'waiting' ? 'nothing' : 'head'));
  }

  #fail(raw: ScrapeError): void {
    if (this.#phase === 'done') return;
    const error = withoutCredentials(raw, this.#headers['authorization']);
    if (error.code === 'target_gone') this.#parts.onGone();
    this.#finish(error, 'failed');
    if (this.#body?.isStreaming) this.#job.sink.breakOff();
    else this.#job.sink.fail(error);
  }

  #finish(error: ScrapeError | undefined, how: ScrapeEnd): void {
    this.#phase = 'done';
    this.#timer?.cancel();
    this.#drainTimer?.cancel();
    this.#body?.close();
    if (how !== 'answered') this.#body?.release();
    this.#parts.release(this.#job, how);
    this.#parts.observe.finished({
      target: this.#job.target,
      error,
      durationMs: this.#parts.clock.monotonic() - this.#startedAt,
      bytes: this.#bytes,
      aborted: how === 'aborted',
    });
  }
}
