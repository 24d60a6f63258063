import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { waitUntil } from '../wait-until.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const imageFile = z.object({
  entrypoint: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
  volumes: z.array(z.string()),
  workdir: z.string(),
  user: z.string(),
  port: z.number(),
  stopSignal: z.string(),
  healthCheck: z.array(z.string()),
});

/** What the Containerfile comes to: a file system, and what an engine is told of it. */
export interface Image extends z.infer<typeof imageFile> {
  /** The file system, as a folder of this machine. */
  readonly files: string;
  /** Layers on top of the base, with their sizes, as the build printed them. */
  readonly layers: string;
}

/** Builds into `folder`, which must be empty; what is compiled is dist/, as `npm run build` left it. */
export function buildImage(folder: string): Image {
  const args = ['scripts/image-files.mjs', `--output=${folder}`, '--compiled', '--build-arg=VERSION=1.2.3'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the image cannot be built:\n${stderr}`);
  const image = imageFile.parse(JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8')));
  return { ...image, files: join(folder, 'files'), layers: stdout };
}

/** Why containers cannot be run here; undefined where they can. */
export function whyNoContainers(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may run the image in namespaces of its own: run the tests as root';
  const { status, stderr } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `unshare refuses namespaces (CAP_SYS_ADMIN): ${stderr}`;
}

export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly access: 'read' | 'write';
}

export interface ContainerOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `user:group`; that of the image unless set. */
  readonly user?: string;
  readonly mounts?: readonly Mount[];
  /** In place of the image's entrypoint. */
  readonly entrypoint?: readonly string[];
}

export interface Container {
  output(): string;
  /** Where the program listens, as its log says for the `count`th time. */
  url(count?: number): Promise<string>;
  /** To process 1, as an engine does. */
  signal(name: NodeJS.Signals): void;
  /** Exit code of process 1, 128 and the signal for one that was killed. */
  readonly ended: Promise<number>;
  /** Another process in it, as the same user; HEALTHCHECK is one. Gives its exit code and output. */
  exec(
    command: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): { readonly code: number | null; readonly output: string };
  /** Ends it whatever it does. */
  remove(): Promise<void>;
}

/**
 * Runs the image as an engine would, but for the network and cgroups, which stay this machine's: process 1 of a process
 * namespace, the file system read-only, no environment but the image's and ours, an arbitrary user.
 */
export function startContainer(image: Image, options: ContainerOptions = {}): Container {
  const [user = '', group = ''] = (options.user ?? image.user).split(':');
  const environment = Object.entries({ PATH, ...image.env, ...options.env }).map(([name, value]) => `${name}=${value}`);
  const mounts = (options.mounts ?? []).map(({ from, to, access }) => {
    mkdirSync(join(image.files, to), { recursive: true });
    return `mount --bind '${from}' '${image.files}${to}'${access === 'read' ? ` && mount -o remount,ro,bind '${image.files}${to}'` : ''}`;
  });
  const setUp = [
    `mount --bind '${image.files}' '${image.files}'`,
    ...SYSTEM_FOLDERS.map((folder) => mountOf(image, folder)),
  ];
  const script = [...setUp, ...mounts, `mount -o remount,ro,bind '${image.files}'`, 'exec "$@"'].join(' && ');
  const child = spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child', '--propagation=private', 'sh', '-c', script, 'sh'],
      ...['chroot', `--userspec=${user}:${group}`, image.files, '/usr/bin/env', '-i', `--chdir=${image.workdir}`],
      ...[...environment, ...(options.entrypoint ?? image.entrypoint), ...(options.args ?? [])],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const text = collect(child);
  const ended = once(child, 'close').then(([code, signal]) => (code === null ? `ended by ${signal}` : Number(code)));
  return {
    output: text,
    url: (count = 1) =>
      waitUntil(() => [...text().matchAll(/"url":"([^"]+)","rules"/g)][count - 1]?.[1], {
        within: 20_000,
        every: 50,
        describe: text,
      }),
    signal: (name) => process.kill(firstProcess(child), name),
    ended: ended.then((code) => {
      if (typeof code === 'string') throw new Error(code);
      return code;
    }),
    exec(command, env = {}) {
      const given = Object.entries({ PATH, ...image.env, ...options.env, ...env }).map(
        ([name, value]) => `${name}=${value}`,
      );
      const { status, stdout, stderr } = spawnSync(
        'nsenter',
        [
          ...[`--target=${firstProcess(child)}`, '--mount', '--pid', '--root', '--wd'],
          ...[`--setuid=${user}`, `--setgid=${group}`, '/usr/bin/env', '-i', ...given, ...command],
        ],
        { encoding: 'utf8' },
      );
      return { code: status, output: `${stdout}${stderr}` };
    },
    async remove() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** That of Debian's images. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const SYSTEM_FOLDERS = ['/proc', '/dev'] as const;

function mountOf(image: Image, folder: (typeof SYSTEM_FOLDERS)[number]): string {
  mkdirSync(join(image.files, folder), { recursive: true });
  return folder === '/proc' ? `mount -t proc proc '${image.files}/proc'` : `mount --bind /dev '${image.files}/dev'`;
}

/** As this machine knows the first process of the namespace. */
function firstProcess({ pid }: ChildProcess): number {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  if (first === undefined || first === '') throw new Error('the container has no process');
  return Number(first);
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  }
  return () => text;
}
