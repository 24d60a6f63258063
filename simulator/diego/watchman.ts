import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Outlives us, to end what we have started when we die without a word.
 *
 * One shell for all instances: Node cannot tie the life of a child to its own, and a shell is there wherever processes
 * have groups.
 */
export interface Watchman {
  /** Leader of a group of processes that is not to outlive us. */
  watch(group: number): void;
  /** That group has ended: its number may become another's. */
  forget(group: number): void;
  stop(): Promise<void>;
}

/** Reads one word and one number a line; when the lines end, we have ended. `$1` is the folder to take away. */
const SCRIPT = `
trap '' INT TERM HUP
groups=' '
while read -r verb group; do
  case $verb in
    watch) groups="$groups$group " ;;
    forget) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
rm -rf -- "$1"
`;

/** `folder` is deleted at the end, whoever brings it about. */
export function startWatchman(folder: string): Watchman {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'watchman', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Whoever kills it has taken a safety net away, no more.
  shell.on('error', ignoreLoss);
  shell.stdin.on('error', ignoreLoss);
  shell.unref();
  return {
    watch: (group) => void shell.stdin.write(`watch ${group}\n`),
    forget: (group) => void shell.stdin.write(`forget ${group}\n`),
    async stop() {
      if (hasEnded(shell)) return;
      const exited = once(shell, 'exit');
      shell.ref();
      shell.stdin.end();
      await exited;
    },
  };
}

function hasEnded({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || pid === undefined;
}

function ignoreLoss(): void {}
