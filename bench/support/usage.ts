import { readFileSync, writeFileSync } from 'node:fs';
import type { Milliseconds } from '../../src/base/duration.js';

/** What a process holds and has used, as Linux tells it. */
export interface Usage {
  readonly residentBytes: number;
  /** Of that what is mapped from files, as the code of Node is: the kernel may drop it when memory is short. */
  readonly fileBytes: number;
  /** The most it ever held, or since `forgetPeak`. */
  readonly peakBytes: number;
  /** User and system time of all its threads; steps of 10 ms. */
  readonly cpuMs: Milliseconds;
}

/** Fields of `/proc/<pid>/stat` count in ticks of 1/100 s (`USER_HZ`), whatever the kernel's own clock. */
const MS_PER_TICK = 10;

const KIBIBYTE = 1024;

export function readUsage(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [userTicks = 0, systemTicks = 0] = statFields(pid).slice(11, 13);
  return {
    residentBytes: kibibytes(status, 'VmRSS') * KIBIBYTE,
    fileBytes: kibibytes(status, 'RssFile') * KIBIBYTE,
    peakBytes: kibibytes(status, 'VmHWM') * KIBIBYTE,
    cpuMs: (userTicks + systemTicks) * MS_PER_TICK,
  };
}

/** CPU of this process and of every child of its that has ended. */
export function readFamilyCpu(): Milliseconds {
  const ticks = statFields('self').slice(11, 15);
  return ticks.reduce((sum, each) => sum + each, 0) * MS_PER_TICK;
}

/** `peakBytes` counts from now on (proc(5), clear_refs). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The fields behind the name, which may hold blanks and brackets: the first of them is the third of proc(5). */
function statFields(pid: number | 'self'): number[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

function kibibytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
}
