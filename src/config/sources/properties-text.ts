/** A line of a `.properties` text, with the places of name and value, counted from 1. */
export interface PropertyEntry {
  readonly name: string;
  readonly value: string;
  readonly namePlace: Place;
  readonly valuePlace: Place;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface PropertiesText {
  /** Never empty: a text without a separator is one document. */
  readonly documents: readonly (readonly PropertyEntry[])[];
  /** Where a `\u` is not followed by four hexadecimal digits; such lines are left out. */
  readonly badEscapes: readonly Place[];
}

/** Reads what java.util.Properties.load reads, and Spring Boot's `#---` between documents. Never throws. */
export function parseProperties(text: string): PropertiesText {
  const lines = text.split(/\r\n|\r|\n/);
  const documents: PropertyEntry[][] = [[]];
  const badEscapes: Place[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const start = lines[at] ?? '';
    if (isSeparator(lines, at)) documents.push([]);
    if (NO_ENTRY.test(start)) continue;
    const line = joinContinued(lines, at);
    at = line.last;
    const entry = parseLine(line);
    if ('line' in entry) badEscapes.push(entry);
    else documents.at(-1)?.push(entry);
  }
  return { documents, badEscapes };
}

/** Empty, a comment, or a lone backslash, which Java takes as if it were not there. */
const NO_ENTRY = /^[ \t\f]*(?:[#!].*|\\)?$/;

/** Spring Boot: three hyphens right behind the comment sign, and no comment of that sign before or behind. */
function isSeparator(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (!/^[#!]---[ \t\f]*$/.test(line)) return false;
  const sign = line.charAt(0);
  return ![lines[at - 1], lines[at + 1]].some((beside) => beside?.startsWith(sign) === true);
}

interface LogicalLine {
  readonly text: string;
  /** Which part of the text stands where. */
  readonly parts: readonly { readonly from: number; readonly place: Place }[];
  /** Index of the last line that belongs to it. */
  readonly last: number;
}

/** A line that ends in an odd number of backslashes goes on in the next one, whose blanks at the front do not count. */
function joinContinued(lines: readonly string[], first: number): LogicalLine {
  const parts: { from: number; place: Place }[] = [];
  let text = '';
  for (let at = first; ; at += 1) {
    const line = lines[at] ?? '';
    const body = line.replace(/^[ \t\f]+/, '');
    parts.push({ from: text.length, place: { line: at + 1, column: line.length - body.length + 1 } });
    const backslashes = /\\*$/.exec(body)?.[0].length ?? 0;
    if (backslashes % 2 === 0 || at + 1 >= lines.length) {
      // At the end of the text a lone backslash stands for nothing.
      return { text: text + (backslashes % 2 === 0 ? body : body.slice(0, -1)), parts, last: at };
    }
    text += body.slice(0, -1);
  }
}

function parseLine(line: LogicalLine): PropertyEntry | Place {
  const nameEnd = endOfName(line.text);
  const between = /^[ \t\f]*(?:[=:][ \t\f]*)?/.exec(line.text.slice(nameEnd))?.[0] ?? '';
  const valueFrom = nameEnd + between.length;
  const bad = badEscape(line.text);
  if (bad !== undefined) return placeAt(line, bad);
  return {
    name: withoutEscapes(line.text.slice(0, nameEnd)),
    value: withoutEscapes(line.text.slice(valueFrom)),
    namePlace: placeAt(line, 0),
    valuePlace: placeAt(line, valueFrom),
  };
}

function endOfName(text: string): number {
  let at = 0;
  while (at < text.length && !/[=: \t\f]/.test(text.charAt(at))) at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

function badEscape(text: string): number | undefined {
  for (const sign of text.matchAll(ESCAPE)) if (sign[2] === 'u') return sign.index;
  return undefined;
}

/** Four digits behind a `u`, or one letter of any kind. */
const ESCAPE = /\\(?:u([\da-fA-F]{4})|([\s\S]))/g;

function placeAt(line: LogicalLine, offset: number): Place {
  const part = line.parts.findLast(({ from }) => from <= offset);
  if (part === undefined) return { line: 1, column: 1 };
  return { line: part.place.line, column: part.place.column + offset - part.from };
}

const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function withoutEscapes(text: string): string {
  return text.replace(ESCAPE, (_, code?: string, letter?: string) =>
    code === undefined ? (CONTROLS[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
