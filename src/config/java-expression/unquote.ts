/** A character of an expression. */
export interface Token {
  /** A whole code point. */
  readonly character: string;
  /** Index in the source, in UTF-16 code units. */
  readonly position: number;
  /** Stood between `\Q` and `\E`, so it means itself. */
  readonly quoted: boolean;
}

/** Reads `\Q…\E`, which Java replaces before anything else; a quotation that is never closed goes to the end. */
export function unquote(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let quoted = false;
  let at = 0;
  const push = (): void => {
    const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
    tokens.push({ character, position: at, quoted });
    at += character.length;
  };
  while (at < source.length) {
    if (source.startsWith(quoted ? '\\E' : '\\Q', at)) {
      quoted = !quoted;
      at += 2;
      continue;
    }
    const escapes = !quoted && source.charAt(at) === '\\';
    push();
    if (escapes && at < source.length) push();
  }
  return tokens;
}
