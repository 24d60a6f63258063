/** `10.0.0.1` as its 32 bits, by counting: what networks are held against in tests. */
export function bitsOf(address: string): string {
  return address
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
}
