import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Milliseconds } from '../../src/base/duration.js';
import type { Part } from './stage.js';
import { temporaryFolder } from './temporary-folder.js';
import { waitFor } from './wait.js';

/** Where Linux has the memory of cgroups v1 (admin-guide/cgroup-v1/memory). */
const CONTROLLER = '/sys/fs/cgroup/memory';
const SAMPLE_EVERY_MS: Milliseconds = 50;
/** A process that was killed holds its group for a moment. */
const EMPTY_WITHIN_MS: Milliseconds = 5_000;
/** Enters the group that is its first word and becomes the command behind it, under the same process id. */
const ENTER = 'echo $$ > "$0"/cgroup.procs && exec "$@"';

/** What the kernel counts for a group. */
export interface GroupUsage {
  /** Heap, stacks and whatever else no file stands behind: without swap the limit has to hold all of it. */
  readonly anonymousBytes: number;
  /** The most of it, of a look each 50 ms. */
  readonly anonymousPeakBytes: number;
  /** The most that was charged: with pages of files, which are given up when memory is short, and the kernel's own. */
  readonly chargedPeakBytes: number;
  /** How often the limit was in the way. */
  readonly limitHits: number;
  /** Pages of files that were given up and needed again. */
  readonly readAgain: number;
  /** Processes that the kernel killed. */
  readonly kills: number;
}

/** Processes that share so much memory, as those in a container do. */
export interface MemoryGroup extends Part {
  /** To stand before a command that is to run in it. */
  readonly through: readonly string[];
  /** Where a copy of Node lies: pages of a file are charged to the group that read it first, which others did long ago. */
  readonly nodeFolder: string;
  usage(): GroupUsage;
}

export interface MemoryGroupOptions {
  readonly limitBytes: number;
  /** Path of the Node that runs in it. */
  readonly node: string;
}

/** Whether we may make groups here: on Linux with cgroups v1, as root. */
export function hasMemoryGroups(): boolean {
  const probe = join(CONTROLLER, `promregator-bench-${process.pid}`);
  try {
    mkdirSync(probe);
    const isLimited = existsSync(join(probe, 'memory.limit_in_bytes'));
    rmdirSync(probe);
    return isLimited;
  } catch {
    return false;
  }
}

/** Opens one. It has to be empty when it is stopped. */
export function openMemoryGroup({ limitBytes, node }: MemoryGroupOptions): MemoryGroup {
  const folder = temporaryFolder();
  const group = join(CONTROLLER, `promregator-bench-${folder.path.slice(-6)}`);
  mkdirSync(group);
  writeFileSync(join(group, 'memory.limit_in_bytes'), String(limitBytes));
  copyUncached(node, join(folder.path, 'node'));
  let anonymousPeakBytes = 0;
  const look = (): number => {
    const bytes = fieldOf(group, 'memory.stat', 'rss');
    anonymousPeakBytes = Math.max(anonymousPeakBytes, bytes);
    return bytes;
  };
  const looking = setInterval(look, SAMPLE_EVERY_MS);
  return {
    through: ['sh', '-c', ENTER, group],
    nodeFolder: folder.path,
    usage: () => ({
      anonymousBytes: look(),
      anonymousPeakBytes,
      chargedPeakBytes: numberOf(group, 'memory.max_usage_in_bytes'),
      limitHits: numberOf(group, 'memory.failcnt'),
      readAgain: fieldOf(group, 'memory.stat', 'workingset_refault_file'),
      kills: fieldOf(group, 'memory.oom_control', 'oom_kill'),
    }),
    async stop() {
      clearInterval(looking);
      folder.remove();
      if (!existsSync(group)) return;
      const isEmpty = (): true | undefined => (processesOf(group).length === 0 ? true : undefined);
      await waitFor(isEmpty, { withinMs: EMPTY_WITHIN_MS, everyMs: 20, what: () => `${group} is empty` });
      rmdirSync(group);
    },
    kill() {
      clearInterval(looking);
      folder.remove();
      for (const pid of processesOf(group)) process.kill(pid, 'SIGKILL');
      rmdirWhenEmpty(group);
    },
  };
}

/** Written to the disk and out of the page cache: whoever runs it first reads it, and is charged for it. */
function copyUncached(from: string, to: string): void {
  execFileSync('dd', [`if=${from}`, `of=${to}`, 'bs=4M', 'conv=fsync', 'status=none']);
  execFileSync('dd', [`of=${to}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']);
  execFileSync('chmod', ['755', to]);
}

/** Without waiting in the event loop, which is about to end. */
function rmdirWhenEmpty(group: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const deadline = performance.now() + EMPTY_WITHIN_MS;
  while (processesOf(group).length > 0 && performance.now() < deadline) Atomics.wait(pause, 0, 0, 20);
  rmdirSync(group);
}

function processesOf(group: string): number[] {
  return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
}

function numberOf(group: string, file: string): number {
  return Number(readFileSync(join(group, file), 'utf8'));
}

function fieldOf(group: string, file: string, name: string): number {
  const text = readFileSync(join(group, file), 'utf8');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}
