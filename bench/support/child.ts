import type { ChildProcess } from 'node:child_process';
import type { Milliseconds } from '../../src/base/duration.js';

/** Nothing here needs longer to end; then it is made to. */
const END_WITHIN_MS: Milliseconds = 15_000;

/** Ends a child process by its handle and waits for that; one that has ended already is left alone. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
  await ended;
  clearTimeout(force);
}

/** @throws when the process was not started, as of a program that is not installed */
export function pidOf(child: ChildProcess, name: string): number {
  if (child.pid === undefined) throw new Error(`${name} could not be started`);
  return child.pid;
}
