/**
 * Spring's profile expressions: `a`, `!a`, `a & b`, `a | b`, parentheses. `&` and `|` side by side need parentheses, as
 * in Spring, which gives neither the right of way.
 *
 * @returns the test, or undefined for what is no such expression
 */
export function parseProfileExpression(text: string): ((profiles: ReadonlySet<string>) => boolean) | undefined {
  const tokens = (text.match(/[()&|!]|[^()&|!]+/g) ?? []).map((token) => token.trim()).filter((token) => token !== '');
  if (tokens.length > MOST_TOKENS) return undefined;
  const reader = new ExpressionReader(tokens);
  const test = reader.readChain();
  return reader.atEnd() ? test : undefined;
}

/** Parentheses are read by recursion. */
const MOST_TOKENS = 1000;

type Test = (profiles: ReadonlySet<string>) => boolean;

class ExpressionReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** One or several terms, joined by one and the same operator. */
  readChain(): Test | undefined {
    const first = this.#readTerm();
    const operator = this.#tokens[this.#at];
    if (first === undefined || (operator !== '&' && operator !== '|')) return first;
    const terms: Test[] = [first];
    while (this.#tokens[this.#at] === operator) {
      this.#at += 1;
      const next = this.#readTerm();
      if (next === undefined) return undefined;
      terms.push(next);
    }
    return (profiles) =>
      operator === '&' ? terms.every((term) => term(profiles)) : terms.some((term) => term(profiles));
  }

  #readTerm(): Test | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token === '!') {
      const term = this.#readTerm();
      return term === undefined ? undefined : (profiles) => !term(profiles);
    }
    if (token === '(') {
      const inner = this.readChain();
      this.#at += 1;
      return this.#tokens[this.#at - 1] === ')' ? inner : undefined;
    }
    return token === undefined || /^[)&|]$/.test(token) ? undefined : (profiles) => profiles.has(token);
  }
}
