/** Settings of the environment that a replica runs in. */
export type Environment = Readonly<Record<string, string>>;

/** More than the manifest has: what is measured here decides on that. */
export const CONTAINER_MB = 512;

/** V8 takes half of what the container has for its old generation, and lets it grow the more slowly the smaller that is. */
export function inContainer(megabytes: number): Environment {
  return { NODE_OPTIONS: `--max-old-space-size=${megabytes / 2}` };
}

/** glibc keeps freed memory in an arena for each thread, of which it otherwise has up to eight a core (mallopt(3)). */
export const FEW_ARENAS: Environment = { MALLOC_ARENA_MAX: '2' };

/** What CPU and memory are measured in. */
export const ROOMY_CONTAINER: Environment = { ...inContainer(CONTAINER_MB), ...FEW_ARENAS };

/** `memory` of deploy/cloud-foundry/vars.example.yml and `env` of the manifests. */
export const MANIFEST: Environment = { ...inContainer(384), ...FEW_ARENAS };
