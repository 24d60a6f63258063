import type { References } from './references.js';
import { type Assertion, childrenOf, type LineBreaks, type LookNode, type Node, type RepeatNode } from './tree.js';

/** An expression of JavaScript for the flag `v`. */
export interface Written {
  readonly source: string;
  /** Stands before each subject that the expression is tried on; empty for most expressions. */
  readonly prefix: string;
}

/**
 * Writes the tree so that it matches a whole subject. Only groups that are referred to are captured, by names of our own,
 * so nothing has to be counted.
 *
 * Whether a group has been passed cannot be asked in JavaScript. A group that has to tell captures a second time: the
 * character before the subject, which is never empty. So there is one, and the subject begins behind it.
 */
export function writeExpression(tree: Node, references: References): Written {
  const prefix = references.guarded.size > 0 ? ' ' : '';
  const writer: Writer = { references, start: prefix === '' ? FIRST : `(?<=^${ANY})`, made: 0 };
  return { source: `^${prefix === '' ? '' : ANY}(?:${write(tree, writer)})$`, prefix };
}

/** Any character. Not `[^]`: with the flag v, V8 11 takes `[^]*` for nothing. */
const ANY = '[\\0-\\u{10ffff}]';
const FIRST = `(?<!${ANY})`;
const END = `(?!${ANY})`;

interface Writer {
  readonly references: References;
  /** Assertion of the subject's start. */
  readonly start: string;
  /** Groups of our own so far. */
  made: number;
}

function write(node: Node, writer: Writer): string {
  switch (node.kind) {
    case 'set':
      return `[${node.members}]`;
    case 'assertion':
      return writeAssertion(node.assertion, writer);
    case 'sequence':
      return node.items.map((item) => write(item, writer)).join('');
    case 'choice':
      return `(?:${node.branches.map((branch) => write(branch, writer)).join('|')})`;
    case 'group':
      return writeGroup(node.group, write(node.body, writer), writer);
    case 'atomic':
      return writeAtomic(write(node.body, writer), writer);
    case 'look':
      return writeLook(node, writer);
    case 'repeat':
      return writeRepeat(node, writer);
    case 'reference': {
      const use = writer.references.uses.get(node);
      if (use === 'plain') return `(?:\\k<g${node.group}>)`;
      // At the very end a character that was captured cannot match any more, and one that was not matches nothing.
      return use === 'guarded' ? `(?:(?!${ANY}*${END}\\k<m${node.group}>)\\k<g${node.group}>)` : '(?!)';
    }
  }
}

function writeGroup(group: number, body: string, { references }: Writer): string {
  if (!references.captured.has(group)) return `(?:${body})`;
  const mark = references.guarded.has(group) ? `(?<=^(?<m${group}>${ANY})${ANY}*)` : '';
  return `(?:(?<g${group}>${body})${mark})`;
}

/** A look-ahead is never entered again, so what it has captured is final. */
function writeAtomic(body: string, writer: Writer): string {
  const name = nextName(writer);
  return `(?:(?=(?<${name}>${body}))\\k<${name}>)`;
}

function nextName(writer: Writer): string {
  writer.made += 1;
  return `o${writer.made}`;
}

function writeRepeat({ body, min, max, lazy }: RepeatNode, writer: Writer): string {
  const text = body.kind === 'set' ? write(body, writer) : `(?:${write(body, writer)})`;
  // A round that takes nothing is undone in JavaScript; in Java its groups hold.
  if (min === 0 && max === 1 && holdsCaptured(body, writer)) return lazy ? `(?:|${text})` : `(?:${text}|)`;
  return `${text}{${min},${max === Number.POSITIVE_INFINITY ? '' : max}}${lazy ? '?' : ''}`;
}

/**
 * JavaScript reads what is looked for behind from right to left, which makes no difference unless it captures. Then it is
 * read as Java does it: from each start, the nearest first, forwards to where we stand, which is where the rest begins.
 */
function writeLook(look: LookNode, writer: Writer): string {
  const body = write(look.body, writer);
  const sign = look.negated ? '!' : '=';
  if (look.direction === 'ahead') return `(?${sign}${body})`;
  const afterStart = writer.start === FIRST ? '' : `(?<=${ANY})`;
  if (!holdsCaptured(look.body, writer)) return `(?<${sign}${afterStart}(?:${body}))`;
  const rest = nextName(writer);
  return `(?:(?=(?<${rest}>${ANY}*))(?<${sign}${afterStart}(?=(?:${body})\\k<${rest}>${END})${ANY}*?))`;
}

/** Whether anything in it is captured, for a reference or to be final. */
function holdsCaptured(node: Node, writer: Writer): boolean {
  if (node.kind === 'atomic') return true;
  if (node.kind === 'group' && writer.references.captured.has(node.group)) return true;
  return childrenOf(node).some((child) => holdsCaptured(child, writer));
}

const BREAKS: Readonly<Record<LineBreaks, string>> = { all: '[\\n\\r\\x85\\u2028\\u2029]', unix: '\\n' };
/** One line break as a whole; the second half of \r\n is none. */
const WHOLE_BREAK: Readonly<Record<LineBreaks, string>> = {
  all: '(?:\\r\\n|(?<!\\r)\\n|[\\r\\x85\\u2028\\u2029])',
  unix: '\\n',
};

function writeAssertion(assertion: Assertion, { start }: Writer): string {
  switch (assertion.kind) {
    case 'start':
      return start;
    case 'end':
      return END;
    case 'last line end':
      return `(?=${WHOLE_BREAK[assertion.breaks]}?${END})`;
    case 'line end':
      return `(?=${WHOLE_BREAK[assertion.breaks]}|${END})`;
    case 'line start': {
      // Behind the last line break no line begins, and so none does in an empty subject.
      const notWithin = assertion.breaks === 'all' ? '(?<!\\r(?=\\n))' : '';
      return `(?:(?:${start}|(?<=${BREAKS[assertion.breaks]})${notWithin})(?=${ANY}))`;
    }
    case 'word boundary':
      return writeBoundary(assertion);
  }
}

/** Java counts marks to the letter or digit that they stand on. */
function writeBoundary({ negated, words }: Extract<Assertion, { kind: 'word boundary' }>): string {
  const word = words === 'unicode' ? '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d]' : '[\\p{L}\\p{Nd}_]';
  const before = `${word}|[\\p{L}\\p{Nd}]\\p{Mn}+`;
  const after = `${word}|(?<=[\\p{L}\\p{Nd}]\\p{Mn}*)\\p{Mn}`;
  const [yes, no] = negated ? ['!', '='] : ['=', '!'];
  return `(?:(?<=${before})(?${no}${after})|(?<!${before})(?${yes}${after}))`;
}
