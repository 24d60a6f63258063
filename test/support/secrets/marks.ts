import { randomBytes } from 'node:crypto';

/** A secret that is found again, wherever a part of it turns up. */
export interface Mark {
  /** What it is, for people. */
  readonly name: string;
  /** Twelve characters each, of one byte each; of one that was made here, either of them is half of it. */
  readonly pieces: readonly string[];
  /** The whole of it. */
  readonly text: string;
}

export interface Marks {
  readonly all: readonly Mark[];
  /** A new secret. `middle` stands between its two halves: signs that languages escape in their own ways. */
  make(name: string, middle?: string): string;
  /** One that others have made, such as a key or a token; `parts` are those that nobody knows else, one of twelve at least. */
  adopt(name: string, text: string, parts: readonly string[]): string;
}

/** Signs that YAML, JSON, URLs, HTML and shells write in other ways. */
export const ODD_SIGNS = ` "'&<é:@/%41+\\=#`;

/** As short as a part of a secret may be to help whoever guesses it. */
const PIECE_LENGTH = 12;

export function createMarks(): Marks {
  const all: Mark[] = [];
  return {
    all,
    make(name, middle = '.') {
      const pieces = [piece(), piece()];
      const text = pieces.join(middle);
      all.push({ name, pieces, text });
      return text;
    },
    adopt(name, text, parts) {
      const pieces = parts.flatMap((part) => part.match(new RegExp(`.{${PIECE_LENGTH}}`, 'g')) ?? []);
      if (pieces.length === 0) throw new Error(`${name} has no part by which it could be found`);
      all.push({ name, pieces, text });
      return text;
    },
  };
}

/** Begins with a letter, and is no number and no name of an option. */
function piece(): string {
  return `M${randomBytes(16)
    .toString('base64url')
    .replace(/[_-]/g, 'x')
    .slice(0, PIECE_LENGTH - 1)}`;
}
