/** A text that can be read by position, such as a string. */
export type Characters = Pick<string, 'length' | 'charCodeAt' | 'slice'>;

const TAB = 0x09;
const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * The name of a sample that begins with a brace, as in `{a="b","name",c="d"}`: the quoted text without a value,
 * wherever it stands; its escapes as they are. Undefined where there is none, or where the text is no such sample.
 *
 * Read by hand and only forwards, because applications write these lines: an expression that tries again costs the
 * square of a line's length.
 */
export function nameInBraces(line: Characters): string | undefined {
  let at = 1;
  while (at < line.length) {
    const start = afterBlanks(line, at);
    const end = line.charCodeAt(start) === QUOTE ? afterQuoted(line, start) : afterBare(line, start);
    if (end === undefined) return undefined;
    at = afterBlanks(line, end);
    if (line.charCodeAt(at) === EQUALS) {
      const afterValue = afterQuoted(line, afterBlanks(line, at + 1));
      if (afterValue === undefined) return undefined;
      at = afterBlanks(line, afterValue);
    } else if (line.charCodeAt(start) === QUOTE) {
      return isSeparator(line.charCodeAt(at)) ? line.slice(start + 1, end - 1) : undefined;
    }
    if (line.charCodeAt(at) !== COMMA) return undefined;
    at += 1;
  }
  return undefined;
}

function afterBlanks(line: Characters, from: number): number {
  let at = from;
  while (at < line.length && isBlank(line.charCodeAt(at))) at += 1;
  return at;
}

/** Behind the closing quote; undefined if there is none, or nothing quoted begins here. */
function afterQuoted(line: Characters, from: number): number | undefined {
  if (line.charCodeAt(from) !== QUOTE) return undefined;
  for (let at = from + 1; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return undefined;
}

/** Behind a name without quotes; undefined if it is empty. */
function afterBare(line: Characters, from: number): number | undefined {
  let at = from;
  while (at < line.length && isBare(line.charCodeAt(at))) at += 1;
  return at === from ? undefined : at;
}

function isBare(code: number): boolean {
  return code > BLANK && code !== QUOTE && code !== EQUALS && code !== OPENING && !isSeparator(code);
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB;
}

function isSeparator(code: number): boolean {
  return code === COMMA || code === CLOSING;
}
