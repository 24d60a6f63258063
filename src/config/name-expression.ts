import { foldCase } from '../base/fold-case.js';
import { ExpressionFault } from './java-expression/fault.js';
import type { Flags } from './java-expression/flags.js';
import { createJudge, type Judge } from './java-expression/judge.js';
import { type Translation, translateExpression } from './java-expression/translate.js';

/** A regular expression that is compared with a whole text. Its tests end in time whatever the text is. */
export interface CompiledExpression extends Judge {
  /** As written. */
  readonly source: string;
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
 * Java's CASE_INSENSITIVE has it (facts, promregator 3).
 */
export function compileNameExpression(source: string): ExpressionOutcome {
  return compile(source, new Set(['i']));
}

/** An expression for the URL of a route, with regard to case. */
export function compileRouteExpression(source: string): ExpressionOutcome {
  return compile(source, new Set());
}

function compile(source: string, flags: Flags): ExpressionOutcome {
  try {
    const translation = translateExpression(source, flags);
    const judge = createJudge(matcherOf(translation), translation.work);
    // The engine compiles at first use, once for Latin and once for other texts, and may find the expression too large.
    for (const text of ['', '\u0100']) judge.test(text);
    if (judge.takeInterrupted().length > 0)
      return { ok: false, reason: 'it runs too long on nothing', position: undefined };
    return { ok: true, expression: { source, ...judge } };
  } catch (error) {
    if (error instanceof ExpressionFault) return { ok: false, reason: error.message, position: error.position };
    if (error instanceof SyntaxError) return { ok: false, reason: shortReason(error), position: undefined };
    throw error;
  }
}

function matcherOf({ source, prefix, folds }: Translation): (text: string) => boolean {
  const pattern = new RegExp(source, 'v');
  return (text) => pattern.test(prefix + (folds ? foldCase(text) : text));
}

/** `Invalid regular expression: /…/v: Regular expression too large` quotes what we made of it, not what was written. */
function shortReason(error: SyntaxError): string {
  const reason = error.message.split(': ').at(-1) ?? 'it does not compile';
  return `${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
}
