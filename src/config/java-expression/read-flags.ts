import { ExpressionFault } from './fault.js';
import type { Flag, Flags } from './flags.js';
import { peekRaw, positionOf, type Reader } from './reader.js';

/** Reads `i-sm` of `(?i-sm)` or `(?i-sm:…)`, up to the character that ends it. */
export function readFlags(reader: Reader): Flags {
  const flags = new Set(reader.flags);
  let off = false;
  for (let token = peekRaw(reader); token !== undefined; token = peekRaw(reader)) {
    const { character } = token;
    if (character === '-' && !off) off = true;
    else if (isFlag(character)) change(flags, character, off ? 'off' : 'on');
    else if (character === 'c') {
      throw new ExpressionFault(
        token.position,
        'the flag c (canonical equivalence), which has no counterpart; leave it out and write the characters composed',
      );
    } else break;
    reader.at += 1;
  }
  if (peekRaw(reader)?.quoted === true) throw new ExpressionFault(positionOf(reader), 'a quotation among the flags');
  return flags;
}

function isFlag(character: string): character is Flag {
  return /^[ismxduU]$/.test(character);
}

/** U brings u with it, and takes it along, too. */
function change(flags: Set<Flag>, flag: Flag, to: 'on' | 'off'): void {
  for (const each of flag === 'U' ? (['U', 'u'] as const) : [flag]) {
    if (to === 'on') flags.add(each);
    else flags.delete(each);
  }
}
