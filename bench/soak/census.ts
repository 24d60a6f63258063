import type { Milliseconds } from '../../src/base/duration.js';
import type { Standing } from './events.js';

export interface CensusOptions {
  readonly standing: readonly Standing[];
  /** `guid/index` of each target, as listed before `standing` was told. */
  readonly listed: ReadonlySet<string>;
  /** What changed longer ago has to be seen. */
  readonly quietMs: Milliseconds;
  /** Applications that may be listed although they are gone, since that is recent. */
  readonly excused: ReadonlySet<string>;
}

/**
 * What is wrong with a list of targets: for every application that has not changed for a while each instance is a target,
 * and nothing else of it is. In words; empty when all is well.
 */
export function takeCensus({ standing, listed, quietMs, excused }: CensusOptions): readonly string[] {
  const now = Date.now();
  const misses: string[] = [];
  for (const { app, instances, changedMs } of standing) {
    if (now - changedMs <= quietMs) continue;
    const indices = Array.from({ length: instances }, (_, index) => index);
    const missing = indices.filter((index) => !listed.has(`${app}/${index}`));
    if (missing.length > 0) misses.push(`${app} has ${instances} instances, and ${missing.join(', ')} are no targets`);
    if (listed.has(`${app}/${instances}`))
      misses.push(`${app} has ${instances} instances, and ${instances} is a target`);
  }
  const known = new Set(standing.map(({ app }) => app));
  const apps = new Set([...listed].map((instance) => instance.split('/')[0] ?? ''));
  const strange = [...apps].filter((app) => !known.has(app) && !excused.has(app));
  return [...misses, ...strange.map((app) => `${app} is gone, and listed`)];
}
