import { withoutObeyed } from './visible-text.js';

/**
 * An error with a stable code, a sentence that says what was tried on what, and its cause.
 *
 * The code is for machines (status tables, metrics, tests), the sentence for people. Neither holds a secret.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Depth after which a chain of causes is cut; libraries nest three or four deep. */
const MAX_CAUSES = 6;

/** One line for a person: the sentence and those of its causes, each once, joined by a colon. */
export function describeError(error: unknown): string {
  const sentences: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && current !== undefined && current !== null; depth += 1) {
    const sentence = sentenceOf(current);
    if (!sentences.some((earlier) => earlier.includes(sentence))) sentences.push(sentence);
    current = current instanceof Error ? current.cause : undefined;
  }
  return oneLine(sentences.join(': '));
}

/** The code of an error of ours, of Node (`ECONNREFUSED`) or of undici (`UND_ERR_…`); undefined when it has none. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function sentenceOf(value: unknown): string {
  if (!(value instanceof Error)) return String(value);
  if (value instanceof AggregateError && value.message === '') {
    return value.errors.map((each) => sentenceOf(each)).join(', ');
  }
  return value.message === '' ? (errorCode(value) ?? value.name) : value.message;
}

/** What a terminal or a log would obey as spaces, so that a foreign text cannot forge a line or turn one round. */
export function oneLine(text: string): string {
  return withoutObeyed(text);
}
