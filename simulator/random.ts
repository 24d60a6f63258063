/** Numbers that look random and are the same for the same seed, so that a world can be told by its seed. */
export interface Random {
  /** From 0 up to but not including 1. */
  next(): number;
  /** Whole number from 0 up to but not including `limit`. */
  below(limit: number): number;
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
  /** A guid as Cloud Controller makes them: version 4, lower-case. */
  guid(): string;
  /** The shorter form that Diego gives to instances, for example `e49f448e-54d2-4c33-61a3-5335`. */
  instanceGuid(): string;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;

  /** Mulberry32: 32 bits of state are plenty for names and guids. */
  function next32(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  function hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += next32().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  function guid(): string {
    const digits = hex(32);
    const variant = ((Number.parseInt(digits.charAt(16), 16) & 3) | 8).toString(16);
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
  }

  function instanceGuid(): string {
    const digits = hex(24);
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
  }

  const next = (): number => next32() / 2 ** 32;
  return { next, below: (limit) => Math.floor(next() * limit), hex, guid, instanceGuid };
}
