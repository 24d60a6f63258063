import { gzipSync } from 'node:zlib';
import type { ExpositionFormat } from '../../../src/exposition/content-type.js';
import type { Behaviour } from './instance.js';

/** What an application sends as Content-Type: not the canonical one, so that a mere copy shows. */
export const SENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain;version=0.0.4',
  openmetrics: 'application/openmetrics-text; version=1.0.0',
  protobuf: 'application/vnd.google.protobuf; encoding=delimited; proto=io.prometheus.client.MetricFamily',
};

export const CANONICAL_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  protobuf: 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
};

/** A valid exposition of exactly `length` bytes, or of as few as there must be. */
export function bodyOf(format: ExpositionFormat, length = 0): Buffer {
  switch (format) {
    case 'text':
      return padded('# HELP app_jobs Jobs.\n# TYPE app_jobs gauge\napp_jobs 7\n', '', length);
    case 'openmetrics':
      return padded('# HELP app_jobs Jobs.\n# TYPE app_jobs gauge\napp_jobs 7\n', '# EOF\n', length);
    case 'protobuf':
      return familyMessage('app_jobs', Math.max(0, length - 40));
  }
}

/** Samples with rising labels; the last one's label takes up what is left. */
function padded(head: string, end: string, length: number): Buffer {
  const lines: string[] = [head];
  let left = length - head.length - end.length;
  for (let number = 0; left > 200; number += 1) {
    const line = `app_jobs{queue="${String(number).padStart(80, '0')}"} 7\n`;
    lines.push(line);
    left -= line.length;
  }
  const rest = 'app_jobs{rest=""} 7\n';
  if (left >= rest.length) lines.push(`app_jobs{rest="${'x'.repeat(left - rest.length)}"} 7\n`);
  return Buffer.from(lines.join('') + end);
}

/** A delimited MetricFamily: name, help, type gauge, one value. */
export function familyMessage(name: string, helpLength = 0): Buffer {
  const message = Buffer.concat([
    Buffer.from([0x0a, name.length]),
    Buffer.from(name),
    Buffer.from([0x12, ...varint(helpLength)]),
    Buffer.alloc(helpLength, 'h'),
    Buffer.from([0x18, 1, 0x22, 11, 0x12, 9, 0x09, 0, 0, 0, 0, 0, 0, 0, 0]),
  ]);
  return Buffer.concat([Buffer.from(varint(message.length)), message]);
}

/** Names of the families in a protobuf body; throws where its messages do not end with the body. */
export function familyNames(body: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at < body.length; ) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = body.readUInt8(at++);
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    names.push(body.toString('latin1', at + 2, at + 2 + body.readUInt8(at + 1)));
    at += length;
    if (at > body.length) throw new RangeError('the last message is cut short');
  }
  return names;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** An application that compresses when it is asked to. */
export function serves(body: Buffer, contentType: string): Behaviour {
  const packed = gzipSync(body);
  return (request, response) => {
    const isPacked = /\bgzip\b/.test(String(request.headers['accept-encoding']));
    if (isPacked) response.setHeader('content-encoding', 'gzip');
    response.setHeader('content-type', contentType);
    response.end(isPacked ? packed : body);
  };
}
