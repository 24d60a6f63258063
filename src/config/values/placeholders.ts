/** A text in pieces: what stands there as it is, and the places where another value belongs. */
export type Part = TextPart | PlaceholderPart;

export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
}

export interface PlaceholderPart {
  readonly kind: 'placeholder';
  /** May hold placeholders itself: `${vcap.services.${which}.credentials.password}`. */
  readonly name: readonly Part[];
  /** What counts when the name has no value; undefined when nothing does. */
  readonly fallback: readonly Part[] | undefined;
  /** All between the braces, since a name may hold a colon. Undefined where something is nested in it. */
  readonly whole: string | undefined;
}

/** Nobody nests placeholders nearly as deep, and they are walked by recursion. */
const DEEPEST_NESTING = 32;

/**
 * Splits a text at its placeholders, as Spring 6.2 does it (its PlaceholderParser): `${name}`, `${name:fallback}`, nested in
 * both; `\${name}` is the text `${name}`, and `\:` a colon in a name. Braces count in pairs; a `${` without its end is text.
 *
 * Undefined when they are nested deeper than any person nests them.
 */
export function parsePlaceholders(text: string): readonly Part[] | undefined {
  if (!text.includes('${')) return [{ kind: 'text', text }];
  const ends = findEnds(text);
  return ends === undefined ? undefined : parseRange({ text, ends, from: 0, to: text.length });
}

/** For each `${`, by its index: where its closing brace stands. */
function findEnds(text: string): ReadonlyMap<number, number> | undefined {
  const open: number[] = [];
  const ends = new Map<number, number>();
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{') open.push(at);
    const start = text[at] === '}' ? open.pop() : undefined;
    if (start !== undefined && text[start - 1] === '$') ends.set(start - 1, at);
  }
  return deepest(ends) > DEEPEST_NESTING ? undefined : ends;
}

function deepest(ends: ReadonlyMap<number, number>): number {
  const around: number[] = [];
  let most = 0;
  for (const [start, end] of [...ends].toSorted(([a], [b]) => a - b)) {
    while ((around.at(-1) ?? end) < start) around.pop();
    around.push(end);
    most = Math.max(most, around.length);
  }
  return most;
}

interface Range {
  readonly text: string;
  readonly ends: ReadonlyMap<number, number>;
  readonly from: number;
  readonly to: number;
}

function parseRange(range: Range): readonly Part[] {
  const { text, ends, from, to } = range;
  const parts: Part[] = [];
  let done = from;
  const addText = (until: number): void => {
    if (until > done) parts.push({ kind: 'text', text: text.slice(done, until) });
    done = until;
  };
  for (let start = text.indexOf('${', from); start !== -1 && start < to; start = text.indexOf('${', start)) {
    const end = ends.get(start);
    if (end !== undefined && start > done && text[start - 1] === '\\') {
      addText(start - 1);
      done = start;
    } else if (end !== undefined) {
      addText(start);
      parts.push(parsePlaceholder({ ...range, from: start + 2, to: end }));
      done = end + 1;
      start = end - 1;
    }
    start += 2;
  }
  addText(to);
  return parts;
}

function parsePlaceholder(range: Range): PlaceholderPart {
  const parts = parseRange(range);
  const nested = parts.some(({ kind }) => kind === 'placeholder');
  const whole = nested ? undefined : range.text.slice(range.from, range.to);
  const name: Part[] = [];
  for (const [at, part] of parts.entries()) {
    const split = part.kind === 'text' ? splitAtColon(part.text) : undefined;
    if (split === undefined) name.push(part);
    else name.push({ kind: 'text', text: split.before });
    if (split?.behind === undefined) continue;
    const fallback: readonly Part[] = [{ kind: 'text', text: split.behind }, ...parts.slice(at + 1)];
    return { kind: 'placeholder', name, fallback, whole };
  }
  return { kind: 'placeholder', name, fallback: undefined, whole };
}

/** At the first colon without a backslash before it; the backslashes before others fall away. */
function splitAtColon(text: string): { readonly before: string; readonly behind: string | undefined } {
  const colon = /(?<!\\):/.exec(text);
  const before = text.slice(0, colon?.index ?? text.length).replaceAll('\\:', ':');
  return { before, behind: colon === null ? undefined : text.slice(colon.index + 1) };
}
