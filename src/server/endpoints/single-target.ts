import type { IncomingMessage, ServerResponse } from 'node:http';
import { SINGLE_TARGET_PATH } from '../../discovery/sd-document.js';
import { type AcceptNegotiation, createAcceptNegotiation } from '../../exposition/accept.js';
import { ownDocument } from '../../exposition/own-samples.js';
import type { ScrapeError } from '../../scraping/scrape-error.js';
import type { Scraper } from '../../scraping/scraper.js';
import { SCRAPE_TIMEOUT_HEADER } from '../../scraping/time-limit.js';
import { AnswerSink } from '../answer-sink.js';
import type { CurrentDirectory } from '../current-directory.js';
import { SCRAPE_STATUS } from '../error-table.js';
import type { Guard } from '../guard.js';
import type { LoopRefusal } from '../loop-refusal.js';
import { respond, respondText } from '../respond.js';
import type { Endpoint, Visit } from '../router.js';
import { RETRY_SECONDS } from './discovery.js';

export interface SingleTargetOptions {
  readonly guard: Guard;
  readonly current: CurrentDirectory;
  readonly scraper: Scraper;
  readonly loop: LoopRefusal;
  /** `metrics` answers a failed scrape as the original does: 200 with `promregator_up 0`. */
  readonly failureResponse: 'error' | 'metrics';
  readonly whyNotReady: () => string;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
}

/** `<app guid>/<index>`, and `/<segment>` where two rules scrape one instance in two ways. */
const KEY = /^[-0-9a-f]+\/\d+(\/[-\w]+)?$/;

export function singleTargetEndpoint(options: SingleTargetOptions): Endpoint {
  const accepts = createAcceptNegotiation();
  return {
    name: 'singleTargetMetrics',
    path: SINGLE_TARGET_PATH,
    takesRest: true,
    methods: ['GET', 'HEAD'],
    guard: options.guard,
    answer: (visit) => answer(visit, options, accepts),
  };
}

function answer(
  { request, response, rest, whenOver }: Visit,
  options: SingleTargetOptions,
  accepts: AcceptNegotiation,
): void {
  if (options.loop.refuses(request, response)) return;
  const { directory } = options.current;
  const target = directory?.byKey.get(rest);
  if (target === undefined) {
    refuse(response, rest, directory === undefined ? options.whyNotReady() : undefined);
    return;
  }
  const { headers } = request;
  const startedAt = options.monotonic();
  const sink = new AnswerSink(response, fail);
  const scrape = options.scraper.scrape(
    target,
    {
      accept: headers.accept,
      acceptEncoding: textOf(headers['accept-encoding']),
      userAgent: headers['user-agent'],
      grantedSeconds: textOf(headers[SCRAPE_TIMEOUT_HEADER]),
    },
    sink,
  );
  sink.follow(scrape, whenOver);

  function fail(error: ScrapeError): void {
    if (options.failureResponse === 'error') {
      respondText(response, SCRAPE_STATUS[error.code], error.message);
      return;
    }
    const { format, contentType } = accepts.preferred(request.headers.accept, ['text', 'openmetrics', 'protobuf']);
    const durationSeconds = (options.monotonic() - startedAt) / 1000;
    respond(response, { status: 200, contentType, body: ownDocument(format, { up: 0, durationSeconds }) });
  }
}

/** Before the first inventory nobody can say that an instance is unknown. */
function refuse(response: ServerResponse, key: string, notReady: string | undefined): void {
  if (key === '' || key.endsWith('/')) {
    respondText(response, 404, 'There is nothing at a path that ends in a slash.');
  } else if (!KEY.test(key)) {
    respondText(response, 400, `The path is ${SINGLE_TARGET_PATH}<application guid>/<instance number>.`);
  } else if (notReady !== undefined) {
    respondText(response, 503, notReady, { 'retry-after': RETRY_SECONDS });
  } else {
    respondText(
      response,
      404,
      `No rule selects instance ${key.slice(0, 120)}, or it is gone; /debug/discovery says why.`,
    );
  }
}

function textOf(value: IncomingMessage['headers'][string]): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
