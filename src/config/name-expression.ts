import { foldCase } from '../base/fold-case.js';
import { ExpressionFault, translateExpression } from './translate-expression.js';

/** A regular expression that is compared with a whole text. */
export interface CompiledExpression {
  /** As written. */
  readonly source: string;
  test(text: string): boolean;
}

export type ExpressionOutcome =
  | { readonly ok: true; readonly expression: CompiledExpression }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Index of the character that is at fault, from 0; undefined when the whole is. */
      readonly position: number | undefined;
    };

/**
 * An expression for names: without regard to the case of ASCII letters, and with regard to that of all others, as
 * Java's CASE_INSENSITIVE has it (facts, promregator 3). JavaScript's flag `i` folds é and É too, with `u` even ſ and s.
 * So letters of the expression stand for both cases, and the name is read in lower case, for back-references' sake.
 */
export function compileNameExpression(source: string): ExpressionOutcome {
  const inline = /^\(\?(-?)i\)/.exec(source);
  const offset = inline?.[0].length ?? 0;
  const sensitive = inline?.[1] === '-';
  const outcome = compile(source, offset, sensitive ? 'sensitive' : 'insensitive');
  if (!outcome.ok) return outcome;
  const matches = (name: string): boolean => outcome.pattern.test(sensitive ? name : foldCase(name));
  return { ok: true, expression: { source, test: matches } };
}

/** An expression for the URL of a route, with regard to case. */
export function compileRouteExpression(source: string): ExpressionOutcome {
  const offset = source.startsWith('(?i)') ? '(?i)'.length : 0;
  const outcome = compile(source, offset, offset > 0 ? 'insensitive' : 'sensitive');
  if (!outcome.ok) return outcome;
  const matches = (url: string): boolean => outcome.pattern.test(offset > 0 ? foldCase(url) : url);
  return { ok: true, expression: { source, test: matches } };
}

type Compiled = { readonly ok: true; readonly pattern: RegExp } | Extract<ExpressionOutcome, { ok: false }>;

function compile(source: string, offset: number, letters: 'sensitive' | 'insensitive'): Compiled {
  try {
    const translated = translateExpression(source.slice(offset), letters);
    // Alone first: wrapped, `a)(?:b` would compile.
    new RegExp(translated, 'u');
    return { ok: true, pattern: new RegExp(`^(?:${translated})$`, 'u') };
  } catch (error) {
    if (error instanceof ExpressionFault)
      return { ok: false, reason: error.message, position: error.position + offset };
    if (error instanceof SyntaxError) return { ok: false, reason: shortReason(error), position: undefined };
    throw error;
  }
}

/** `Invalid regular expression: /…/u: Nothing to repeat` quotes what we made of the expression, not what was written. */
function shortReason(error: SyntaxError): string {
  const reason = error.message.split(': ').at(-1) ?? 'it does not compile';
  return `${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
}
