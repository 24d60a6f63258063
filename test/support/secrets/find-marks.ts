import { createHash } from 'node:crypto';
import type { Mark } from './marks.js';

/** Where a mark was found, and in which form: `cf.password as base64 in "…"`. */
export type Finding = string;

interface Needle {
  readonly text: string;
  readonly mark: string;
  readonly form: string;
}

/** The shortest needle is a piece as it stands. */
const KEY_LENGTH = 8;

/**
 * Each mark that stands in one of the texts: plainly, percent-encoded, in hexadecimal digits, within something that is in
 * base64 (such as `user:mark`), or as its digest. Letter case does not matter. JSON escapes nothing of a piece.
 */
export function findMarks(texts: Iterable<string>, marks: readonly Mark[]): readonly Finding[] {
  const needles = indexOf(marks.flatMap(needlesOf));
  const found = new Map<string, Finding>();
  // What is said again and again is looked at once. No needle holds a comma.
  const lines = new Set<string>();
  for (const text of texts) for (const line of text.split(/[\n,]/)) lines.add(line);
  for (const line of lines) {
    for (const { mark, form } of needlesIn(line.toLowerCase(), needles)) {
      const known = `${mark} ${form}`;
      if (!found.has(known)) found.set(known, `${mark} as ${form} in ${line.slice(0, 500)}`);
    }
  }
  return [...found.values()];
}

function* needlesIn(line: string, needles: ReadonlyMap<string, readonly Needle[]>): Iterable<Needle> {
  for (let at = 0; at + KEY_LENGTH <= line.length; at += 1) {
    for (const needle of needles.get(line.slice(at, at + KEY_LENGTH)) ?? []) {
      if (line.startsWith(needle.text, at)) yield needle;
    }
  }
}

function indexOf(needles: readonly Needle[]): ReadonlyMap<string, readonly Needle[]> {
  const index = new Map<string, Needle[]>();
  for (const needle of needles) {
    const key = needle.text.slice(0, KEY_LENGTH);
    const beside = index.get(key);
    if (beside === undefined) index.set(key, [needle]);
    else beside.push(needle);
  }
  return index;
}

function needlesOf({ name, pieces, text }: Mark): readonly Needle[] {
  const forms = pieces.flatMap((piece) => [
    [piece, 'text'],
    [percentEncoded(piece), 'percent'],
    [Buffer.from(piece).toString('hex'), 'hex'],
    ...[0, 1, 2].map((before) => [withinBase64(piece, before), 'base64'] as const),
  ]);
  const digest = createHash('sha256').update(text).digest();
  const digests = [digest.toString('hex'), digest.toString('base64')].map((each) => [each, 'digest'] as const);
  return [...forms, ...digests].map(([needle = '', form = '']) => ({ text: needle.toLowerCase(), mark: name, form }));
}

function percentEncoded(piece: string): string {
  return [...Buffer.from(piece)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** What stays the same of the base64 of any text that holds the piece behind so many bytes beyond a multiple of three. */
function withinBase64(piece: string, before: number): string {
  const whole = Buffer.from(`${'x'.repeat(before)}${piece}`)
    .toString('base64')
    .replace(/=+$/, '');
  const first = [0, 2, 3][before] ?? 0;
  const last = (before + piece.length) % 3 === 0 ? whole.length : whole.length - 1;
  return whole.slice(first, last);
}
