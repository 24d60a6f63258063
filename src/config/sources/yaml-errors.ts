import type { ErrorCode, YAMLParseError } from 'yaml';
import type { TextPlace } from '../origin.js';
import type { ProblemText } from '../report.js';
import type { YamlFault } from './yaml-fault.js';
import { explainIndentation } from './yaml-indentation.js';

/** The parser's codes in our words, since its own sentences quote what stands there. */
const SENTENCES: Partial<Readonly<Record<ErrorCode, ProblemText>>> = {
  ALIAS_PROPS: { found: 'an alias with a tag or an anchor', expected: 'the alias alone' },
  BAD_ALIAS: { found: 'an alias that names no anchor before it', expected: '*name of an earlier &name' },
  BAD_COLLECTION_TYPE: { found: 'a tag that does not fit its value', expected: 'no tags' },
  BAD_DIRECTIVE: { found: 'a directive (%) that YAML does not know', expected: 'options by name' },
  BAD_DQ_ESCAPE: {
    found: 'an escape that double quotes do not have',
    expected: 'a text in quotes',
    remedy: 'use single quotes, in which a backslash is itself',
  },
  BAD_INDENT: {
    found: 'a line indented unlike its neighbours, or a bracket that is never closed',
    expected: 'equal indentation in one map or list',
  },
  BAD_SCALAR_START: {
    found: 'a value that begins with a character reserved by YAML (@ or `)',
    expected: 'a value',
    remedy: 'put it in quotes',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    found: 'a map or list within the line of a key',
    expected: 'one "name: value" in a line',
    remedy: 'put values that hold ": " in quotes',
  },
  BLOCK_IN_FLOW: { found: 'an indented block within brackets', expected: 'commas between brackets' },
  KEY_OVER_1024_CHARS: { found: 'a name of more than 1024 characters', expected: 'name: value' },
  MISSING_CHAR: {
    found: 'a missing character: a closing quote or bracket, a colon, or a space behind one',
    expected: 'name: value',
  },
  MULTILINE_IMPLICIT_KEY: { found: 'a name that runs over several lines', expected: 'name: value' },
  TAB_AS_INDENT: { found: 'a tab as indentation', expected: 'spaces', remedy: 'replace tabs by spaces' },
  TAG_RESOLVE_FAILED: { found: 'a tag that does not fit its value', expected: 'no tags' },
  UNEXPECTED_TOKEN: {
    found: 'something that YAML does not allow here',
    expected: 'name: value',
    remedy: 'put values with special characters in quotes',
  },
};

/** Codes that stand for lines whose indentation the parser could not make sense of, among others. */
const OF_INDENTATION: readonly ErrorCode[] = [
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
];

/** One fault a line, in order: the parser's further ones follow from the first, and those beside a tab from the tab. */
export function explainYamlErrors(
  text: string,
  errors: readonly YAMLParseError[],
  placeOf: (offset: number) => Required<TextPlace>,
): readonly YamlFault[] {
  const placed = errors.map((error) => ({ code: error.code, place: placeOf(error.pos[0]) }));
  const tabs = new Set(placed.filter(({ code }) => code === 'TAB_AS_INDENT').map(({ place }) => place.line));
  const lines = text.split('\n');
  const faults = new Map<number, YamlFault>();
  for (const { code, place } of placed.toSorted((a, b) => a.place.line - b.place.line)) {
    if (code !== 'TAB_AS_INDENT' && (tabs.has(place.line) || tabs.has(place.line + 1))) continue;
    const fault = (OF_INDENTATION.includes(code) ? explainIndentation(lines, place.line) : undefined) ?? {
      place,
      text: SENTENCES[code] ?? { found: `a fault in the YAML (${code})`, expected: 'name: value' },
    };
    const line = fault.place.line ?? place.line;
    if (!faults.has(line)) faults.set(line, fault);
  }
  return [...faults.values()];
}
