import { ExpressionFault } from './fault.js';
import type { Flags } from './flags.js';
import { propertyMembers } from './properties.js';
import { accept, peek, peekRaw, positionOf, type Reader, sees, takeWhile } from './reader.js';

/** What an escape stands for: one character, or the members of a set. */
export type Escape =
  | { readonly kind: 'point'; readonly point: number }
  | { readonly kind: 'members'; readonly members: string };

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['f', 0x0c],
  ['r', 0x0d],
  ['a', 0x07],
  ['e', 0x1b],
]);

/**
 * Reads an escape that has one meaning in a class and outside of it, from behind its backslash, which stands at
 * `start`.
 */
export function readEscape(reader: Reader, start: number): Escape {
  const token = peekRaw(reader);
  if (token === undefined) throw new ExpressionFault(start, 'a \\ at the end');
  reader.at += 1;
  const { character } = token;
  const point = CONTROLS.get(character) ?? readCode(reader, character, start);
  if (point !== undefined) return { kind: 'point', point };
  if (character === 'p' || character === 'P')
    return { kind: 'members', members: readProperty(reader, character, start) };
  const members = predefined(character, reader.flags);
  if (members !== undefined) return { kind: 'members', members };
  if (character === 'N') {
    throw new ExpressionFault(start, '\\N, a character by its name, which JavaScript does not know; write \\x{…}');
  }
  if (/[a-zA-Z0-9]/.test(character)) throw new ExpressionFault(start, `\\${character}, which means nothing here`);
  return { kind: 'point', point: character.codePointAt(0) ?? 0 };
}

/** `\h`, `\d` and their like; capitals negate. */
function predefined(character: string, flags: Flags): string | undefined {
  const members = (flags.has('U') ? UNICODE_SETS : ASCII_SETS).get(character.toLowerCase());
  if (members === undefined) return undefined;
  return character === character.toLowerCase() ? members : `[^${members}]`;
}

const LINES = '\\n-\\r\\x85\\u2028\\u2029';
const SPACES = '\\t \\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000';
const ASCII_SETS: ReadonlyMap<string, string> = new Map([
  ['d', '0-9'],
  ['w', 'a-zA-Z0-9_'],
  ['s', ' \\t-\\r'],
  ['h', SPACES],
  ['v', LINES],
]);
const UNICODE_SETS: ReadonlyMap<string, string> = new Map([
  ['d', '\\p{Nd}'],
  ['w', '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d'],
  ['s', '\\p{White_Space}'],
  ['h', SPACES],
  ['v', LINES],
]);

/** `\v` is one character where a range begins or ends with it, as in Java before 8. */
export const VERTICAL_TAB: Escape = { kind: 'point', point: 0x0b };

function readCode(reader: Reader, character: string, start: number): number | undefined {
  if (character === '0') return readOctal(reader, start);
  if (character === 'x') return readHexadecimal(reader, start);
  if (character === 'u') return readUnits(reader, start);
  if (character !== 'c') return undefined;
  const control = peekRaw(reader);
  if (control === undefined) throw new ExpressionFault(start, 'a \\c without a character behind it');
  reader.at += 1;
  return (control.character.codePointAt(0) ?? 0) ^ 0x40;
}

/** Up to `\0377`. */
function readOctal(reader: Reader, start: number): number {
  const first = takeDigits(reader, /[0-7]/, 1);
  const digits = first + takeDigits(reader, /[0-7]/, first > '3' ? 1 : 2);
  if (digits === '') throw new ExpressionFault(start, 'a \\0 without an octal number behind it');
  return Number.parseInt(digits, 8);
}

const LAST_POINT = 0x10ffff;

function readHexadecimal(reader: Reader, start: number): number {
  const braces = accept(reader, '{');
  const digits = braces ? takeWhile(reader, /[0-9a-fA-F]/) : takeDigits(reader, /[0-9a-fA-F]/, 2);
  if (digits.length < (braces ? 1 : 2) || (braces && !accept(reader, '}'))) {
    throw new ExpressionFault(start, 'a \\x without \\x41 or \\x{1f600} behind it');
  }
  const point = Number.parseInt(digits, 16);
  if (point > LAST_POINT) throw new ExpressionFault(start, 'a code point beyond \\x{10ffff}');
  return point;
}

/** Two that make a pair of surrogates are one character. */
function readUnits(reader: Reader, start: number): number {
  const high = readUnit(reader, start);
  const back = reader.at;
  if (high < 0xd800 || high > 0xdbff || !accept(reader, '\\') || !accept(reader, 'u')) {
    reader.at = back;
    return high;
  }
  const low = readUnit(reader, start);
  if (low >= 0xdc00 && low <= 0xdfff) return (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000;
  reader.at = back;
  return high;
}

function readUnit(reader: Reader, start: number): number {
  const digits = takeDigits(reader, /[0-9a-fA-F]/, 4);
  if (digits.length < 4) throw new ExpressionFault(start, 'a \\u without four hexadecimal digits behind it');
  return Number.parseInt(digits, 16);
}

function takeDigits(reader: Reader, digit: RegExp, count: number): string {
  let digits = '';
  while (digits.length < count) {
    const token = peek(reader);
    if (token === undefined || token.quoted || !digit.test(token.character)) break;
    digits += token.character;
    reader.at += 1;
  }
  return digits;
}

/** `\pL`, `\p{IsLatin}`, `\P{…}`. */
function readProperty(reader: Reader, letter: 'p' | 'P', start: number): string {
  const name = sees(reader, '{') ? readName(reader, start) : takeOne(reader);
  const members = propertyMembers(name, reader.flags, start);
  return letter === 'p' ? members : `[^${members}]`;
}

function readName(reader: Reader, start: number): string {
  reader.at += 1;
  let name = '';
  for (let token = peekRaw(reader); token !== undefined; token = peekRaw(reader)) {
    if (token.quoted) throw new ExpressionFault(positionOf(reader), 'a quotation in the name of a property');
    reader.at += 1;
    if (token.character === '}') return name;
    name += token.character;
  }
  throw new ExpressionFault(start, 'a \\p{ that is never closed');
}

function takeOne(reader: Reader): string {
  const token = peek(reader);
  reader.at += 1;
  return token?.character ?? '';
}
