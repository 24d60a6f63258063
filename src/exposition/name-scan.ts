import type { ExpositionFormat } from './content-type.js';
import { nameInBraces } from './name-in-braces.js';
import { OWN_SAMPLE_NAMES } from './own-samples.js';

/** Looks, chunk by chunk, whether a body exports the names of our own samples itself. */
export interface NameScan {
  /** Takes the next bytes of the uncompressed body. */
  push(chunk: Buffer): void;
  /** The names found so far, in our order; at any time, the end of the body included. */
  found(): readonly string[];
}

/** For one body. A match in help texts and label values does not count. */
export function createNameScan(format: ExpositionFormat): NameScan {
  return format === 'protobuf' ? createMessageScan() : createLineScan();
}

const NEEDLE = Buffer.from('promregator_');
const LINE_BREAK = 0x0a;
/** How far into a line is looked: a name stands at its start, or, rarely, behind some of its labels. */
const MAX_LINE = 4096;
const EMPTY = Buffer.alloc(0);

function createLineScan(): NameScan {
  const names = new Set<string>();
  let carry: Buffer = EMPTY;

  function scanLines(lines: Buffer): void {
    let at = lines.indexOf(NEEDLE);
    while (at >= 0 && names.size < OWN_SAMPLE_NAMES.length) {
      const start = lines.lastIndexOf(LINE_BREAK, at) + 1;
      const end = lineEnd(lines, at);
      addNameOf(lines.toString('latin1', start, Math.min(end, start + MAX_LINE)), names);
      at = lines.indexOf(NEEDLE, end);
    }
  }

  return {
    push(chunk) {
      if (names.size === OWN_SAMPLE_NAMES.length) return;
      const first = chunk.indexOf(LINE_BREAK);
      if (first < 0) {
        carry = extend(carry, chunk);
        return;
      }
      if (carry.length > 0) scanLines(extend(carry, chunk.subarray(0, first)));
      const last = chunk.lastIndexOf(LINE_BREAK);
      scanLines(chunk.subarray(carry.length > 0 ? first + 1 : 0, last));
      // Copied, because a view would keep the whole chunk in memory, and chunks may be used again by whoever made them.
      carry = extend(EMPTY, chunk.subarray(last + 1));
    },
    found() {
      scanLines(carry);
      return OWN_SAMPLE_NAMES.filter((name) => names.has(name));
    },
  };
}

function lineEnd(lines: Buffer, from: number): number {
  const end = lines.indexOf(LINE_BREAK, from);
  return end < 0 ? lines.length : end;
}

function extend(carry: Buffer, more: Buffer): Buffer {
  if (carry.length >= MAX_LINE) return carry;
  return Buffer.concat([carry, more.subarray(0, MAX_LINE - carry.length)]);
}

/** A sample's or a metadata line's name, bare or quoted; blanks as lenient as the text parser's (facts/prometheus.md 3.1). */
const BARE_NAME = /^([a-zA-Z_:][\w:]*)(?=[{ \t])/;
const METADATA_NAME = /^#[ \t]*(?:HELP|TYPE|UNIT)[ \t]+"?([a-zA-Z_:][\w:]*)"?(?=[ \t]|$)/;

function addNameOf(line: string, names: Set<string>): void {
  const name = line.startsWith('{') ? nameInBraces(line) : (BARE_NAME.exec(line) ?? METADATA_NAME.exec(line))?.[1];
  if (name !== undefined && isOwnName(name)) names.add(name);
}

function isOwnName(name: string): boolean {
  return OWN_SAMPLE_NAMES.some((own) => own === name);
}

/** Field 1 of a MetricFamily, a text: its name. All client libraries write it first, since fields go by number. */
const NAME_TAG = 0x0a;
const MESSAGE_START = Math.max(...OWN_SAMPLE_NAMES.map((name) => name.length)) + 2;
/** A message of more than 2^35 bytes is no message. */
const MAX_VARINT = 5;

function createMessageScan(): NameScan {
  const names = new Set<string>();
  let carry: Buffer = EMPTY;
  let skip = 0;
  let broken = false;

  function scanMessages(bytes: Buffer): void {
    let at = 0;
    while (!broken) {
      const step = Math.min(skip, bytes.length - at);
      at += step;
      skip -= step;
      const length = skip > 0 ? undefined : readVarint(bytes, at);
      if (length === 'broken') broken = true;
      if (length === undefined || length === 'broken') break;
      if (bytes.length < length.end + Math.min(length.value, MESSAGE_START)) break;
      const name = nameOfMessage(bytes.subarray(length.end, length.end + length.value));
      if (name !== undefined) names.add(name);
      at = length.end;
      skip = length.value;
    }
    carry = Buffer.from(bytes.subarray(at));
  }

  return {
    push(chunk) {
      if (!broken) scanMessages(carry.length === 0 ? chunk : Buffer.concat([carry, chunk]));
    },
    found: () => OWN_SAMPLE_NAMES.filter((name) => names.has(name)),
  };
}

function nameOfMessage(message: Buffer): string | undefined {
  if (message[0] !== NAME_TAG) return undefined;
  return OWN_SAMPLE_NAMES.find(
    (name) => message[1] === name.length && message.toString('latin1', 2, 2 + name.length) === name,
  );
}

function readVarint(bytes: Buffer, at: number): { value: number; end: number } | 'broken' | undefined {
  let value = 0;
  for (let index = 0; index < MAX_VARINT; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
  return 'broken';
}
