import { ExpressionFault } from './fault.js';
import type { Flags } from './flags.js';
import { findBlock } from './unicode-blocks.js';

/** The members of a set for the name in `\p{name}`, as Java understands it (java.util.regex.Pattern, Java 17). */
export function propertyMembers(name: string, flags: Flags, position: number): string {
  const members = find(name, flags);
  if (members !== undefined) return members;
  throw new ExpressionFault(position, `a character property that is not known, ${JSON.stringify(name)}`);
}

function find(name: string, flags: Flags): string | undefined {
  const [key = '', value] = name.split(/=(.*)/s);
  if (value !== undefined) return findByKey(key.toLowerCase(), value, flags);
  if (name.startsWith('In')) return block(name.slice(2));
  if (name.startsWith('Is')) {
    const rest = name.slice(2);
    return unicode(rest, flags) ?? category(rest, flags) ?? script(rest);
  }
  if (name.startsWith('java')) return javaMethod(name.slice(4), flags);
  return posix(name, flags) ?? category(name, flags);
}

function findByKey(key: string, value: string, flags: Flags): string | undefined {
  if (key === 'sc' || key === 'script') return script(value);
  if (key === 'blk' || key === 'block') return block(value);
  if (key === 'gc' || key === 'general_category') return category(value, flags);
  return undefined;
}

function block(name: string): string | undefined {
  const bounds = findBlock(name);
  return bounds === undefined ? undefined : bounds.replace(/[0-9a-f]+/g, (point) => `\\u{${point}}`);
}

/** Java takes names of scripts in any case, JavaScript only as the standard writes them. */
function script(name: string): string | undefined {
  const words = name.toLowerCase().replace(/(?:^|_)[a-z]/g, (start) => start.toUpperCase());
  const written = words === 'Signwriting' ? 'SignWriting' : words;
  const members = `\\p{Script=${written}}`;
  try {
    new RegExp(members, 'v');
    return members;
  } catch {
    return undefined;
  }
}

const CATEGORY = /^(?:C[cfnos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/;

function category(name: string, flags: Flags): string | undefined {
  if (/^L[ult]$/.test(name) && flags.has('i')) return '\\p{Lu}\\p{Ll}\\p{Lt}';
  if (CATEGORY.test(name)) return `\\p{${name}}`;
  return {
    LC: '\\p{Lu}\\p{Ll}\\p{Lt}',
    LD: '\\p{L}\\p{Nd}',
    L1: '\\0-\\u{ff}',
    all: '\\0-\\u{10ffff}',
  }[name];
}

const ASCII_CLASSES: ReadonlyMap<string, string> = new Map([
  ['ASCII', '\\0-\\x7f'],
  ['Alnum', 'a-zA-Z0-9'],
  ['Alpha', 'a-zA-Z'],
  ['Blank', ' \\t'],
  ['Cntrl', '\\0-\\x1f\\x7f'],
  ['Digit', '0-9'],
  ['Graph', '\\x21-\\x7e'],
  ['Lower', 'a-z'],
  ['Print', '\\x20-\\x7e'],
  ['Punct', '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e'],
  ['Space', ' \\t-\\r'],
  ['Upper', 'A-Z'],
  ['XDigit', '0-9a-fA-F'],
]);

function posix(name: string, flags: Flags): string | undefined {
  const ascii = ASCII_CLASSES.get(name);
  if (ascii === undefined) return undefined;
  // With the flag U, these are the Unicode ones of the same name; the standard has no ASCII among them.
  if (flags.has('U') && name !== 'ASCII') return unicode(name, flags);
  return flags.has('i') && (name === 'Lower' || name === 'Upper') ? 'a-zA-Z' : ascii;
}

const EITHER_CASE = '\\p{Lowercase}\\p{Uppercase}\\p{Lt}';
/** Of Unicode's technical standard 18, annex C. */
const UNICODE_CLASSES: ReadonlyMap<string, string> = new Map([
  ['ALPHA', '\\p{Alphabetic}'],
  ['ALPHABETIC', '\\p{Alphabetic}'],
  ['ALNUM', '\\p{Alphabetic}\\p{Nd}'],
  ['ASSIGNED', '\\P{Cn}'],
  ['BLANK', '\\t\\p{Zs}'],
  ['CNTRL', '\\p{Cc}'],
  ['CONTROL', '\\p{Cc}'],
  ['DIGIT', '\\p{Nd}'],
  ['GRAPH', '[^\\p{Z}\\p{Cc}\\p{Cs}\\p{Cn}]'],
  ['HEXDIGIT', '\\p{Nd}\\p{Hex_Digit}'],
  ['HEX_DIGIT', '\\p{Nd}\\p{Hex_Digit}'],
  ['IDEOGRAPHIC', '\\p{Ideographic}'],
  ['JOINCONTROL', '\\u200c\\u200d'],
  ['JOIN_CONTROL', '\\u200c\\u200d'],
  ['LETTER', '\\p{L}'],
  ['LOWER', '\\p{Lowercase}'],
  ['LOWERCASE', '\\p{Lowercase}'],
  ['NONCHARACTERCODEPOINT', '\\p{Noncharacter_Code_Point}'],
  ['NONCHARACTER_CODE_POINT', '\\p{Noncharacter_Code_Point}'],
  ['PRINT', '[^\\p{Zl}\\p{Zp}\\p{Cc}\\p{Cs}\\p{Cn}]'],
  ['PUNCT', '\\p{P}'],
  ['PUNCTUATION', '\\p{P}'],
  ['SPACE', '\\p{White_Space}'],
  ['TITLECASE', '\\p{Lt}'],
  ['UPPER', '\\p{Uppercase}'],
  ['UPPERCASE', '\\p{Uppercase}'],
  ['WHITESPACE', '\\p{White_Space}'],
  ['WHITE_SPACE', '\\p{White_Space}'],
  ['WORD', '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d'],
  ['XDIGIT', '\\p{Nd}\\p{Hex_Digit}'],
]);

function unicode(name: string, flags: Flags): string | undefined {
  const key = name.toUpperCase();
  if (flags.has('i') && /^(?:LOWER|UPPER|TITLE)(?:CASE)?$/.test(key)) return EITHER_CASE;
  return UNICODE_CLASSES.get(key);
}

/** Methods `isXxx` of java.lang.Character. */
const JAVA_METHODS: ReadonlyMap<string, string> = new Map([
  ['Alphabetic', '\\p{Alphabetic}'],
  ['Defined', '\\P{Cn}'],
  ['Digit', '\\p{Nd}'],
  ['ISOControl', '\\p{Cc}'],
  ['IdentifierIgnorable', '\\0-\\x08\\x0e-\\x1b\\x7f-\\x9f\\p{Cf}'],
  ['Ideographic', '\\p{Ideographic}'],
  ['JavaIdentifierPart', '\\p{L}\\p{Nl}\\p{Nd}\\p{Sc}\\p{Pc}\\p{Mn}\\p{Mc}\\0-\\x08\\x0e-\\x1b\\x7f-\\x9f\\p{Cf}'],
  ['JavaIdentifierStart', '\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}'],
  ['Letter', '\\p{L}'],
  ['LetterOrDigit', '\\p{L}\\p{Nd}'],
  ['LowerCase', '\\p{Lowercase}'],
  ['Mirrored', '\\p{Bidi_Mirrored}'],
  ['SpaceChar', '\\p{Z}'],
  ['TitleCase', '\\p{Lt}'],
  ['UnicodeIdentifierPart', '\\p{ID_Continue}\\0-\\x08\\x0e-\\x1b\\x7f-\\x9f\\p{Cf}'],
  ['UnicodeIdentifierStart', '\\p{ID_Start}'],
  ['UpperCase', '\\p{Uppercase}'],
  ['Whitespace', '[\\p{Z}--[\\xa0\\u2007\\u202f]]\\t-\\r\\x1c-\\x1f'],
]);

function javaMethod(name: string, flags: Flags): string | undefined {
  if (flags.has('i') && /^(?:Lower|Upper|Title)Case$/.test(name)) return EITHER_CASE;
  return JAVA_METHODS.get(name);
}
