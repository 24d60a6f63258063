import { createHash } from 'node:crypto';
import { Secret } from '../base/secret.js';

/**
 * Equal for equal options, secrets included, and of no use to whoever sees it elsewhere: it stays in memory. For plain
 * values, maps, sets and secrets.
 *
 * @throws TypeError for a function
 */
export function fingerprint(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .digest('base64');
}

function canonical(value: unknown): unknown {
  if (value instanceof Secret) return ['secret', value.reveal()];
  if (value instanceof Map) return ['map', [...value].map(([key, each]) => [canonical(key), canonical(each)])];
  if (value instanceof Set) return ['set', [...value].map(canonical)];
  if (Array.isArray(value)) return ['list', value.map(canonical)];
  if (typeof value === 'function') throw new TypeError('a function has no fingerprint');
  if (typeof value !== 'object' || value === null) return value === undefined ? ['nothing'] : value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, canonical(each)]));
}
