import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../src/base/clock.js';
import type { FaultAction, FaultMoment } from '../faults.js';
import type { ArrivedRequest } from '../request-counts.js';
import { type Answer, bodyBytes, bodyLength } from './message.js';

export interface Delivery {
  readonly response: ServerResponse;
  readonly answer: Answer;
  readonly faults: readonly FaultAction[];
  readonly arrived: ArrivedRequest;
  readonly clock: Clock;
  /** The TCP socket under the response, below TLS: only that one can be reset. */
  readonly socket: Socket | undefined;
}

/** Sends an answer, well or as the faults want it. Nothing is left running when the client goes away. */
export function deliver(delivery: Delivery): void {
  const { response, clock } = delivery;
  const delays = delivery.faults.filter((fault) => fault.type === 'delay').map((fault) => fault.delayMs);
  const delayMs = delays.reduce((sum, each) => sum + each, delivery.answer.delayMs ?? 0);
  if (delayMs === 0) {
    send(delivery);
    return;
  }
  const timer = clock.after(delayMs, () => send(delivery));
  response.once('close', () => timer.cancel());
}

/** The one fault that acts; delays are done by now. */
export function actingFault(faults: readonly FaultAction[]): FaultAction | undefined {
  return faults.find((fault) => fault.type !== 'delay');
}

function send(delivery: Delivery): void {
  const fault = actingFault(delivery.faults);
  switch (fault?.type) {
    case 'reset':
      stopAt(delivery, fault.when, () => delivery.socket?.resetAndDestroy());
      return;
    case 'hang':
      stopAt(delivery, fault.when, () => undefined);
      return;
    case 'truncate':
      truncate(delivery, fault.bytes, fault.framing);
      return;
    case 'endless':
      repeat(delivery, fault.intervalMs ?? 0);
      return;
    case 'drip':
      drip(delivery, fault.bytes, fault.intervalMs);
      return;
    default:
      sendWhole(delivery);
  }
}

function sendWhole(delivery: Delivery): void {
  const { response, answer } = delivery;
  const length = bodyLength(answer.body);
  writeHead(delivery, length);
  delivery.arrived.sent(length);
  if (typeof answer.body === 'string' || answer.body instanceof Uint8Array) {
    response.end(answer.body);
    return;
  }
  response.cork();
  for (const piece of answer.body) response.write(piece);
  response.uncork();
  response.end();
}

/** Writes as much as the moment allows, then calls back once that has left. */
function stopAt(delivery: Delivery, moment: FaultMoment, then: () => void): void {
  const { response } = delivery;
  if (moment === 'before_head') {
    then();
    return;
  }
  const body = bodyBytes(delivery.answer.body);
  writeHead(delivery, Math.max(body.byteLength, 1));
  const half = moment === 'mid_body' ? body.subarray(0, Math.ceil(body.byteLength / 2)) : body.subarray(0, 0);
  if (half.byteLength === 0) {
    response.flushHeaders();
    setImmediate(then);
    return;
  }
  delivery.arrived.sent(half.byteLength);
  response.write(half, () => setImmediate(then));
}

function truncate(delivery: Delivery, bytes: number, framing: 'content-length' | 'chunked'): void {
  const { response } = delivery;
  const body = bodyBytes(delivery.answer.body);
  const part = body.subarray(0, bytes);
  writeHead(delivery, framing === 'chunked' ? 'chunked' : Math.max(body.byteLength, bytes + 1));
  delivery.arrived.sent(part.byteLength);
  const close = (): void => {
    response.socket?.destroySoon();
  };
  if (part.byteLength === 0) {
    response.flushHeaders();
    setImmediate(close);
    return;
  }
  response.write(part, close);
}

/** Whole bodies one after the other, so that a gzip body stays gzip. */
function repeat(delivery: Delivery, intervalMs: number): void {
  const { response, clock } = delivery;
  const body = bodyBytes(delivery.answer.body);
  const piece = body.byteLength === 0 ? Buffer.from('# more\n') : body;
  writeHead(delivery, 'chunked');
  const step = (): void => {
    if (response.destroyed || response.writableEnded) return;
    delivery.arrived.sent(piece.byteLength);
    const more = response.write(piece);
    if (intervalMs > 0) clock.after(intervalMs, step);
    else if (more) setImmediate(step);
    else response.once('drain', step);
  };
  step();
}

function drip(delivery: Delivery, bytes: number, intervalMs: number): void {
  const { response, clock } = delivery;
  const body = bodyBytes(delivery.answer.body);
  writeHead(delivery, body.byteLength);
  let offset = 0;
  const step = (): void => {
    if (response.destroyed) return;
    const piece = body.subarray(offset, offset + Math.max(bytes, 1));
    offset += piece.byteLength;
    delivery.arrived.sent(piece.byteLength);
    if (offset >= body.byteLength) {
      response.end(piece);
      return;
    }
    response.write(piece);
    clock.after(intervalMs, step);
  };
  step();
}

/** A Go server says nothing about the connection while it stays, so neither `Connection` nor `Keep-Alive` goes out. */
function writeHead(delivery: Delivery, length: number | 'chunked'): void {
  const { response, answer } = delivery;
  const flat: string[] = [];
  for (const [name, value] of answer.headers) flat.push(name, value);
  if (length === 'chunked') flat.push('Transfer-Encoding', 'chunked');
  else if (answer.status !== 204 && answer.status !== 304) flat.push('Content-Length', String(length));
  response.removeHeader('Connection');
  if (answer.reason === undefined) response.writeHead(answer.status, flat);
  else response.writeHead(answer.status, answer.reason, flat);
  delivery.arrived.answered(answer.status);
}
