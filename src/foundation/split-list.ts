/** The text of a list answer, cut at the elements of `resources`; nothing of it is parsed yet. */
export interface SplitList {
  /** The document with an empty array in place of the elements. */
  readonly frame: string;
  /** Where each element begins and ends in the bytes. */
  readonly elements: readonly (readonly [start: number, end: number])[];
}

const BLANKS: readonly (number | undefined)[] = [0x20, 0x09, 0x0a, 0x0d];
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Finds the elements of a list answer without making objects of it. A page of 1,000 applications is 2.4 MB; parsed whole,
 * its objects outlive the young generation and block the loop for as long, whereas elements can be parsed one by one.
 *
 * Brackets, strings and the commas between elements are looked at: what else is no valid JSON shows when frame and
 * elements are parsed.
 *
 * @returns undefined when there is no array `resources` at the top level that ends, or its commas part no elements
 */
export function splitList(json: Buffer): SplitList | undefined {
  const array = findResources(json);
  if (array === undefined) return undefined;
  const elements: [number, number][] = [];
  let depth = 0;
  let start = 0;
  let commas = 0;
  for (let at = array + 1; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      start = depth === 0 ? at : start;
      at = endOfString(json, at);
      if (depth === 0) elements.push([start, at + 1]);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth === 0) start = at;
      depth += 1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) {
        if (commas !== Math.max(0, elements.length - 1)) return undefined;
        return { frame: `${json.toString('utf8', 0, array + 1)}${json.toString('utf8', at)}`, elements };
      }
      depth -= 1;
      if (depth === 0) elements.push([start, at + 1]);
    } else if (depth === 0 && byte === COMMA) {
      // Two elements side by side would count as two all the same.
      commas += 1;
      if (commas !== elements.length) return undefined;
    } else if (depth === 0 && !BLANKS.includes(byte)) {
      // Null, a number, or no JSON at all: an element that does not fit, or a document that is none.
      const end = endOfScalar(json, at);
      elements.push([at, end]);
      at = end - 1;
    }
  }
  return undefined;
}

function endOfScalar(json: Buffer, start: number): number {
  const length = json
    .subarray(start)
    .findIndex((byte) => BLANKS.includes(byte) || byte === COMMA || byte === CLOSE_BRACKET);
  return length < 0 ? json.length : start + length;
}

/** Index of the bracket that opens the top-level array `resources`. */
function findResources(json: Buffer): number | undefined {
  let depth = 0;
  let key = '';
  let isResources = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      const end = endOfString(json, at);
      if (depth === 1) key = end - at < 16 ? json.toString('latin1', at + 1, end) : '';
      at = end;
    } else if (byte === COLON) {
      isResources = depth === 1 && key === 'resources';
    } else if (byte === OPEN_BRACKET && isResources && depth === 1) {
      return at;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
    }
  }
  return undefined;
}

/** Index of the quote that ends the string which begins at `start`; the end of the bytes when none does. */
function endOfString(json: Buffer, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) return at;
  }
  return json.length;
}
