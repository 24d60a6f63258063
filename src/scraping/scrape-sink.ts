import type { BodyCoding } from '../exposition/join-own-samples.js';
import type { ScrapeError } from './scrape-error.js';

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
