import { ExpressionFault } from './fault.js';
import { membersOf } from './letter-case.js';
import { type Escape, readEscape, VERTICAL_TAB } from './read-escape.js';
import { accept, deeper, peek, peekRaw, positionOf, type Reader, sees } from './reader.js';

/** The members of `[…]`, from its bracket on. */
export function readClass(reader: Reader): string {
  const start = positionOf(reader);
  return deeper(reader, start, () => {
    reader.at += 1;
    const negated = nextIs(reader, '^');
    if (negated) reader.at += 1;
    const members = readMembers(reader, start);
    reader.at += 1;
    return negated ? `[^${members}]` : members;
  });
}

/** A ^ negates only right behind the bracket, even where comments are skipped. */
function nextIs(reader: Reader, character: string): boolean {
  const token = peekRaw(reader);
  return token?.character === character && !token.quoted;
}

/** All up to the ] that closes the class: a union, and what it is intersected with. Java has no empty class. */
function readMembers(reader: Reader, start: number): string {
  let members = '';
  for (;;) {
    if (peek(reader) === undefined) throw new ExpressionFault(start, 'a [ that is never closed');
    if (sees(reader, ']') && members !== '') return members;
    if (acceptIntersection(reader)) {
      const right = readRight(reader, start);
      members = members === '' ? right : `[[${members}]&&[${right}]]`;
    } else members += sees(reader, '[') ? `[${readClass(reader)}]` : readItem(reader);
  }
}

function acceptIntersection(reader: Reader): boolean {
  const back = reader.at;
  if (accept(reader, '&') && accept(reader, '&')) return true;
  reader.at = back;
  return false;
}

/** What stands right of `&&`. Where it is nothing, what Java does depends on what was read last: no one can want it. */
function readRight(reader: Reader, start: number): string {
  const position = positionOf(reader);
  let right = '';
  while (!sees(reader, ']') && !sees(reader, '&')) {
    right += sees(reader, '[') ? `[${readClass(reader)}]` : readMembers(reader, start);
  }
  if (right === '') throw new ExpressionFault(position, 'a && with nothing behind it; write \\& for the character');
  return right;
}

function readItem(reader: Reader): string {
  const start = positionOf(reader);
  const from = readEnd(reader, 'first');
  if (from.kind === 'members') return from.members;
  const back = reader.at;
  if (!accept(reader, '-')) return single(reader, from.point);
  const end = peek(reader);
  if (end === undefined || (!end.quoted && (end.character === ']' || end.character === '['))) {
    reader.at = back;
    return single(reader, from.point);
  }
  const to = readEnd(reader, 'last');
  if (to.kind === 'members') {
    throw new ExpressionFault(
      start,
      'a range that does not run from one character to another; write \\- for the hyphen',
    );
  }
  if (from.point > to.point) throw new ExpressionFault(start, 'a range whose end comes before its start');
  return membersOf({ first: from.point, last: to.point }, reader.flags, reader.caseTable);
}

function single(reader: Reader, point: number): string {
  return membersOf({ first: point, last: point }, reader.flags, reader.caseTable);
}

/** One end of what may be a range. */
function readEnd(reader: Reader, end: 'first' | 'last'): Escape {
  const token = peek(reader);
  const start = positionOf(reader);
  reader.at += 1;
  if (token === undefined) throw new ExpressionFault(start, 'a range without an end');
  if (token.character !== '\\' || token.quoted) return { kind: 'point', point: token.character.codePointAt(0) ?? 0 };
  const isVertical = peekRaw(reader)?.character === 'v';
  const read = readEscape(reader, start);
  return isVertical && (end === 'last' || nextIs(reader, '-')) ? VERTICAL_TAB : read;
}
