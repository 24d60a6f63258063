import { readFileSync } from 'node:fs';

/** Resident memory of a process by what it was mapped for, as Linux tells it (proc(5), smaps). */
export interface MemoryParts {
  /** Code and constants of Node, of its libraries and of what V8 reads from files. */
  readonly fileBytes: number;
  /** What glibc's malloc has: its first arena, and those of further threads. TLS and buffers up to 128 KiB and more lie there. */
  readonly mallocBytes: number;
  /** The rest: the heap of V8, its machine code, stacks, and large buffers that malloc maps one by one. */
  readonly otherBytes: number;
}

interface Mapping {
  readonly start: number;
  readonly permissions: string;
  readonly name: string;
  readonly residentBytes: number;
}

const KIBIBYTE = 1024;
/** Of an arena beside the first, of which each begins at a multiple (glibc's `HEAP_MAX_SIZE` on 64 bits). */
const ARENA_BYTES = 64 * KIBIBYTE * KIBIBYTE;

/** The kernel counts page by page meanwhile: for a look now and then. */
export function readMemoryParts(pid: number): MemoryParts {
  const mappings = readMappings(readFileSync(`/proc/${pid}/smaps`, 'utf8'));
  const sum = (chosen: (mapping: Mapping) => boolean): number =>
    mappings.filter(chosen).reduce((bytes, { residentBytes }) => bytes + residentBytes, 0);
  const fileBytes = sum(({ name }) => name.startsWith('/'));
  const mallocBytes = sum((mapping) => mapping.name === '[heap]' || isArena(mapping));
  return { fileBytes, mallocBytes, otherBytes: sum(() => true) - fileBytes - mallocBytes };
}

function isArena({ start, permissions, name }: Mapping): boolean {
  return name === '' && permissions.startsWith('rw-') && start % ARENA_BYTES === 0;
}

function readMappings(smaps: string): Mapping[] {
  return smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).map((text) => {
    const [, start = '', permissions = '', name = ''] =
      /^([0-9a-f]+)-[0-9a-f]+ (\S+) \S+ \S+ \S+ *(.*)$/m.exec(text) ?? [];
    const residentBytes = Number(/^Rss: +(\d+) kB$/m.exec(text)?.[1] ?? 0) * KIBIBYTE;
    return { start: Number.parseInt(start, 16), permissions, name, residentBytes };
  });
}
