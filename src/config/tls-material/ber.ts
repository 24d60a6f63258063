import type forge from 'node-forge';

/** An ASN.1 value, of DER or BER, as far as key stores need it. */
export interface BerValue {
  /** The value's own type, `OCTET STRING` or context 0; undefined for those that no store needs. */
  readonly tag: 'oid' | 'octets' | 'context0' | 'other';
  /** Empty for a primitive value. */
  readonly children: readonly BerValue[];
  /** Of a primitive value; of a text of octets in pieces, the whole. */
  readonly bytes: Buffer;
  /** Of an object identifier, with dots; of a BMPString, its text. */
  readonly text: string;
  /** The value as it stood there, with its head. */
  readonly encode: () => Buffer;
}

export type ForgeModule = typeof forge;

/** Loaded only where a store is named: it is the heaviest of our packages. */
export async function loadForge(): Promise<ForgeModule> {
  return (await import('node-forge')).default;
}

/** @throws {Error} for what is no ASN.1 */
export function parseBer(bytes: Uint8Array, { asn1 }: ForgeModule): BerValue {
  return convert(asn1.fromDer(Buffer.from(bytes).toString('latin1'), true), asn1);
}

function convert(value: forge.asn1.Asn1, asn1: ForgeModule['asn1']): BerValue {
  const universal = value.tagClass === asn1.Class.UNIVERSAL;
  const isOid = universal && value.type === asn1.Type.OID;
  const isOctets = universal && value.type === asn1.Type.OCTETSTRING;
  // A context's number stands where a universal value has its type.
  const isContext0 = value.tagClass === asn1.Class.CONTEXT_SPECIFIC && Number(value.type) === 0;
  const children = typeof value.value === 'string' ? [] : value.value.map((child) => convert(child, asn1));
  const raw = typeof value.value === 'string' ? value.value : '';
  const bytes = children.length > 0 ? Buffer.concat(children.map((child) => child.bytes)) : Buffer.from(raw, 'latin1');
  return {
    tag: isOid ? 'oid' : isOctets ? 'octets' : isContext0 ? 'context0' : 'other',
    children,
    bytes,
    text: isOid ? asn1.derToOid(raw) : raw,
    encode: () => Buffer.from(asn1.toDer(value).getBytes(), 'latin1'),
  };
}

/** The value at a place that the format promises. @throws {Error} when there is none */
export function child(value: BerValue | undefined, index: number): BerValue {
  const found = value?.children[index];
  if (found === undefined) throw new Error('a part of the store is missing');
  return found;
}

/** A whole number that is not negative. */
export function wholeNumber(value: BerValue): number {
  return value.bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
