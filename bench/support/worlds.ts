import type { WorldSize } from './simulator-process.js';

/** The foundation of the heaviest user known (facts/promregator.md 8, #170). */
export const LARGE_WORLD: WorldSize = { organizations: 250, spaces: 1_750, applications: 3_500, instances: 1 };
