import { ExpressionFault } from './fault.js';
import type { Flags } from './flags.js';
import { buildCaseTable, type CaseTable } from './letter-case.js';
import { type Token, unquote } from './unquote.js';

/** Where the parser stands in an expression, and what it has met. */
export interface Reader {
  readonly tokens: readonly Token[];
  /** Length of the source, the position of its end. */
  readonly length: number;
  at: number;
  flags: Flags;
  /** Capturing groups opened so far. */
  groups: number;
  /** Groups by name, closed or not. */
  readonly names: Map<string, number>;
  /** Groups, classes and look-arounds that are open. */
  depth: number;
  /** Look-behinds that are open. */
  behind: number;
  readonly caseTable: () => CaseTable;
}

export function readerOf(source: string, flags: Flags): Reader {
  const tokens = unquote(source);
  let table: CaseTable | undefined;
  const caseTable = (): CaseTable => {
    table ??= buildCaseTable();
    return table;
  };
  return { tokens, length: source.length, at: 0, flags, groups: 0, names: new Map(), depth: 0, behind: 0, caseTable };
}

/** The next character that is no comment. */
export function peek(reader: Reader): Token | undefined {
  if (reader.flags.has('x')) skipComments(reader);
  return reader.tokens[reader.at];
}

/** The next character, comment or not: behind a backslash, a space is a space. */
export function peekRaw(reader: Reader): Token | undefined {
  return reader.tokens[reader.at];
}

/** Whether the next character is this one, with its meaning in the syntax. */
export function sees(reader: Reader, character: string): boolean {
  const token = peek(reader);
  return token?.character === character && !token.quoted;
}

/** Takes the next character if it is this one, with its meaning in the syntax. */
export function accept(reader: Reader, character: string): boolean {
  const seen = sees(reader, character);
  if (seen) reader.at += 1;
  return seen;
}

/** Characters from here on that match one after the other, taken; none may be quoted. */
export function takeWhile(reader: Reader, pattern: RegExp): string {
  let taken = '';
  for (let token = peek(reader); token !== undefined; token = peek(reader)) {
    if (token.quoted || !pattern.test(token.character)) break;
    taken += token.character;
    reader.at += 1;
  }
  return taken;
}

/** The source's index of what comes next. */
export function positionOf(reader: Reader): number {
  return reader.tokens[reader.at]?.position ?? reader.length;
}

/** Deeper ones than anybody writes would exhaust the stack, ours or the engine's. */
const MAX_DEPTH = 200;

/** Runs `read` one level deeper. */
export function deeper<T>(reader: Reader, position: number, read: () => T): T {
  if (reader.depth >= MAX_DEPTH) throw new ExpressionFault(position, `more than ${MAX_DEPTH} groups within each other`);
  reader.depth += 1;
  const result = read();
  reader.depth -= 1;
  return result;
}

function skipComments(reader: Reader): void {
  const lineBreak = reader.flags.has('d') ? /\n/ : /[\n\r\u0085\u2028\u2029]/;
  let inComment = false;
  for (let token = peekRaw(reader); token !== undefined; token = peekRaw(reader)) {
    if (inComment) inComment = !lineBreak.test(token.character);
    else if (token.quoted) return;
    else if (token.character === '#') inComment = true;
    else if (!/[\t-\r ]/.test(token.character)) return;
    reader.at += 1;
  }
}
