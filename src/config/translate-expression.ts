/** A Java expression that cannot be said in JavaScript, or is none. */
export class ExpressionFault extends Error {
  /** Index of the character at fault, from 0. */
  readonly position: number;

  constructor(position: number, reason: string) {
    super(reason);
    this.position = position;
  }
}

/**
 * A Java expression as a JavaScript one for the flag `u`.
 *
 * Covers what both languages have. What JavaScript would read as something else (`\Q`, `\p{Alpha}`, `&&` in a class) is a
 * fault, never a silent difference.
 */
export function translateExpression(source: string, letters: 'sensitive' | 'insensitive'): string {
  const translator: Translator = { source, bothCases: letters === 'insensitive', at: 0 };
  const open: number[] = [];
  let before: Before = 'nothing';
  let result = '';
  while (translator.at < source.length) {
    const start = translator.at;
    const character = source.charAt(start);
    if (character === '(') open.push(start);
    if (character === ')' && open.pop() === undefined) throw new ExpressionFault(start, 'a ) without a ( before it');
    before = follow(before, character, start);
    result += token(translator);
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw new ExpressionFault(unclosed, 'a ( that is never closed');
  return result;
}

/** What a repetition would repeat. */
type Before = 'nothing' | 'something' | 'repetition' | 'lazy repetition';

function follow(before: Before, character: string, position: number): Before {
  if (character === '(' || character === '|') return 'nothing';
  if (!REPETITIONS.has(character)) return 'something';
  if (before === 'something') return 'repetition';
  if (before === 'repetition' && character === '?') return 'lazy repetition';
  if (before === 'repetition' && character === '+') {
    throw new ExpressionFault(position, 'a possessive repetition, which this version does not support yet');
  }
  throw new ExpressionFault(position, `a ${character} that repeats nothing`);
}

const REPETITIONS: ReadonlySet<string> = new Set([...'*+?{']);

interface Translator {
  readonly source: string;
  readonly bothCases: boolean;
  at: number;
}

function token(translator: Translator): string {
  const character = takeCharacter(translator);
  switch (character) {
    case '\\':
      return escapeSequence(translator, 'outside');
    case '[':
      return characterClass(translator);
    case '(':
      return groupStart(translator);
    case '{':
      return `{${takeQuantifier(translator)}`;
    case ']':
    case '}':
      return `\\${character}`;
    default:
      return SYNTAX.has(character) ? character : literal(translator, character);
  }
}

const SYNTAX: ReadonlySet<string> = new Set([...'^$.*+?()|']);

/** A whole code point, since the result is read by code points. */
function takeCharacter(translator: Translator): string {
  const character = String.fromCodePoint(translator.source.codePointAt(translator.at) ?? 0);
  translator.at += character.length;
  return character;
}

function takeMatch(translator: Translator, pattern: RegExp): string | undefined {
  const match = pattern.exec(translator.source.slice(translator.at));
  if (match === null || match.index !== 0) return undefined;
  translator.at += match[0].length;
  return match[0];
}

function takeQuantifier(translator: Translator): string {
  const start = translator.at - 1;
  const rest = takeMatch(translator, /^\d+(?:,\d*)?\}/);
  if (rest === undefined)
    throw new ExpressionFault(start, 'a { that begins no repetition; write \\{ for the character');
  return rest;
}

/** Groups that both languages have; anything else behind `(?` is refused. */
function groupStart(translator: Translator): string {
  const start = translator.at - 1;
  if (translator.source.charAt(translator.at) !== '?') return '(';
  const kind = takeMatch(translator, /^\?(?::|=|!|<=|<!|<[a-zA-Z][a-zA-Z0-9]*>)/);
  if (kind === undefined) throw new ExpressionFault(start, 'a kind of group that this version does not support yet');
  return `(${kind}`;
}

function literal(translator: Translator, character: string): string {
  return translator.bothCases && isLetter(character) ? `[${twin(character)}]` : character;
}

function isLetter(character: string): boolean {
  return /^[a-zA-Z]$/.test(character);
}

function twin(letter: string): string {
  return letter.toLowerCase() + letter.toUpperCase();
}

/** Escapes that mean the same in both languages. Java's \s and \w are ASCII's, so they are written out. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['d', '0-9'],
  ['w', 'a-zA-Z0-9_'],
  ['s', ' \\t\\n\\v\\f\\r'],
]);
const CONTROLS: ReadonlySet<string> = new Set([...'tnrf']);
const CHARACTER_CODE = /^(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})/;

type Surroundings = 'outside' | 'class';

/** What stands behind a backslash, for its surroundings. */
function escapeSequence(translator: Translator, surroundings: Surroundings): string {
  const start = translator.at - 1;
  const code = takeMatch(translator, CHARACTER_CODE);
  if (code !== undefined) return codeCharacter(translator, code, surroundings);
  if (translator.at >= translator.source.length) throw new ExpressionFault(start, 'a \\ at the end');
  const reference =
    surroundings === 'outside' ? takeMatch(translator, /^(?:[1-9]|k<[a-zA-Z][a-zA-Z0-9]*>)/) : undefined;
  if (reference !== undefined) return `(?:\\${reference})`;
  const character = takeCharacter(translator);
  const set = ESCAPES.get(character);
  if (set !== undefined) return surroundings === 'class' ? set : `[${set}]`;
  const negated = ESCAPES.get(character.toLowerCase());
  if (negated !== undefined && surroundings === 'outside') return `[^${negated}]`;
  if (CONTROLS.has(character)) return `\\${character}`;
  if ((character === 'b' || character === 'B') && surroundings === 'outside') return `\\${character}`;
  if (/^[a-zA-Z0-9]$/.test(character)) {
    throw new ExpressionFault(start, `\\${character}, which this version does not support yet`);
  }
  return escaped(character, surroundings);
}

function codeCharacter(translator: Translator, code: string, surroundings: Surroundings): string {
  const character = String.fromCodePoint(Number.parseInt(code.slice(1), 16));
  if (isLetter(character)) return surroundings === 'class' ? character : literal(translator, character);
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** With the flag `u` only characters of the syntax may be escaped. */
function escaped(character: string, surroundings: Surroundings): string {
  const needed = surroundings === 'class' ? /^[\\\]^[-]$/ : /^[\^$\\.*+?()[\]{}|/]$/;
  return needed.test(character) ? `\\${character}` : character;
}

/** `[a-f_]`: letters and ranges of letters in both cases. */
function characterClass(translator: Translator): string {
  const start = translator.at - 1;
  let result = takeMatch(translator, /^\^/) === undefined ? '[' : '[^';
  // Java has no empty class: a ] that comes first is one to match.
  for (let items = 0; ; items += 1) {
    if (translator.at >= translator.source.length) throw new ExpressionFault(start, 'a [ that is never closed');
    if (translator.source.charAt(translator.at) === ']' && items > 0) break;
    result += classItem(translator);
  }
  translator.at += 1;
  return `${result}]`;
}

function classItem(translator: Translator): string {
  const start = translator.at;
  const from = classCharacter(translator);
  // Behind a set such as \w, Java takes the hyphen for itself.
  const isRange = pointOf(from) !== undefined && /^-[^\]]/.test(translator.source.slice(translator.at));
  if (!isRange) return from + otherCases(translator, from, from);
  translator.at += 1;
  const to = classCharacter(translator);
  if (pointOf(to) === undefined) {
    throw new ExpressionFault(start, 'a range that does not run from one character to another');
  }
  if ((pointOf(from) ?? 0) > (pointOf(to) ?? 0))
    throw new ExpressionFault(start, 'a range whose end comes before its start');
  return `${from}-${to}${otherCases(translator, from, to)}`;
}

function classCharacter(translator: Translator): string {
  const start = translator.at;
  const character = takeCharacter(translator);
  if (character === '\\') return escapeSequence(translator, 'class');
  const union = character === '[' || (character === '&' && translator.source.charAt(translator.at) === '&');
  if (union) throw new ExpressionFault(start, 'a class within a class, which this version does not support yet');
  return escaped(character, 'class');
}

/** The code point of one translated class character; undefined for a set such as `0-9`. */
function pointOf(item: string): number | undefined {
  const code = /^\\u([0-9a-f]{4})$/.exec(item);
  if (code?.[1] !== undefined) return Number.parseInt(code[1], 16);
  const control = { '\\t': 9, '\\n': 10, '\\f': 12, '\\r': 13 }[item];
  const plain = item.replace(/^\\(?=[^a-z])/s, '');
  return control ?? ([...plain].length === 1 ? plain.codePointAt(0) : undefined);
}

/** The other case of those ASCII letters that lie from `from` to `to`. */
function otherCases(translator: Translator, from: string, to: string): string {
  const first = pointOf(from);
  const last = pointOf(to);
  if (!translator.bothCases || first === undefined || last === undefined) return '';
  return shifted(first, last, UPPER, 32) + shifted(first, last, LOWER, -32);
}

const UPPER = { first: 65, last: 90 } as const;
const LOWER = { first: 97, last: 122 } as const;

function shifted(
  first: number,
  last: number,
  letters: { readonly first: number; readonly last: number },
  by: number,
): string {
  const low = Math.max(first, letters.first);
  const high = Math.min(last, letters.last);
  return low > high ? '' : `${String.fromCharCode(low + by)}-${String.fromCharCode(high + by)}`;
}
