import { CodedError } from '../../base/errors.js';
import type { TextPlace } from '../origin.js';

export type Decoded =
  | { readonly ok: true; readonly text: string }
  /** Where the first byte stands that does not fit; empty when that has no line. */
  | { readonly ok: false; readonly place: TextPlace };

/** As SnakeYAML takes it: UTF-8, or UTF-16 where a byte order mark says so. The mark itself is left out. */
export function decodeYaml(bytes: Uint8Array): Decoded {
  const encoding = utf16Of(bytes);
  if (encoding === undefined) return decodeUtf8(bytes);
  const text = decode(bytes, encoding);
  return text === undefined ? { ok: false, place: {} } : { ok: true, text };
}

/** UTF-8, else ISO-8859-1, in which any bytes are a text: Spring Boot reads properties so (Java's own rule). */
export function decodeProperties(bytes: Uint8Array): string {
  return decode(bytes, 'utf-8') ?? Buffer.from(bytes).toString('latin1');
}

/**
 * A secret or another text that is a single value.
 *
 * @throws {CodedError} `not_utf8`
 */
export function decodeValue(bytes: Uint8Array): string {
  const text = decode(bytes, 'utf-8');
  if (text === undefined) throw new CodedError('not_utf8', 'it is not encoded in UTF-8');
  return text;
}

function decodeUtf8(bytes: Uint8Array): Decoded {
  const text = decode(bytes, 'utf-8');
  return text === undefined ? { ok: false, place: firstFault(bytes) } : { ok: true, text };
}

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // The only reason there is: the bytes are no such text. The error's own words say no more.
    return undefined;
  }
}

function utf16Of([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

const LINE_FEED = 0x0a;

/** A line feed is never a part of another character in UTF-8, so lines can be tried one by one. */
function firstFault(bytes: Uint8Array): TextPlace {
  let start = 0;
  for (let line = 1; start < bytes.length; line += 1) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    const part = bytes.subarray(start, end);
    if (decode(part, 'utf-8') === undefined) return { line, column: faultyColumn(part) };
    start = end;
  }
  return {};
}

/** The replacement character stands where the first fault is, unless the text holds one of its own before. */
function faultyColumn(line: Uint8Array): number {
  const own = Buffer.from('\uFFFD');
  const shown = Buffer.from(line).toString('utf8');
  for (let at = shown.indexOf('\uFFFD'); at !== -1; at = shown.indexOf('\uFFFD', at + 1)) {
    const offset = Buffer.byteLength(shown.slice(0, at));
    if (!own.equals(line.subarray(offset, offset + own.length))) return at + 1;
  }
  return 1;
}
