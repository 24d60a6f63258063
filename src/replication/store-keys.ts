import { createHash } from 'node:crypto';
import type { Reader } from '../foundation/dated-inventory.js';

/** Raised with every change that an older program would misread: both then live side by side, each with keys of its own. */
const FORMAT = 1;

/** What replicas have to agree in to share an inventory. */
export interface Installation {
  /** The operator's choice, so that installations can share a server. */
  readonly prefix: string;
  readonly apiOrigin: string;
  /** Another user may see other spaces. */
  readonly reader: Reader;
  /** What the rules want of the lists, in any form that is equal for equal rules; no secret. */
  readonly scope: string;
}

export interface StoreKeys {
  readonly lease: string;
  readonly fence: string;
  readonly head: string;
  readonly value: string;
  readonly wishes: string;
  /** Of publish and subscribe. */
  readonly news: string;
}

/**
 * `promregator:1:{https://api.example.org:admin:2c26b46b68ffc68f}:lease`
 *
 * What stands in braces decides the slot in a cluster, so all keys of an installation are in one.
 */
export function storeKeys({ prefix, apiOrigin, reader, scope }: Installation): StoreKeys {
  const rules = createHash('sha256').update(scope).digest('hex').slice(0, 16);
  const grant = reader.grant === 'password' ? 'user' : 'client';
  const base = `${prefix}:${FORMAT}:{${plain(apiOrigin)}:${grant}:${plain(reader.name)}:${rules}}`;
  return {
    lease: `${base}:lease`,
    fence: `${base}:fence`,
    head: `${base}:head`,
    value: `${base}:value`,
    wishes: `${base}:wishes`,
    news: `${base}:news`,
  };
}

/** Braces, blanks and control characters as in a URL: a name with a brace must not end the slot. */
function plain(text: string): string {
  return /^[\w.@+:/[\]-]*$/.test(text) ? text : encodeURIComponent(text);
}
