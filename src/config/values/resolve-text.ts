import { MASK } from '../mask.js';
import type { Origin } from '../origin.js';
import type { ProblemText } from '../report.js';
import { CIPHER_PREFIX, type Decrypted } from './cipher.js';
import type { Found, Written } from './lookup.js';
import { type Part, type PlaceholderPart, parsePlaceholders } from './placeholders.js';

export type Resolved = ResolvedText | Fault;

export interface ResolvedText {
  readonly ok: true;
  readonly text: string;
  /** Where the value stands: behind a placeholder that is the whole text, where that one's value stands. */
  readonly origin: Origin;
  readonly secret: boolean;
}

/** A name without a value, for which a fallback around it may stand in unless it is `deep`; or anything else. */
export type Fault = { readonly ok: false /** Where what is at fault was written. */; readonly origin: Origin } & (
  | { readonly kind: 'missing'; readonly name: string; readonly deep: boolean }
  /** `told`: it has been said already what is wrong. */
  | { readonly kind: 'other'; readonly text: ProblemText; readonly told?: true }
);

export interface ResolverOptions {
  readonly lookup: (name: string) => Found | undefined;
  /** Undefined: there is no key. `unusable`: there is one, and what is wrong with it has been said. */
  readonly decrypt: ((hex: string) => Decrypted) | 'unusable' | undefined;
}

/** `a: ${b}${b}`, `b: ${c}${c}` … says gigabytes in a few lines. */
const LONGEST_TEXT = 1024 * 1024;

/** How many options may lead to each other. */
const LONGEST_CHAIN = 32;

/**
 * Replaces the placeholders and the cipher of texts. Never throws, and ends on whatever was written: a circle is a fault.
 *
 * What was decrypted is not looked at for placeholders.
 */
export class TextResolver {
  readonly #options: ResolverOptions;
  /** What placeholders led to, by the id of what they found. */
  readonly #known = new Map<string, Resolved>();
  /** What is being resolved, outermost first: ids, and the names they were called by. */
  readonly #open = new Map<string, string>();

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  resolve(written: Written): Resolved {
    const replaced: Resolved = written.verbatim ? { ok: true, ...written } : this.#replace(written);
    if (!replaced.ok) return replaced;
    if (replaced.text.startsWith(CIPHER_PREFIX)) return this.#decrypt(replaced);
    return { ...replaced, secret: replaced.secret || written.secret };
  }

  #replace(written: Written): Resolved {
    const parts = parsePlaceholders(written.text);
    if (parts === undefined) return fault(written.origin, TOO_DEEP);
    const [only] = parts;
    if (parts.length === 1 && only?.kind === 'placeholder') return this.#resolvePlaceholder(only, written);
    return this.#join(parts, written);
  }

  #join(parts: readonly Part[], written: Written): Resolved {
    let text = '';
    let { secret } = written;
    for (const part of parts) {
      const piece = part.kind === 'text' ? undefined : this.#resolvePlaceholder(part, written);
      if (piece?.ok === false) return piece;
      text += piece?.text ?? (part.kind === 'text' ? part.text : '');
      secret ||= piece?.secret ?? false;
      if (text.length > LONGEST_TEXT) return fault(written.origin, TOO_LONG);
    }
    return { ok: true, text, origin: written.origin, secret };
  }

  #resolvePlaceholder(part: PlaceholderPart, written: Written): Resolved {
    const name = this.#join(part.name, written);
    const whole =
      part.whole === undefined || part.fallback === undefined ? undefined : this.#options.lookup(part.whole);
    const found = whole ?? (name.ok ? this.#options.lookup(name.text) : undefined);
    if (found !== undefined)
      return this.#follow(found, whole === undefined && name.ok ? name.text : (part.whole ?? ''));
    if (!name.ok && (name.kind !== 'missing' || name.deep)) return name;
    if (part.fallback !== undefined) return this.#joinFallback(part.fallback, written);
    if (!name.ok) return name;
    return { ok: false, kind: 'missing', origin: written.origin, name: name.secret ? MASK : name.text, deep: false };
  }

  /** A fallback that is one placeholder keeps the place of what it finds. */
  #joinFallback(parts: readonly Part[], written: Written): Resolved {
    const told = parts.filter((part) => part.kind !== 'text' || part.text !== '');
    const [only] = told;
    if (told.length === 1 && only?.kind === 'placeholder') return this.#resolvePlaceholder(only, written);
    return this.#join(told, written);
  }

  #follow(found: Found, name: string): Resolved {
    const known = this.#known.get(found.id);
    if (known !== undefined) return known;
    if (this.#open.has(found.id)) return fault(found.origin, this.#circle(found.id, name));
    if (this.#open.size >= LONGEST_CHAIN) return fault(found.origin, TOO_DEEP);
    this.#open.set(found.id, name);
    const resolved = this.resolve(found);
    this.#open.delete(found.id);
    // A fault of a circle names the way it was come upon; each way is told as it is.
    if (resolved.ok) this.#known.set(found.id, resolved);
    // What a name leads to has a fault of its own: a fallback is for names that lead nowhere.
    return !resolved.ok && resolved.kind === 'missing' ? { ...resolved, deep: true } : resolved;
  }

  #circle(id: string, name: string): ProblemText {
    const names = [...this.#open].slice([...this.#open.keys()].indexOf(id)).map(([, each]) => each);
    return {
      found: `placeholders that lead in a circle: ${[...names, name].join(' -> ')}`,
      expected: 'each to lead to a value',
      remedy: 'write the value itself in one of them',
    };
  }

  #decrypt({ text, origin }: ResolvedText): Resolved {
    const { decrypt } = this.#options;
    if (decrypt === undefined) return fault(origin, NO_KEY);
    if (decrypt === 'unusable') return { ok: false, kind: 'other', origin, text: NO_KEY, told: true };
    const decrypted = decrypt(text.slice(CIPHER_PREFIX.length).trim());
    if (!decrypted.ok) return fault(origin, CIPHER_FAULTS[decrypted.fault]);
    return { ok: true, text: decrypted.text, origin, secret: true };
  }
}

function fault(origin: Origin, text: ProblemText): Fault {
  return { ok: false, kind: 'other', origin, text };
}

const TOO_DEEP: ProblemText = { found: `placeholders nested deeper than ${LONGEST_CHAIN}`, expected: 'fewer' };

const TOO_LONG: ProblemText = {
  found: `placeholders that make up more than ${LONGEST_TEXT} characters`,
  expected: 'a value that a person wrote',
};

const NO_KEY: ProblemText = {
  found: 'an encrypted value ({cipher}), and no key',
  expected: 'the key that it was encrypted with',
  remedy: 'set ENCRYPT_KEY in the environment, ENCRYPT_KEY_FILE, or encrypt.key',
};

const CIPHER_FAULTS: Readonly<Record<Extract<Decrypted, { ok: false }>['fault'], ProblemText>> = {
  no_hex_text: {
    found: 'an encrypted value ({cipher}) that is no hex text',
    expected: 'pairs of the digits 0 to 9 and a to f',
    remedy: 'encrypt it again by promregator encrypt',
  },
  wrong_length: {
    found: 'an encrypted value ({cipher}) of a length that none has',
    expected: 'at least 64 digits, and a multiple of 32',
    remedy: 'look whether some of it is missing, or encrypt it again by promregator encrypt',
  },
  wrong_key: {
    found: 'an encrypted value ({cipher}) that the key does not fit',
    expected: 'the key, and the salt, that it was encrypted with',
    remedy: 'correct ENCRYPT_KEY, or encrypt it again by promregator encrypt',
  },
};

/** What to say of a fault. `secret`: its option is one, so that what stands between the braces may be a piece of a password. */
export function describeFault(fault: Fault, secret: 'secret' | 'open'): ProblemText {
  if (fault.kind === 'other') return fault.text;
  const shown = secret === 'open' || isName(fault.name);
  return {
    found: shown ? `the placeholder \${${fault.name}}, which has no value` : 'a placeholder without a value',
    expected: VALUE_EXPECTED,
    remedy: !shown
      ? 'set it, or write \\${ where a text is meant'
      : fault.name.startsWith('random.')
        ? 'write the value itself, since nothing is random here'
        : `set it, or write a fallback: \${${fault.name}:…}`,
  };
}

/** `MY_PASSWORD` or `my.password`. */
function isName(name: string): boolean {
  return /^(?:[A-Z][A-Z0-9_]*|[a-z][\w-]*(?:\.[\w-]+(?:\[\w+\])*)+)$/.test(name) && name.length <= 200;
}

const VALUE_EXPECTED = 'a value for it in the environment, in a file or on the command line';

/** Whether a fault as described here would go away if a source said more. */
export function isAboutAbsence({ found, expected }: Pick<ProblemText, 'found' | 'expected'>): boolean {
  return expected === VALUE_EXPECTED || found === NO_KEY.found;
}
