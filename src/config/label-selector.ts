/** A selector on the labels of an application, in Cloud Foundry's own syntax. */
export interface LabelSelector {
  /** As written. */
  readonly source: string;
  /** Whether every requirement holds. Looks at own properties only. */
  test(labels: Readonly<Record<string, string>>): boolean;
}

export type LabelSelectorOutcome =
  | { readonly ok: true; readonly selector: LabelSelector }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Index of the character that is at fault, from 0. */
      readonly position: number;
    };

interface Requirement {
  readonly key: string;
  readonly values: ReadonlySet<string> | undefined;
  /** `has` holds only for labels with the key, `lacks` also for those without it. */
  readonly kind: 'has' | 'lacks';
}

/** The limits of the Cloud Foundry API (facts/cloud-foundry.md 3.1, 7): beyond them nothing could ever match. */
const MOST_REQUIREMENTS = 50;
const LONGEST_PREFIX = 253;
const LONGEST_NAME = 63;

/** Letters and digits at both ends, as the API demands it of whoever sets a label. */
const WORD = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const PREFIX = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/**
 * Reads `env=prod,!legacy,team in (a, b)` as the API's `label_selector`: requirements `key`, `!key`, `key=value`,
 * `key==value`, `key!=value`, `key in (a,b)` and `key notin (a,b)`, all of which have to hold. `!=` and `notin` hold for
 * applications without the key too. White space between the parts may be of any length, where some versions of the API
 * take one space only.
 */
export function parseLabelSelector(text: string): LabelSelectorOutcome {
  try {
    const requirements = new Reader(text).readAll();
    return {
      ok: true,
      selector: { source: text, test: (labels) => requirements.every((each) => holds(each, labels)) },
    };
  } catch (error) {
    if (error instanceof SelectorFault) return { ok: false, reason: error.message, position: error.position };
    throw error;
  }
}

function holds({ key, values, kind }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  const found = value !== undefined && (values === undefined || values.has(value));
  return kind === 'has' ? found : !found;
}

/** A place in a selector that cannot be read, within this file only. */
class SelectorFault extends Error {
  readonly position: number;

  constructor(reason: string, position: number) {
    super(reason);
    this.position = position;
  }
}

/** Goes through the text once, from left to right. */
class Reader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    do {
      if (requirements.length === MOST_REQUIREMENTS) {
        throw new SelectorFault(`there are more than ${MOST_REQUIREMENTS} requirements`, this.#position);
      }
      requirements.push(this.#readRequirement());
    } while (this.#take(','));
    this.#skipSpace();
    if (this.#position < this.#text.length) throw this.#fault('a comma or the end');
    return requirements;
  }

  #readRequirement(): Requirement {
    if (this.#take('!')) return { key: this.#readKey(), values: undefined, kind: 'lacks' };
    const key = this.#readKey();
    if (this.#take('!=')) return { key, values: new Set([this.#readValue()]), kind: 'lacks' };
    if (this.#take('==') || this.#take('=')) return { key, values: new Set([this.#readValue()]), kind: 'has' };
    if (this.#takeWord('in')) return { key, values: this.#readSet(), kind: 'has' };
    if (this.#takeWord('notin')) return { key, values: this.#readSet(), kind: 'lacks' };
    return { key, values: undefined, kind: 'has' };
  }

  #readKey(): string {
    this.#skipSpace();
    const at = this.#position;
    const key = this.#match(/[A-Za-z0-9_./-]+/y);
    if (key === '') throw this.#fault('the key of a label');
    const slash = key.indexOf('/');
    const prefix = slash < 0 ? undefined : key.slice(0, slash);
    if (prefix !== undefined && !(PREFIX.test(prefix) && prefix.length <= LONGEST_PREFIX)) {
      throw new SelectorFault(`'${prefix}' is no prefix that a label can have, such as example.org`, at);
    }
    this.#checkWord(key.slice(slash + 1), at + slash + 1);
    return key;
  }

  /** May be empty: the API takes a label without a value. */
  #readValue(): string {
    this.#skipSpace();
    const at = this.#position;
    const value = this.#match(/[A-Za-z0-9_.-]*/y);
    if (value !== '') this.#checkWord(value, at);
    return value;
  }

  #readSet(): ReadonlySet<string> {
    if (!this.#take('(')) throw this.#fault("values in parentheses, such as '(a,b)'");
    const values = new Set<string>();
    do {
      const value = this.#readValue();
      if (value === '') throw this.#fault('a value');
      values.add(value);
    } while (this.#take(','));
    if (!this.#take(')')) throw this.#fault("a comma or ')'");
    return values;
  }

  #checkWord(word: string, at: number): void {
    if (word.length > LONGEST_NAME) throw new SelectorFault(`a label holds ${LONGEST_NAME} characters at most`, at);
    if (WORD.test(word)) return;
    const reason = `'${word}' holds more than letters, digits, '-', '_' and '.', or does not begin and end with a letter or a digit`;
    throw new SelectorFault(reason, at);
  }

  #take(token: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(token, this.#position)) return false;
    this.#position += token.length;
    return true;
  }

  /** A word of the syntax, which a key has to be parted from by a space anyway. */
  #takeWord(word: string): boolean {
    this.#skipSpace();
    const next = this.#text.charAt(this.#position + word.length);
    return /[\s(]/.test(next) && this.#take(word);
  }

  #skipSpace(): void {
    this.#match(/\s*/y);
  }

  #match(sticky: RegExp): string {
    sticky.lastIndex = this.#position;
    const found = sticky.exec(this.#text)?.[0] ?? '';
    this.#position += found.length;
    return found;
  }

  #fault(expected: string): SelectorFault {
    const found = this.#text.codePointAt(this.#position);
    const what = found === undefined ? 'the end' : `'${String.fromCodePoint(found)}'`;
    return new SelectorFault(`${what} where ${expected} is expected`, this.#position);
  }
}
