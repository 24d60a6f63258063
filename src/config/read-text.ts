import { relaxName } from './path.js';
import { type ProblemText, quote } from './report.js';
import type { LeafShape, LeafType, Unit } from './shape.js';

/**
 * A text as the value that its option asks for, and undefined when it is none, or when there is none.
 *
 * An empty text counts as not set, except where the option gives it a meaning. Secrets stay out of every report.
 */
export function readText(shape: LeafShape, text: string, report: (text: ProblemText) => void): unknown {
  const value = convert(shape.type, text);
  if (value !== undefined && shape.schema.safeParse(value).success) return value;
  if (text.trim() === '') return undefined;
  report(misfit(shape, text));
  return undefined;
}

function convert(type: LeafType, text: string): unknown {
  switch (type.kind) {
    case 'text':
      return text;
    case 'boolean':
      return BOOLEANS.get(text.trim().toLowerCase());
    case 'choice':
      return type.choices.find((choice) => relaxName(choice) === relaxName(text.trim()));
    case 'number':
      return convertNumber(text.trim());
  }
}

/** The words that Spring and YAML 1.1 take. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
]);

/** Digits may be grouped by `_`, which the original's YAML 1.1 allows, and `0x1F` is taken as Spring takes it. */
function convertNumber(text: string): number | undefined {
  const [, sign, digits] = /^([-+]?)0x([\da-f]+(?:_[\da-f]+)*)$/i.exec(text) ?? [];
  if (digits !== undefined) return Number.parseInt(digits.replaceAll('_', ''), 16) * (sign === '-' ? -1 : 1);
  return /^[-+]?\d+(?:_\d+)*(?:\.\d+)?$/.test(text) ? Number(text.replaceAll('_', '')) : undefined;
}

function misfit(shape: LeafShape, text: string): ProblemText {
  const found = shape.secret ? 'a value (not shown)' : quote(text);
  const remedy = shape.type.kind === 'number' && !shape.secret ? withoutUnit(text, shape.unit) : undefined;
  return { found, expected: expectation(shape, text), ...(remedy === undefined ? {} : { remedy }) };
}

function expectation(shape: LeafShape, text: string): string {
  switch (shape.type.kind) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${shape.type.choices.filter((choice) => !HIDDEN_CHOICES.has(choice)).join(', ')}`;
    case 'number':
      return `${shape.type.whole ? 'a whole number' : 'a number'}${UNIT_WORDS[shape.unit ?? 'none']} ${range(shape.type)}`;
    case 'text': {
      const outcome = shape.schema.safeParse(text);
      return outcome.success ? 'a text' : (outcome.error.issues[0]?.message ?? 'a text');
    }
  }
}

/** Words that are understood and that nobody should be told to write. */
const HIDDEN_CHOICES: ReadonlySet<string> = new Set(['FALSE', 'null']);

const UNIT_WORDS: Readonly<Record<Unit | 'none', string>> = {
  ms: ' of milliseconds',
  s: ' of seconds',
  bytes: ' of bytes',
  none: '',
};

/** Bounds that are only the machine's own say nothing to people. */
const UNSPOKEN_BOUND = 2_000_000;

function range(type: Extract<LeafType, { kind: 'number' }>): string {
  return type.max > UNSPOKEN_BOUND ? `of at least ${type.min}` : `from ${type.min} to ${type.max}`;
}

const UNITS: Readonly<Record<Unit, ReadonlyMap<string, number>>> = {
  ms: new Map([
    ['ms', 1],
    ['s', 1000],
    ['m', 60_000],
    ['h', 3_600_000],
    ['d', 86_400_000],
  ]),
  s: new Map([
    ['ms', 0.001],
    ['s', 1],
    ['m', 60],
    ['h', 3600],
    ['d', 86_400],
  ]),
  bytes: new Map([
    ['b', 1],
    ['k', 1024],
    ['m', 1024 ** 2],
    ['g', 1024 ** 3],
  ]),
};

/** `5s` where milliseconds are asked for: `write 5000`. */
function withoutUnit(text: string, unit: Unit | undefined): string | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim());
  if (unit === undefined || match === null) return undefined;
  const factor = UNITS[unit].get(shortUnit(match[2] ?? '', unit));
  return factor === undefined ? undefined : `write ${Math.max(1, Math.round(Number(match[1]) * factor))}`;
}

function shortUnit(written: string, unit: Unit): string {
  const word = written.toLowerCase();
  if (unit === 'bytes') return word.replace(/^([kmg])i?b$/, '$1');
  return word
    .replace(/^(ms|millis|milliseconds?)$/, 'ms')
    .replace(/^(sec|secs|seconds?)$/, 's')
    .replace(/^(min|mins|minutes?)$/, 'm')
    .replace(/^(hours?)$/, 'h')
    .replace(/^(days?)$/, 'd');
}
