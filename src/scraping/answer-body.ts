import type { Target } from '../discovery/directory.js';
import type { Exposition } from '../exposition/content-type.js';
import {
  type BodyCoding,
  type BodyForm,
  createStreamedJoin,
  joinOwnSamples,
  type StreamedJoin,
} from '../exposition/join-own-samples.js';
import { createNameScan, type NameScan } from '../exposition/name-scan.js';
import type { ScrapeOutcome } from '../exposition/own-samples.js';
import type { Log } from '../telemetry/log.js';
import { describeTarget } from './describe-target.js';
import { brokenGzip, buffersFull, tooLarge } from './failure.js';
import type { HeldBytes } from './held-bytes.js';
import type { InstanceState } from './instance-states.js';
import type { ScrapeError } from './scrape-error.js';
import type { AnswerHead, ScrapeSink } from './scrape-sink.js';
import { unpack } from './unpack.js';

/** The scrape that a body belongs to. */
export interface BodyOwner {
  /** The caller is slower than the instance. */
  pause(): void;
  /** The last bytes are about to go to the sink. */
  answered(): void;
  /** The body cannot be passed on. */
  giveUp(error: ScrapeError): void;
  /** What is known of the scrape by now. */
  outcome(): ScrapeOutcome;
}

export interface BodyParts {
  readonly log: Log;
  readonly heldBytes: HeldBytes;
  readonly maxResponseBytes: number;
  readonly maxBufferedBytes: number;
}

export interface BodyJob {
  readonly target: Target;
  readonly state: InstanceState;
  readonly sink: ScrapeSink;
  /** Search this body for our own names. */
  readonly inspect: boolean;
  /** The caller takes gzip of several members. */
  readonly gzipForCaller: boolean;
}

/** Up to here an answer is held before its head goes out, so that most failures are clean ones. */
const HOLD_BYTES = 1024 * 1024;

/**
 * The body of one answer on its way from the instance to the caller, our samples joining it: held while it is small,
 * streamed when it grows. Sizes are bounded by its owner.
 */
export class AnswerBody {
  readonly #owner: BodyOwner;
  readonly #parts: BodyParts;
  readonly #job: BodyJob;
  readonly #exposition: Exposition;
  readonly #coding: BodyCoding;
  readonly #scan: NameScan | undefined;
  #join: StreamedJoin | undefined;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isStreaming = false;
  #isClosed = false;

  constructor(owner: BodyOwner, parts: BodyParts, job: BodyJob, form: { exposition: Exposition; coding: BodyCoding }) {
    this.#owner = owner;
    this.#parts = parts;
    this.#job = job;
    this.#exposition = form.exposition;
    this.#coding = form.coding;
    if (job.inspect) this.#scan = createNameScan(form.exposition.format);
  }

  /** The head has gone out: a failure can only break the answer off. */
  get isStreaming(): boolean {
    return this.#isStreaming;
  }

  push(chunk: Buffer): void {
    if (this.#isStreaming) {
      this.#scan?.push(chunk);
      this.#pass(chunk);
    } else if (this.#hold(chunk) && !this.#needsUnpacking()) {
      this.#scan?.push(chunk);
      if (this.#heldBytes > HOLD_BYTES) this.#beginStreaming();
    }
  }

  end(): void {
    if (this.#isStreaming) {
      this.#endStreaming();
    } else if (this.#needsUnpacking()) {
      this.#unpack();
    } else {
      this.#noteOwnNames();
      this.#answer(this.#held, this.#coding);
    }
  }

  /** Nothing goes out any more but what the sink has been given. */
  close(): void {
    this.#isClosed = true;
  }

  /** What is held is counted until nobody holds it: the sink may, while its caller reads. */
  release(): void {
    this.#giveBack();
  }

  /** False when all scrapes together hold too much: the scrape has failed then. */
  #hold(chunk: Buffer): boolean {
    if (!this.#parts.heldBytes.take(chunk.length, this.#parts.maxBufferedBytes)) {
      this.#owner.giveUp(buffersFull(this.#job.target));
      return false;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    return true;
  }

  #giveBack(): void {
    this.#parts.heldBytes.give(this.#heldBytes);
    this.#heldBytes = 0;
    this.#held = [];
  }

  /** A gzip body that the caller cannot take, or that is to be searched, although identity was asked for. */
  #needsUnpacking(): boolean {
    return this.#coding === 'gzip' && (!this.#job.gzipForCaller || this.#scan !== undefined);
  }

  #unpack(): void {
    const { target } = this.#job;
    const packed = this.#held;
    let bytes = 0;
    this.#held = [];
    unpack(packed, {
      keep: (piece) => {
        if (this.#isClosed) return false;
        bytes += piece.length;
        const isTooLarge = bytes > this.#parts.maxResponseBytes;
        if (isTooLarge) this.#owner.giveUp(tooLarge(target, this.#parts.maxResponseBytes));
        if (isTooLarge || !this.#hold(piece)) return false;
        this.#scan?.push(piece);
        return true;
      },
      end: () => {
        if (this.#isClosed) return;
        this.#noteOwnNames();
        this.#answer(this.#held, 'identity');
      },
      fail: (cause) => {
        if (!this.#isClosed) this.#owner.giveUp(brokenGzip(target, cause));
      },
    });
  }

  #answer(body: readonly Buffer[], coding: BodyCoding): void {
    const { state, sink } = this.#job;
    const pieces = state.exportsOwnNames ? body : joinOwnSamples(body, this.#form(coding), this.#owner.outcome());
    this.#owner.answered();
    sink.whole(this.#head(coding), pieces);
  }

  #beginStreaming(): void {
    const { state, sink } = this.#job;
    this.#isStreaming = true;
    sink.begin(this.#head(this.#coding));
    if (this.#scan?.found().length) this.#noteOwnNames();
    if (!state.exportsOwnNames) {
      this.#join = createStreamedJoin(this.#form(this.#coding));
      const lead = this.#join.start(this.#owner.outcome());
      if (lead.length > 0) sink.write(lead);
    }
    const held = this.#held;
    this.#giveBack();
    for (const chunk of held) this.#pass(chunk);
  }

  #pass(chunk: Buffer): void {
    let takes = true;
    for (const piece of this.#join?.push(chunk) ?? [chunk]) takes = this.#job.sink.write(piece);
    if (!takes) this.#owner.pause();
  }

  #endStreaming(): void {
    const { state, sink } = this.#job;
    this.#noteOwnNames();
    const tail = state.exportsOwnNames ? this.#join?.endWithout() : this.#join?.end(this.#owner.outcome());
    if (tail !== undefined && tail.length > 0) sink.write(tail);
    this.#owner.answered();
    sink.end();
  }

  #form(coding: BodyCoding): BodyForm {
    return { format: this.#exposition.format, coding };
  }

  #head(coding: BodyCoding): AnswerHead {
    return { contentType: this.#exposition.contentType, coding };
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
}
