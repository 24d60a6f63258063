import { gzipSync } from 'node:zlib';
import {
  drip,
  end,
  endless,
  exposition,
  head,
  interimForever,
  nothing,
  redirect,
  reset,
  SMALL,
  statusOnly,
  thenDo,
  whole,
} from './raw-answers.js';
import type { RawAnswer } from './raw-application.js';

/** `broken off`: an answer that began with 200 and did not end as it should. */
export type ScrapeOutcome = '200' | '502' | '503' | '504' | 'broken off';

export interface ApplicationFault {
  readonly name: string;
  readonly answer: RawAnswer;
  /** What a scrape may come to. */
  readonly outcomes: readonly ScrapeOutcome[];
  /** In the words of a failed answer. */
  readonly reason?: RegExp;
  /** What Prometheus makes of it. */
  readonly up: 0 | 1 | 'either';
  /** `none`: nobody could tell from HTTP that it is not whole, or there is no body. */
  readonly mark?: 'at the end' | 'none';
  /** Scrapes at a time; fewer where each is large. */
  readonly concurrency?: number;
  /** The connection is refused: nobody listens. */
  readonly listens?: 'no';
}

/** Below: our held part ends at 1 MiB, and rows set the limit of an answer to four of them. */
export const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;
const STREAMED_BYTES = 2 * 1024 * 1024;
const BOMB_BYTES = 64 * 1024 * 1024;
const STREAMED = exposition(STREAMED_BYTES);

const refusedStatus = { outcomes: ['502'], up: 0 } as const;

/** Hosts that a redirect must not reach. */
export const METADATA_HOST = '169.254.169.254';
export const OTHER_HOST = 'elsewhere.example';

/** Every fault of an application, as bytes on a connection. */
export function applicationFaults(): readonly ApplicationFault[] {
  return [...connectionFaults(), ...bodyFaults(), ...framingFaults(), ...statusFaults(), ...contentFaults()];
}

function connectionFaults(): ApplicationFault[] {
  const late = { outcomes: ['504'], up: 0, reason: /within|in time/ } as const;
  const broken = { ...refusedStatus, reason: /broke off/ } as const;
  return [
    { name: 'refuses', answer: nothing, listens: 'no', ...refusedStatus, reason: /refused/ },
    { name: 'resets before the head', answer: reset, ...broken },
    { name: 'resets within the head', answer: thenDo('HTTP/1.1 200 OK\r\nConte', reset), ...broken },
    { name: 'resets after the head', answer: thenDo(head({ length: SMALL.length }), reset), ...broken },
    {
      name: 'resets within a small body',
      answer: thenDo(head({ length: SMALL.length }) + SMALL.slice(0, 900), reset),
      ...broken,
    },
    {
      name: 'resets within a large body',
      // Later than the bytes, which a reset would overtake.
      answer: thenDo(
        head({ length: STREAMED.length + 1 }) + STREAMED,
        (socket) => void setTimeout(() => reset(socket), 50),
      ),
      // A busy machine may not have begun to pass it on.
      outcomes: ['broken off', '502'],
      up: 0,
      concurrency: 10,
    },
    { name: 'hangs before the head', answer: nothing, ...late },
    { name: 'hangs after the head', answer: thenDo(head({ length: SMALL.length }), nothing), ...late },
    {
      name: 'hangs within a small body',
      answer: thenDo(head({ length: SMALL.length }) + SMALL.slice(0, 900), nothing),
      ...late,
    },
    {
      name: 'hangs within a large body',
      answer: thenDo(head({ length: STREAMED.length + 1 }) + STREAMED, nothing),
      outcomes: ['broken off', '504'],
      up: 0,
    },
    { name: 'drips a byte a second', answer: drip, ...late },
  ];
}

function bodyFaults(): ApplicationFault[] {
  const packed = gzipSync(exposition(60_000));
  let bomb: RawAnswer | undefined;
  const throwBomb: RawAnswer = (socket, request) => {
    bomb ??= whole(gzipSync(Buffer.alloc(BOMB_BYTES, '\n')), { lines: gzip });
    bomb(socket, request);
  };
  const gzip = ['Content-Encoding: gzip'];
  return [
    { name: 'endless body', answer: endless, outcomes: ['broken off', '503'], up: 0, concurrency: 10 },
    {
      name: 'body over the limit',
      answer: whole(exposition(MAX_RESPONSE_BYTES + 1_000_000)),
      outcomes: ['503'],
      reason: /larger than/,
      up: 0,
      concurrency: 10,
    },
    {
      name: 'gzip bomb',
      answer: throwBomb,
      // Whoever takes gzip is passed it as it is; Prometheus has body_size_limit.
      outcomes: ['503', '200'],
      reason: /larger than/,
      up: 'either',
      mark: 'none',
      concurrency: 10,
    },
    {
      name: 'gzip that breaks off',
      answer: whole(packed.subarray(0, packed.length - 200), { lines: gzip }),
      outcomes: ['502', 'broken off'],
      reason: /no complete gzip/,
      up: 0,
    },
    {
      name: 'gzip that is none',
      answer: whole(SMALL, { lines: gzip }),
      outcomes: ['502', 'broken off'],
      reason: /no complete gzip/,
      up: 0,
    },
    {
      name: 'unknown Content-Encoding',
      answer: whole(SMALL, { lines: ['Content-Encoding: br'] }),
      ...refusedStatus,
      reason: /Content-Encoding/,
    },
  ];
}

function framingFaults(): ApplicationFault[] {
  const chunked = head({ lines: ['Transfer-Encoding: chunked'] });
  const chunk = `${SMALL.length.toString(16)}\r\n${SMALL}\r\n`;
  const broken = { ...refusedStatus, reason: /broke off|not valid HTTP/ } as const;
  return [
    { name: 'Content-Length too long', answer: thenDo(head({ length: SMALL.length + 100 }) + SMALL, end), ...broken },
    {
      name: 'Content-Length too short',
      answer: (socket) => void socket.write(head({ length: 1_000 }) + SMALL),
      outcomes: ['200', '502'],
      up: 1,
      mark: 'none',
    },
    { name: 'two Content-Lengths', answer: whole(SMALL, { lines: ['Content-Length: 5'] }), ...broken },
    { name: 'chunk without a size', answer: thenDo(`${chunked}zz\r\n${SMALL}\r\n`, nothing), ...broken },
    { name: 'chunks without an end', answer: thenDo(chunked + chunk, end), ...broken },
    {
      name: '1 MB of headers',
      answer: whole(SMALL, { lines: [`X-Much: ${'x'.repeat(1_000_000)}`] }),
      ...refusedStatus,
      reason: /not valid HTTP/,
    },
    {
      name: 'no HTTP at all',
      answer: thenDo('SSH-2.0-OpenSSH_9.6\r\n', nothing),
      ...refusedStatus,
      reason: /not valid HTTP/,
    },
    {
      name: '103 before the answer',
      answer: (socket, request) => {
        socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(3));
        whole(SMALL)(socket, request);
      },
      outcomes: ['200'],
      up: 1,
    },
    { name: '103 and never an answer', answer: interimForever, outcomes: ['504'], up: 0, reason: /within/ },
    {
      name: '101 that nobody asked for',
      answer: thenDo('HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n', nothing),
      ...refusedStatus,
    },
    {
      name: 'body that ends with the connection',
      answer: thenDo(head({ lines: ['Connection: close'] }) + SMALL, end),
      outcomes: ['200'],
      up: 1,
    },
  ];
}

function statusFaults(): ApplicationFault[] {
  const statuses = [
    '204 No Content',
    '206 Partial Content',
    '304 Not Modified',
    '401 Unauthorized',
    '404 Not Found',
    '500 Internal Server Error',
  ];
  return [
    { name: 'redirects to itself', answer: redirect((path) => path), ...refusedStatus, reason: /redirects/ },
    {
      name: 'redirects to the metadata address',
      answer: redirect(`http://${METADATA_HOST}/latest/meta-data/`),
      ...refusedStatus,
      reason: /another host/,
    },
    {
      name: 'redirects to another host',
      answer: redirect(`http://${OTHER_HOST}/metrics`),
      ...refusedStatus,
      reason: /another host/,
    },
    { name: 'redirects to a file', answer: redirect('file:///etc/passwd'), ...refusedStatus, reason: /redirect/ },
    { name: 'redirects nowhere', answer: statusOnly('302 Found'), ...refusedStatus, reason: /redirect/ },
    ...statuses.map(
      (status): ApplicationFault => ({
        name: status,
        answer: statusOnly(status, status.startsWith('206') ? SMALL : ''),
        ...refusedStatus,
        reason: new RegExp(status.slice(0, 3)),
      }),
    ),
  ];
}

function contentFaults(): ApplicationFault[] {
  const utf16 = Buffer.from(`\ufeff${SMALL}`, 'utf16le');
  return [
    {
      name: 'HTML with 200',
      answer: whole('<html><body>Sign in</body></html>', { type: 'text/html' }),
      ...refusedStatus,
      reason: /Content-Type/,
    },
    {
      name: 'JSON with 200',
      answer: whole('{"status":"UP"}', { type: 'application/json' }),
      ...refusedStatus,
      reason: /Content-Type/,
    },
    {
      name: 'HTML as text/plain',
      answer: whole('<html><body>Sign in</body></html>\n'),
      outcomes: ['200'],
      up: 0,
      mark: 'none',
    },
    { name: 'empty body', answer: whole(''), outcomes: ['200'], up: 1, mark: 'none' },
    { name: 'no Content-Type', answer: whole(SMALL, { type: null }), outcomes: ['200'], up: 1 },
    {
      name: 'unknown charset',
      answer: whole(SMALL, { type: 'text/plain; charset=klingon' }),
      outcomes: ['200'],
      up: 1,
    },
    {
      name: 'UTF-16',
      answer: whole(utf16, { type: 'text/plain; charset=utf-16' }),
      outcomes: ['200', '502'],
      up: 0,
      mark: 'none',
    },
    { name: 'no last newline', answer: whole(SMALL.trimEnd()), outcomes: ['200'], up: 1 },
    {
      name: 'OpenMetrics without EOF',
      answer: whole(SMALL, { type: 'application/openmetrics-text; version=1.0.0; charset=utf-8' }),
      outcomes: ['200', '502'],
      up: 0,
    },
  ];
}
