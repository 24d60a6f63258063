import type { Origin } from '../origin.js';
import { type Findings, type Problem, problem } from '../report.js';
import type { Shape } from '../shape.js';
import type { MapNode } from '../tree.js';
import { decodeProperties, decodeYaml } from './decode-text.js';
import type { TextForm } from './location.js';
import { readProperties } from './properties-source.js';
import { readYaml } from './yaml-source.js';

/** A text that holds options, as it was found. */
export interface WrittenText {
  readonly origin: Origin;
  readonly form: TextForm;
  readonly content: Uint8Array | string;
}

/** The documents of a text, in rising precedence. */
export type ReadDocuments = (written: WrittenText, findings: Findings) => readonly MapNode[];

interface Parsed extends Findings {
  readonly documents: readonly MapNode[];
  readonly content: WrittenText['content'];
}

/** Each text is parsed once for as long as this is kept, since profiles are known only when all have been read. */
export function createDocumentReader(shape: Shape): ReadDocuments {
  const known = new Map<string, Parsed>();
  return (written, findings) => {
    const key = `${written.form} ${JSON.stringify(written.origin)}`;
    const before = known.get(key);
    const parsed = before?.content === written.content ? before : parse(written, shape);
    known.set(key, parsed);
    findings.problems.push(...parsed.problems);
    findings.warnings.push(...parsed.warnings);
    return parsed.documents;
  };
}

function parse({ origin, form, content }: WrittenText, shape: Shape): Parsed {
  const problems: Problem[] = [];
  const findings: Findings = { problems, warnings: [] };
  const decoded = typeof content === 'string' ? { ok: true as const, text: content } : decode(content, form);
  if (!decoded.ok) {
    const found = 'a byte that is no part of UTF-8';
    const remedy = 'save the file in UTF-8';
    problems.push(problem({ ...origin, ...decoded.place }, [], { found, expected: 'a text in UTF-8', remedy }));
    return { ...findings, documents: [], content };
  }
  const { text } = decoded;
  const documents =
    form === 'yaml'
      ? readYaml({ origin, text, shape, nulls: 'empty' }, findings)
      : readProperties(origin, text, shape, findings);
  return { ...findings, documents, content };
}

function decode(content: Uint8Array, form: TextForm): ReturnType<typeof decodeYaml> {
  return form === 'yaml' ? decodeYaml(content) : { ok: true, text: decodeProperties(content) };
}
