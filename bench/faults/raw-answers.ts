import type { Socket } from 'node:net';
import type { RawAnswer } from './raw-application.js';

/** Last series of a whole body. */
export const LAST_SERIES = 'faults_complete 1';

const TEXT = 'text/plain; version=0.0.4';
const DRIP_MS = 1_000;
const SMALL_BYTES = 2_000;
const ENDLESS_PART_BYTES = 1024 * 1024;

/** A body that fits into one packet or two. */
export const SMALL = exposition(SMALL_BYTES);

const ENDLESS_PART = exposition(ENDLESS_PART_BYTES);
const ENDLESS_CHUNK = Buffer.from(`${ENDLESS_PART.length.toString(16)}\r\n${ENDLESS_PART}\r\n`);

/** A text of about so many bytes whose last series says that it is whole. */
export function exposition(bytes: number): string {
  const lines: string[] = [];
  for (let length = 0, number = 0; length < bytes; number += 1) {
    const line = `faults_filler{number="${number}"} ${number}\n`;
    lines.push(line);
    length += line.length;
  }
  return `${lines.join('')}${LAST_SERIES}\n`;
}

export interface Head {
  readonly status?: string;
  readonly type?: string | null;
  readonly length?: number;
  readonly lines?: readonly string[];
}

export function head({ status = '200 OK', type = TEXT, length, lines = [] }: Head): string {
  const fields = [
    ...(type === null ? [] : [`Content-Type: ${type}`]),
    ...(length === undefined ? [] : [`Content-Length: ${length}`]),
    ...lines,
  ];
  return `HTTP/1.1 ${[status, ...fields].join('\r\n')}\r\n\r\n`;
}

export function whole(body: string | Buffer, options: Omit<Head, 'length'> = {}): RawAnswer {
  const bytes = Buffer.from(body);
  const message = Buffer.concat([Buffer.from(head({ ...options, length: bytes.length })), bytes]);
  return (socket) => void socket.write(message);
}

/** Writes, and does something when that has left. */
export function thenDo(text: string | Buffer, then: (socket: Socket) => void): RawAnswer {
  return (socket) => void socket.write(text, () => setImmediate(() => then(socket)));
}

export const reset = (socket: Socket): void => void socket.resetAndDestroy();
export const nothing = (): void => undefined;
export const end = (socket: Socket): void => void socket.end();

export function drip(socket: Socket): void {
  let sent = 0;
  socket.write(head({ length: SMALL.length }));
  const timer = setInterval(() => {
    socket.write(SMALL[sent] ?? '\n');
    sent += 1;
  }, DRIP_MS);
  socket.once('close', () => clearInterval(timer));
}

export function endless(socket: Socket): void {
  socket.write(head({ lines: ['Transfer-Encoding: chunked'] }));
  const more = (): void => {
    if (!socket.destroyed && socket.write(ENDLESS_CHUNK)) setImmediate(more);
  };
  socket.on('drain', more);
  more();
}

export function interimForever(socket: Socket): void {
  const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n'), 50);
  socket.once('close', () => clearInterval(timer));
}

export function redirect(location: string | ((path: string) => string)): RawAnswer {
  return (socket, { path }) => {
    const to = typeof location === 'string' ? location : location(path);
    socket.write(head({ status: '302 Found', length: 0, lines: [`Location: ${to}`] }));
  };
}

export function statusOnly(status: string, body = ''): RawAnswer {
  const withoutBody = status.startsWith('204') || status.startsWith('304');
  return (socket) => void socket.write(head({ status, ...(withoutBody ? {} : { length: body.length }) }) + body);
}
