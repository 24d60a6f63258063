/** Settings of the environment that a replica runs in. */
export type Environment = Readonly<Record<string, string>>;

/** As `memory` of deploy/cloud-foundry/vars.example.yml. */
export const CONTAINER_MB = 512;

/** V8 takes half of what the container has for its old generation, and lets it grow the more slowly the smaller that is. */
export function inContainer(megabytes: number): Environment {
  return { NODE_OPTIONS: `--max-old-space-size=${megabytes / 2}` };
}

/** glibc keeps freed memory in an arena for each thread, of which it otherwise has up to eight a core (mallopt(3)). */
export const FEW_ARENAS: Environment = { MALLOC_ARENA_MAX: '2' };

/** As deploy/cloud-foundry/manifest.yml runs it. */
export const AS_IN_MANIFEST: Environment = { ...inContainer(CONTAINER_MB), ...FEW_ARENAS };
