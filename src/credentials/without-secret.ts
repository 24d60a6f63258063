import { type TokenClient, urlEncoded } from './token-request.js';

/**
 * `words` without the secret: some services quote what they were sent, as it was or as their language writes it in HTML,
 * JSON, URLs or base64.
 */
export function withoutSecret(words: string, { clientId, clientSecret }: TokenClient): string {
  const secret = clientSecret?.reveal() ?? '';
  if (secret === '') return words;
  const pairs = [`${clientId}:${secret}`, `${urlEncoded(clientId)}:${urlEncoded(secret)}`];
  const encoded = [...pairs, secret].flatMap(base64Of).filter((text) => text.length >= SHORTEST_BASE64);
  // Longest first: what an encoded form contains may be the plain one.
  const forms = [...encoded.map((text) => `${anyWriting(text)}(?:=|%3[dD]){0,2}`), anyWriting(secret)];
  return words.replace(new RegExp(forms.join('|'), 'g'), '<secret>');
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
