import type { Flags } from './flags.js';

/** First and last code point of a range. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Letters beyond ASCII that have two cases; built once for an expression, since it takes some milliseconds. */
export type CaseTable = readonly Cased[];

interface Cased {
  readonly point: number;
  readonly upper: number;
  /** The lower case of the upper case: Java compares these. */
  readonly folded: number;
}

/**
 * The members of a set for a range of characters, with those that count as the same under the flags i and u. Inline
 * modifiers are too young for Node 20, and JavaScript's own flag `i` folds more than ASCII, so letters are written out.
 */
export function membersOf(range: Range, flags: Flags, table: () => CaseTable): string {
  const own = writeRange(range);
  if (!flags.has('i')) return own;
  if (flags.has('u')) return own + unicodeCases(range, table()).map(writePoint).join('');
  return own + shifted(range, UPPER, 32) + shifted(range, LOWER, -32);
}

/** A code point as a member of a set. */
export function writePoint(point: number): string {
  const isPlain = (point >= 0x30 && point <= 0x39) || isWithin(point, UPPER) || isWithin(point, LOWER);
  return isPlain ? String.fromCodePoint(point) : `\\u{${point.toString(16)}}`;
}

function writeRange({ first, last }: Range): string {
  return first === last ? writePoint(first) : `${writePoint(first)}-${writePoint(last)}`;
}

const UPPER: Range = { first: 0x41, last: 0x5a };
const LOWER: Range = { first: 0x61, last: 0x7a };

function shifted(range: Range, letters: Range, by: number): string {
  const first = Math.max(range.first, letters.first);
  const last = Math.min(range.last, letters.last);
  return first > last ? '' : writeRange({ first: first + by, last: last + by });
}

/** For a single character Java compares what both fold to; of a range, upper case and folded case are looked up. */
function unicodeCases(range: Range, table: CaseTable): readonly number[] {
  const others = table.filter(({ point }) => !isWithin(point, range));
  if (range.first !== range.last) {
    return others.filter((cased) => isWithin(cased.upper, range) || isWithin(cased.folded, range)).map(pointOf);
  }
  const folded = table.find(({ point }) => point === range.first)?.folded;
  return others.filter((cased) => cased.folded === folded).map(pointOf);
}

function pointOf({ point }: Cased): number {
  return point;
}

function isWithin(point: number, { first, last }: Range): boolean {
  return point >= first && point <= last;
}

/** No code point beyond has been given a case by Unicode 17. */
const LAST_CASED = 0x1ffff;

export function buildCaseTable(): CaseTable {
  const cased: string[] = [];
  for (let point = 0; point <= LAST_CASED; point += 1) {
    const character = String.fromCodePoint(point);
    if (/\p{Changes_When_Casemapped}/v.test(character)) cased.push(character);
  }
  const titleCases = new Map(
    cased.filter((character) => /\p{Lt}/v.test(character)).map((title) => [title.toLowerCase(), title]),
  );
  return cased.map((character) => {
    const upper = simpleUpper(character, titleCases);
    return { point: first(character), upper: first(upper), folded: first(upper.toLowerCase()) };
  });
}

/** Java's mapping is from one to one; where JavaScript's gives several characters, there may be a title case. */
function simpleUpper(character: string, titleCases: ReadonlyMap<string, string>): string {
  const upper = character.toUpperCase();
  return [...upper].length === 1 ? upper : (titleCases.get(character) ?? character);
}

function first(text: string): number {
  return text.codePointAt(0) ?? 0;
}
