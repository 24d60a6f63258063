import type { ServerResponse } from 'node:http';
import type { ScrapeError } from '../scraping/scrape-error.js';
import type { AnswerHead, ScrapeSink } from '../scraping/scrape-sink.js';
import type { ScrapeControl } from '../scraping/scraper.js';
import { writeHead } from './respond.js';
import type { WhenOver } from './router.js';

/** Node sends a text together with the head, as one; up to here that is cheaper than pieces beside each other. */
const ONE_TEXT_BYTES = 4 * 1024;

/** Writes a scrape's answer to its caller. A class, since one is made for each scrape. */
export class AnswerSink implements ScrapeSink {
  readonly #response: ServerResponse;
  readonly #onFailure: (error: ScrapeError) => void;
  #scrape: ScrapeControl | undefined;

  constructor(response: ServerResponse, onFailure: (error: ScrapeError) => void) {
    this.#response = response;
    this.#onFailure = onFailure;
  }

  /** The scrape to be told when the caller leaves, or has taken all, and when it takes more. */
  follow(scrape: ScrapeControl, whenOver: WhenOver): void {
    this.#scrape = scrape;
    whenOver(() => scrape.abort());
  }

  whole(head: AnswerHead, body: readonly Buffer[]): void {
    const response = this.#response;
    let length = 0;
    for (const piece of body) length += piece.length;
    writeHead(response, 200, headersOf(head, length));
    if (length <= ONE_TEXT_BYTES) {
      // Byte for byte: latin1 has a character for each.
      response.end(Buffer.concat(body, length).toString('latin1'), 'latin1');
      return;
    }
    const last = body.length - 1;
    // Corked, head and pieces leave in one system call.
    response.cork();
    for (let index = 0; index < last; index += 1) response.write(body[index]);
    response.end(body[last]);
    response.uncork();
  }

  begin(head: AnswerHead): void {
    this.#response.on('drain', () => this.#scrape?.resume());
    writeHead(this.#response, 200, headersOf(head, undefined));
  }

  write(chunk: Buffer): boolean {
    return this.#response.write(chunk);
  }

  end(): void {
    this.#response.end();
  }

  /** Neither a last chunk nor the promised length: whoever reads sees that it is not whole (facts/prometheus.md 2.4). */
  breakOff(): void {
    this.#response.destroy();
  }

  fail(error: ScrapeError): void {
    if (!this.#response.headersSent) this.#onFailure(error);
  }
}

function headersOf({ contentType, coding }: AnswerHead, length: number | undefined): Record<string, string | number> {
  const headers: Record<string, string | number> = { 'content-type': contentType };
  if (length !== undefined) headers['content-length'] = length;
  if (coding === 'gzip') headers['content-encoding'] = 'gzip';
  return headers;
}
