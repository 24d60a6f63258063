import type { ExpositionFormat } from './content-type.js';
import { type BodyTail, createEofHoldback, type EofHoldback, HELD_LENGTH, splitTail } from './eof-holdback.js';
import { storedGzipMember } from './gzip-member.js';
import { leadingOpenMetricsSamples, ownDocument, ownSamples, type ScrapeOutcome } from './own-samples.js';

/** How the bytes on the wire are coded. A gzip body is never looked into. */
export type BodyCoding = 'identity' | 'gzip';

/** What body our samples join. */
export interface BodyForm {
  readonly format: ExpositionFormat;
  readonly coding: BodyCoding;
}

/**
 * Where our samples stand (facts/prometheus.md 2.4, 3.2, 3.4):
 * - `append`: as more lines or messages behind the body;
 * - `before_eof`: OpenMetrics as it is, ahead of the `# EOF` that has to stay last;
 * - `append_member`: as a gzip member of their own behind the body;
 * - `lead_member`: OpenMetrics in gzip, whose `# EOF` is out of reach: a member ahead of the body.
 */
export type Placement = 'append' | 'before_eof' | 'append_member' | 'lead_member';

const EMPTY = Buffer.alloc(0);

export function placementOf({ format, coding }: BodyForm): Placement {
  if (format === 'openmetrics') return coding === 'gzip' ? 'lead_member' : 'before_eof';
  return coding === 'gzip' ? 'append_member' : 'append';
}

/**
 * A whole body with our samples in their place; its pieces are passed on uncopied.
 *
 * A body of no bytes becomes our samples alone. OpenMetrics without its `# EOF` is passed on as it is: it was cut
 * short, and Prometheus has to notice.
 */
export function joinOwnSamples(body: readonly Buffer[], form: BodyForm, outcome: ScrapeOutcome): readonly Buffer[] {
  if (body.every((chunk) => chunk.length === 0)) return [emptyBody(form, outcome)];
  switch (placementOf(form)) {
    case 'append':
      return [...body, ownSamples(form.format, outcome)];
    case 'append_member':
      return [...body, storedGzipMember(ownSamples(form.format, outcome))];
    case 'lead_member':
      return [leadingMember(outcome), ...body];
    case 'before_eof':
      return joinBeforeEof(body, outcome);
  }
}

/** The same for a body that is passed on while it comes in. */
export interface StreamedJoin {
  /** To be sent ahead of the body, with what is known of the scrape by then; often empty. */
  start(outcome: ScrapeOutcome): Buffer;
  /** Takes the next bytes of the body; gives those that may go out. */
  push(chunk: Buffer): readonly Buffer[];
  /** To be sent after the last push; often our samples. */
  end(outcome: ScrapeOutcome): Buffer;
  /** In place of `end` where the body turned out to hold samples of these names itself. */
  endWithout(): Buffer;
}

/** State of one answer. For a body that may be empty use `joinOwnSamples`: here its head has gone out already. */
export function createStreamedJoin(form: BodyForm): StreamedJoin {
  const placement = placementOf(form);
  if (placement === 'before_eof') return joinStreamBeforeEof(createEofHoldback());
  return {
    start: (outcome) => (placement === 'lead_member' ? leadingMember(outcome) : EMPTY),
    push: (chunk) => [chunk],
    end: (outcome) => {
      if (placement === 'lead_member') return EMPTY;
      const samples = ownSamples(form.format, outcome);
      return placement === 'append' ? samples : storedGzipMember(samples);
    },
    endWithout: () => EMPTY,
  };
}

function joinStreamBeforeEof(holdback: EofHoldback): StreamedJoin {
  return {
    start: () => EMPTY,
    push: (chunk) => holdback.push(chunk),
    end: (outcome) => Buffer.concat(withinTail(holdback.end(), outcome)),
    endWithout() {
      const { body, eof } = holdback.end();
      return eof === undefined ? body : Buffer.concat([body, eof]);
    },
  };
}

function joinBeforeEof(body: readonly Buffer[], outcome: ScrapeOutcome): readonly Buffer[] {
  const last = body.at(-1);
  const pieces = last !== undefined && last.length >= HELD_LENGTH ? body : [Buffer.concat(body)];
  const tail = splitTail(pieces.at(-1) ?? EMPTY);
  return [...pieces.slice(0, -1), ...withinTail(tail, outcome)];
}

function withinTail({ body, eof }: BodyTail, outcome: ScrapeOutcome): readonly Buffer[] {
  return eof === undefined ? [body] : [body, ownSamples('openmetrics', outcome), eof];
}

function leadingMember(outcome: ScrapeOutcome): Buffer {
  return storedGzipMember(leadingOpenMetricsSamples(outcome));
}

function emptyBody({ format, coding }: BodyForm, outcome: ScrapeOutcome): Buffer {
  const document = ownDocument(format, outcome);
  return coding === 'gzip' ? storedGzipMember(document) : document;
}
