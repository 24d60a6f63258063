import { Agent, get, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Milliseconds } from '../../src/base/duration.js';
import { errorCode } from '../../src/base/errors.js';

export interface ScrapeAnswer {
  /** 0 without any. */
  readonly status: number;
  /** `broken`: it began and did not end as HTTP or gzip demands; `aborted`: by ourselves. */
  readonly ending: 'whole' | 'broken' | 'aborted';
  /** Unpacked; what came of it. */
  readonly text: string;
  readonly ms: Milliseconds;
  /** There was a connection to send it on; else nobody can have heard of it. */
  readonly isSent: boolean;
}

export type ScrapeVoice = 'prometheus' | 'curl';

export interface ScrapeOptions {
  readonly voice: ScrapeVoice;
  readonly grantedSeconds: number;
  /** Leave after so long, whatever came. */
  readonly abortAfterMs?: Milliseconds;
}

export interface ScrapeClient {
  scrape(url: string, options: ScrapeOptions): Promise<ScrapeAnswer>;
  close(): void;
}

const HEADERS: Readonly<Record<ScrapeVoice, Readonly<Record<string, string>>>> = {
  prometheus: {
    accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'accept-encoding': 'gzip',
    'user-agent': 'Prometheus/2.42.0',
  },
  curl: { accept: '*/*', 'user-agent': 'curl/8.0' },
};

/** A bomb that is passed on is the caller's to refuse, as Prometheus does by `body_size_limit`. */
const MAX_UNPACKED_BYTES = 8 * 1024 * 1024;

/**
 * Scrapes as its callers do, over kept connections, and tells a whole answer from one that broke off.
 *
 * @param mostConnections who wants more waits; all of them are kept
 */
export function createScrapeClient(mostConnections = Number.POSITIVE_INFINITY): ScrapeClient {
  const agent = new Agent({ keepAlive: true, maxSockets: mostConnections, maxFreeSockets: mostConnections });
  return {
    close: () => agent.destroy(),
    scrape: (url, { voice, grantedSeconds, abortAfterMs }) =>
      new Promise((resolve) => {
        const startedAt = performance.now();
        const chunks: Buffer[] = [];
        let response: IncomingMessage | undefined;
        const finish = (ending: ScrapeAnswer['ending']): void => {
          clearTimeout(timer);
          const ms = performance.now() - startedAt;
          const text = ending === 'whole' ? unpack(response, chunks) : '';
          const status = response?.statusCode ?? 0;
          const isSent = response !== undefined || request.socket?.connecting === false;
          resolve({ status, ending: text === undefined ? 'broken' : ending, text: text ?? '', ms, isSent });
        };
        const headers = { ...HEADERS[voice], 'x-prometheus-scrape-timeout-seconds': String(grantedSeconds) };
        const request = get(url, { agent, headers }, (answer) => {
          response = answer;
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.once('end', () => finish('whole'));
          answer.once('error', () => finish('broken'));
        });
        request.once('error', () => finish('broken'));
        const timer =
          abortAfterMs === undefined
            ? undefined
            : setTimeout(() => {
                finish('aborted');
                request.destroy();
              }, abortAfterMs);
      }),
  };
}

/** Undefined for gzip that is none. */
function unpack(response: IncomingMessage | undefined, chunks: readonly Buffer[]): string | undefined {
  const body = Buffer.concat(chunks);
  if (response?.headers['content-encoding'] !== 'gzip') return body.toString('latin1');
  try {
    return gunzipSync(body, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('latin1');
  } catch (error) {
    return errorCode(error) === 'ERR_BUFFER_TOO_LARGE' ? '' : undefined;
  }
}
