import { createHash } from 'node:crypto';
import type { EffectiveValue } from './effective-values.js';

/** What replicas that answer alike may still differ in: where each listens, logs and keeps its file. */
const OF_ONE_REPLICA = /^(?:server|web|logging|spring|management)[.[]|^promregator\.cache\.file$/;

/**
 * A number of 48 bits that is the same for the same options, and hence for replicas that are set up alike. Made of the
 * values as they may be shown, so that nobody can try passwords on it; a secret that differs does not change it.
 */
export function configurationHash(effective: readonly EffectiveValue[]): number {
  const hash = createHash('sha256');
  for (const { path, value } of effective) {
    if (value !== undefined && !OF_ONE_REPLICA.test(path)) hash.update(JSON.stringify([path, value]));
  }
  return hash.digest().readUIntBE(0, 6);
}
