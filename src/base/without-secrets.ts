/**
 * `words` without the secrets: some services quote what they were sent, as it was or as their language writes it in HTML,
 * JSON, URLs or base64. Of long secrets, such as tokens, pieces are found too, whatever their letter case.
 *
 * @param encoded further texts that hold a secret and may be quoted in base64: `user:password`
 */
export function withoutSecrets(
  words: string,
  secrets: readonly (string | undefined)[],
  encoded: readonly string[] = [],
): string {
  const known = secrets.flatMap((secret) => (secret === undefined || secret === '' ? [] : [secret]));
  if (known.length === 0) return words;
  const inBase64 = [...encoded, ...known].flatMap(base64Of).filter((text) => text.length >= SHORTEST_BASE64);
  // No writing is shorter than what is written, and each begins with one of four characters where it is another. The
  // expression of a token takes 40 ms and megabytes to compile, and this is asked about two short headers of every page
  // of a list, and about every scrape that fails.
  const isEncoded = /[%&\\+]/.test(words);
  const mayHold = (text: string): boolean => (isEncoded ? [...text].length <= words.length : words.includes(text));
  // Longest first: what an encoded form contains may be the plain one.
  const forms = [
    ...inBase64.filter(mayHold).map((text) => `${anyWriting(text)}(?:=|%3[dD]){0,2}`),
    ...known.filter(mayHold).map(anyWriting),
  ];
  const whole = forms.length === 0 ? words : words.replace(new RegExp(forms.join('|'), 'g'), MASK);
  return known.filter(({ length }) => length >= SHORTEST_IN_PIECES).reduce(withoutPieces, whole);
}

const MASK = '<secret>';

/** A shorter one that is not quoted as a whole is not quoted. */
const SHORTEST_IN_PIECES = 24;

const SHORTEST_PIECE = 12;

/** Nobody shows as much of what a service said. */
const MOST_WORDS = 20_000;

function withoutPieces(words: string, secret: string): string {
  const wanted = secret.toLowerCase();
  const said = words.slice(0, MOST_WORDS).toLowerCase();
  // Letters that change their length with their case would shift the places.
  if (said.length > words.length || wanted.length !== secret.length) return words;
  let kept = '';
  for (let at = 0; at < said.length; ) {
    let length = SHORTEST_PIECE;
    if (at + length > said.length || !wanted.includes(said.slice(at, at + length))) {
      kept += words.charAt(at);
      at += 1;
      continue;
    }
    while (at + length < said.length && wanted.includes(said.slice(at, at + length + 1))) length += 1;
    kept += MASK;
    at += length;
  }
  return kept;
}

/** Shorter ones would be found within ordinary words. */
const SHORTEST_BASE64 = 6;

/** RFC 4648, 4 and 5, without padding. */
function base64Of(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  return [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
}

/** An expression that finds the text whichever way each of its characters is written. */
function anyWriting(text: string): string {
  return [...text].map((character) => `(?:${writingsOf(character).join('|')})`).join('');
}

/** Longest first, where one begins as another does. */
function writingsOf(character: string): readonly string[] {
  return [
    ...(character === ' ' ? ['\\+'] : []),
    percentEncoded(character),
    ...htmlEscaped(character),
    ...jsonEscaped(character),
    literally(character),
  ];
}

function percentEncoded(character: string): string {
  return [...Buffer.from(character, 'utf8')].map((byte) => `%${anyCase(byte.toString(16).padStart(2, '0'))}`).join('');
}

const HTML_NAMES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** `&amp;`, `&#38;`, `&#x26;`: each language has its own list of characters that it escapes, and its own form. */
function htmlEscaped(character: string): readonly string[] {
  const code = character.codePointAt(0) ?? 0;
  const named = HTML_NAMES[character];
  const numbered = [`&#0*${code};`, `&#[xX]0*${anyCase(code.toString(16))};`];
  return named === undefined ? numbered : [`&${named};`, ...numbered];
}

/** `\u0026`, and `\"` and its like, of which PHP writes `\/` too. */
function jsonEscaped(character: string): readonly string[] {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  const long = units.map((unit) => `\\\\u${anyCase(unit)}`).join('');
  const short = character === '/' ? '\\/' : JSON.stringify(character).slice(1, -1);
  return short === character ? [long] : [long, literally(short)];
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
