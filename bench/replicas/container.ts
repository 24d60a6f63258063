import { delimiter } from 'node:path';
import { type GroupUsage, hasMemoryGroups, openMemoryGroup } from '../support/memory-group.js';
import type { NodeRuntime } from '../support/node-runtime.js';
import type { Part } from '../support/stage.js';

/** As platforms count memory: `384M` of Cloud Foundry, `384Mi` of Kubernetes. */
const MEBIBYTE = 1024 ** 2;

/** `env` of the manifests: glibc keeps freed memory in an arena for each thread, of which it otherwise has up to eight a core (mallopt(3)). */
const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' };

/** Where a replica has so much memory as a container has. */
export interface Container extends Part {
  readonly through: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Undefined where the machine lets us make none, and only what V8 would do in one is imitated. */
  usage(): GroupUsage | undefined;
}

export function openContainer(mebibytes: number, runtime: NodeRuntime): Container {
  return hasMemoryGroups() ? openReal(mebibytes, runtime) : imitate(mebibytes);
}

/** What to say beside the figures. */
export function describeContainers(): string {
  return hasMemoryGroups()
    ? 'in memory cgroups with these limits, Node’s own program charged to them too'
    : 'without limits, since no memory cgroups (v1) can be made here: only V8’s bound is as in such containers';
}

function openReal(mebibytes: number, runtime: NodeRuntime): Container {
  const group = openMemoryGroup({ limitBytes: mebibytes * MEBIBYTE, node: runtime.path });
  const path = `${group.nodeFolder}${delimiter}${process.env['PATH'] ?? ''}`;
  return { ...group, env: { ...FEW_ARENAS, PATH: path } };
}

/** V8 takes half of what the container has for its old generation, but not less than 256 MiB (seen on Node 20 and 24). */
function imitate(mebibytes: number): Container {
  return {
    through: [],
    env: { ...FEW_ARENAS, NODE_OPTIONS: `--max-old-space-size=${Math.max(mebibytes / 2, 256)}` },
    usage: () => undefined,
    stop: async () => undefined,
    kill: () => undefined,
  };
}
