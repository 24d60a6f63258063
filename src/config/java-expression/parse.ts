import { ExpressionFault } from './fault.js';
import type { Flags } from './flags.js';
import { membersOf } from './letter-case.js';
import { readClass } from './read-class.js';
import { readEscape } from './read-escape.js';
import { readFlags } from './read-flags.js';
import { accept, deeper, peek, peekRaw, positionOf, type Reader, readerOf, sees, takeWhile } from './reader.js';
import { type Assertion, childrenOf, EMPTY, type LookNode, type Node } from './tree.js';

/** Reads a Java expression (java.util.regex, Java 17). Throws ExpressionFault. */
export function parseExpression(source: string, flags: Flags): Node {
  const reader = readerOf(source, flags);
  const tree = readChoice(reader);
  if (peek(reader) !== undefined) throw new ExpressionFault(positionOf(reader), 'a ) without a ( before it');
  return tree;
}

/** Flags that change in one branch hold in the next. */
function readChoice(reader: Reader): Node {
  const branches = [readSequence(reader)];
  while (accept(reader, '|')) branches.push(readSequence(reader));
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : { kind: 'choice', branches };
}

function readSequence(reader: Reader): Node {
  const items: Node[] = [];
  while (peek(reader) !== undefined && !sees(reader, '|') && !sees(reader, ')')) {
    const item = readItem(reader);
    if (item !== undefined) items.push(readRepetition(reader, item));
  }
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind: 'sequence', items };
}

/** One item without its repetition; undefined for flags such as `(?i)`, which cannot be repeated. */
function readItem(reader: Reader): Node | undefined {
  const token = peek(reader);
  const start = positionOf(reader);
  if (token === undefined) return EMPTY;
  if (token.quoted) return readLiteral(reader);
  switch (token.character) {
    case '[':
      return { kind: 'set', members: readClass(reader) };
    case '(':
      return deeper(reader, start, () => readGroup(reader));
    case '\\':
      reader.at += 1;
      return readOutsideEscape(reader, start);
    case '^':
      reader.at += 1;
      return assertion(reader.flags.has('m') ? { kind: 'line start', breaks: breaksOf(reader) } : { kind: 'start' });
    case '$':
      reader.at += 1;
      return assertion({ kind: reader.flags.has('m') ? 'line end' : 'last line end', breaks: breaksOf(reader) });
    case '.':
      reader.at += 1;
      return { kind: 'set', members: dotMembers(reader.flags) };
    case '*':
    case '+':
    case '?':
      throw new ExpressionFault(start, `a ${token.character} that repeats nothing`);
    case '{':
      // Java lets a {2} that has nothing before it repeat nothing: a{2}{3} is a{2}.
      return EMPTY;
    default:
      return readLiteral(reader);
  }
}

function readLiteral(reader: Reader): Node {
  const point = peekRaw(reader)?.character.codePointAt(0) ?? 0;
  reader.at += 1;
  return literal(reader, point);
}

function literal(reader: Reader, point: number): Node {
  return { kind: 'set', members: membersOf({ first: point, last: point }, reader.flags, reader.caseTable) };
}

function assertion(which: Assertion): Node {
  return { kind: 'assertion', assertion: which };
}

function breaksOf(reader: Reader): 'all' | 'unix' {
  return reader.flags.has('d') ? 'unix' : 'all';
}

function dotMembers(flags: Flags): string {
  if (flags.has('s')) return '\\0-\\u{10ffff}';
  return flags.has('d') ? '^\\n' : '^\\n\\r\\x85\\u2028\\u2029';
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

function readRepetition(reader: Reader, item: Node): Node {
  const bounds = readBounds(reader);
  if (bounds === undefined) return item;
  const body: Node = keepsLineBreaks(item) ? { kind: 'atomic', body: item } : item;
  if (accept(reader, '?')) return { kind: 'repeat', body, ...bounds, lazy: true };
  if (!accept(reader, '+')) return { kind: 'repeat', body, ...bounds, lazy: false };
  // Each round is final by itself, not only the last.
  const rounds: Node = body.kind === 'set' ? body : { kind: 'atomic', body };
  return { kind: 'atomic', body: { kind: 'repeat', body: rounds, ...bounds, lazy: false } };
}

function readBounds(reader: Reader): Bounds | undefined {
  if (accept(reader, '*')) return { min: 0, max: Number.POSITIVE_INFINITY };
  if (accept(reader, '+')) return { min: 1, max: Number.POSITIVE_INFINITY };
  if (accept(reader, '?')) return { min: 0, max: 1 };
  const start = positionOf(reader);
  return accept(reader, '{') ? readCounts(reader, start) : undefined;
}

const MAX_COUNT = 0x7fffffff;

function readCounts(reader: Reader, start: number): Bounds {
  const first = takeWhile(reader, /[0-9]/);
  if (first === '') throw new ExpressionFault(start, 'a { that begins no repetition; write \\{ for the character');
  const comma = accept(reader, ',');
  const last = comma ? takeWhile(reader, /[0-9]/) : first;
  if (!accept(reader, '}')) throw new ExpressionFault(start, 'a repetition that is never closed');
  const min = Number(first);
  const max = last === '' ? Number.POSITIVE_INFINITY : Number(last);
  if (min > MAX_COUNT || (max > MAX_COUNT && last !== ''))
    throw new ExpressionFault(start, 'a number that is too large');
  if (min > max) throw new ExpressionFault(start, 'a repetition whose bounds are in the wrong order');
  return { min, max };
}

const NEW_LINE: Node = {
  kind: 'choice',
  branches: [
    {
      kind: 'sequence',
      items: [
        { kind: 'set', members: '\\r' },
        { kind: 'set', members: '\\n' },
      ],
    },
    { kind: 'set', members: '\\n-\\r\\x85\\u2028\\u2029' },
  ],
};

/**
 * Whether Java, once it has repeated this, does not return to take \r\n apart: what has one way to match but for \R is
 * repeated round by round.
 */
function keepsLineBreaks(item: Node): boolean {
  return holdsLineBreak(item) && hasOneWay(item);
}

function holdsLineBreak(node: Node): boolean {
  return node === NEW_LINE || childrenOf(node).some(holdsLineBreak);
}

function hasOneWay(node: Node): boolean {
  if (node === NEW_LINE) return true;
  if (node.kind === 'choice' || node.kind === 'reference') return false;
  if (node.kind === 'repeat' && node.min !== node.max) return false;
  return node.kind === 'look' || childrenOf(node).every(hasOneWay);
}

/** Escapes that mean something only outside of a class. */
function readOutsideEscape(reader: Reader, start: number): Node {
  const character = peekRaw(reader)?.character ?? '';
  const known = outsideNode(reader, character, start);
  if (known !== undefined) {
    reader.at += 1;
    return known;
  }
  if (/[1-9]/.test(character)) return readNumber(reader, start);
  if (character === 'k') return readNamedReference(reader, start);
  const read = readEscape(reader, start);
  return read.kind === 'point' ? literal(reader, read.point) : { kind: 'set', members: read.members };
}

function outsideNode(reader: Reader, character: string, start: number): Node | undefined {
  switch (character) {
    case 'A':
    // Nothing has matched before, so this is the start, too.
    case 'G':
      return assertion({ kind: 'start' });
    case 'z':
      return assertion({ kind: 'end' });
    case 'Z':
      return assertion({ kind: 'last line end', breaks: breaksOf(reader) });
    case 'b':
    case 'B': {
      const [, brace, letter] = reader.tokens.slice(reader.at, reader.at + 3);
      if (character === 'b' && brace?.character === '{' && letter?.character === 'g') {
        throw new ExpressionFault(start, '\\b{g}, which has no counterpart; look for the characters themselves');
      }
      return assertion({
        kind: 'word boundary',
        negated: character === 'B',
        words: reader.flags.has('U') ? 'unicode' : 'letters',
      });
    }
    case 'R':
      return NEW_LINE;
    case 'X':
      throw new ExpressionFault(start, '\\X, which has no counterpart; \\P{M}\\p{M}* comes close to it');
    default:
      return undefined;
  }
}

/** `\11` is group 11 if there are as many so far, else group 1 and a 1. */
function readNumber(reader: Reader, start: number): Node {
  let group = 0;
  for (let token = peek(reader); token !== undefined && !token.quoted; token = peek(reader)) {
    if (!/[0-9]/.test(token.character)) break;
    const longer = group * 10 + Number(token.character);
    if (group > 0 && longer > reader.groups) break;
    group = longer;
    reader.at += 1;
  }
  return reference(reader, group, start);
}

function readNamedReference(reader: Reader, start: number): Node {
  reader.at += 1;
  if (!accept(reader, '<')) throw new ExpressionFault(start, 'a \\k without <name> behind it');
  const name = readGroupName(reader, start);
  const group = reader.names.get(name);
  if (group === undefined) throw new ExpressionFault(start, `\\k<${name}>, but no group before it has this name`);
  return reference(reader, group, start);
}

function reference(reader: Reader, group: number, position: number): Node {
  if (reader.behind > 0)
    throw new ExpressionFault(position, 'a back-reference in a look-behind, which Java refuses, too');
  const { flags } = reader;
  const letters = !flags.has('i') ? 'as written' : flags.has('u') ? 'unicode' : 'ascii';
  return { kind: 'reference', group, letters, position };
}

function readGroupName(reader: Reader, start: number): string {
  const name = takeWhile(reader, /[a-zA-Z0-9]/);
  if (!/^[a-zA-Z]/.test(name)) throw new ExpressionFault(start, 'a name of a group that does not begin with a letter');
  if (!accept(reader, '>')) throw new ExpressionFault(start, 'a name of a group without a > behind it');
  return name;
}

/** A group, or undefined for flags that hold from here on. */
function readGroup(reader: Reader): Node | undefined {
  const start = positionOf(reader);
  const before = reader.flags;
  reader.at += 1;
  const group = accept(reader, '?') ? readSpecial(reader, start) : readCapturing(reader, start);
  if (group !== undefined) reader.flags = before;
  return group;
}

function readSpecial(reader: Reader, start: number): Node | undefined {
  if (accept(reader, '>')) return { kind: 'atomic', body: readBody(reader, start) };
  if (accept(reader, '=')) return readLook(reader, start, { direction: 'ahead', negated: false });
  if (accept(reader, '!')) return readLook(reader, start, { direction: 'ahead', negated: true });
  if (accept(reader, '<')) {
    if (accept(reader, '=')) return readLook(reader, start, { direction: 'behind', negated: false });
    if (accept(reader, '!')) return readLook(reader, start, { direction: 'behind', negated: true });
    const name = readGroupName(reader, start);
    if (reader.names.has(name)) throw new ExpressionFault(start, `a second group with the name ${name}`);
    reader.names.set(name, reader.groups + 1);
    return readCapturing(reader, start);
  }
  reader.flags = readFlags(reader);
  if (accept(reader, ')')) return undefined;
  if (!accept(reader, ':')) throw new ExpressionFault(start, 'a kind of group that Java does not know');
  // Stays a node of its own: for Java, (?:(a))* repeats another group than (a)* does.
  return { kind: 'sequence', items: [readBody(reader, start)] };
}

function readCapturing(reader: Reader, start: number): Node {
  reader.groups += 1;
  const group = reader.groups;
  return { kind: 'group', group, body: readBody(reader, start) };
}

function readLook(reader: Reader, start: number, look: Pick<LookNode, 'direction' | 'negated'>): Node {
  const behind = look.direction === 'behind' ? 1 : 0;
  reader.behind += behind;
  const body = readBody(reader, start);
  reader.behind -= behind;
  return { kind: 'look', ...look, body };
}

function readBody(reader: Reader, start: number): Node {
  const body = readChoice(reader);
  if (!accept(reader, ')')) throw new ExpressionFault(start, 'a ( that is never closed');
  return body;
}
