import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import {
  buildImage,
  type Container,
  type ContainerOptions,
  type Image,
  type Mount,
  startContainer,
  whyNoContainers,
} from './support/deployment/container.js';
import { configFor } from './support/promregator-process.js';
import { newFolder, temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCRIPT = join(ROOT, 'deploy/container/start.sh');

describe('the script that is process 1', () => {
  test('is what POSIX shells take', () => {
    expect(spawnSync('sh', ['-n', SCRIPT], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  interface Played {
    readonly code: number | null;
    /** What the programs said, in their order. */
    readonly said: string;
  }

  /** Runs the script with a shell script for promregator; `$run` is the number of the run, from 1 on. */
  async function play(
    program: string,
    meanwhile?: (script: { say(): string; kill(signal: NodeJS.Signals): void }) => Promise<void>,
  ): Promise<Played> {
    const folder = newFolder();
    const counting = `echo >>'${folder}/runs'; run=$(wc -l <'${folder}/runs')`;
    writeFileSync(join(folder, 'promregator'), `#!/bin/sh\n${counting}\n${program}\n`);
    chmodSync(join(folder, 'promregator'), 0o755);
    const child = spawn('sh', [SCRIPT, 'one', 'two words'], {
      env: { PATH: `${folder}:${process.env['PATH']}` },
      detached: true,
    });
    onTestFinished(() => endGroup(child));
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    // Most programs here end without reading it.
    child.stdin.on('error', () => undefined).end('from outside\n');
    const closed = once(child, 'close');
    await meanwhile?.({ say: () => said, kill: (signal) => child.kill(signal) });
    const [code] = await closed;
    return { code, said };
  }

  test.each([
    ['an end in order', 'exit 0', 0, ''],
    ['a mistake in the configuration', 'exit 78', 78, ''],
    ['an error that nobody had foreseen', 'exit 70', 70, ''],
    ['the memory error of the original', 'exit 162', 162, ''],
    ['a program that is not there', 'exit 127', 127, ''],
    ['a program that is killed', 'kill -KILL $$', 137, ''],
    ['the watchdog, and an end in order', 'echo $run; [ $run -gt 2 ] || exit 161; exit 0', 0, '1\n2\n3\n'],
    ['the watchdog, and a mistake', '[ $run -gt 1 ] || exit 161; exit 78', 78, ''],
    ['arguments', 'printf "%s|" "$@"', 0, 'one|two words|'],
    ['standard input', 'cat', 0, 'from outside\n'],
  ])('%s: passes on what the program says', async (_, program, code, said) => {
    expect(await play(program)).toEqual({ code, said });
  });

  // SIGINT is shown with the image: shells in the background are deaf to it, and node is not.
  test('hands SIGTERM on, once, and waits for the end', async () => {
    const program = `trap 'echo heard; sleep 0.1; echo done; exit 3' TERM\necho ready\nwhile :; do sleep 0.02; done`;
    const played = await play(program, async ({ say, kill }) => {
      await waitUntil(() => say() === 'ready\n', { within: 10_000, every: 5, describe: say });
      kill('SIGTERM');
    });
    expect(played).toEqual({ code: 3, said: 'ready\nheard\ndone\n' });
  });

  test('hands SIGHUP on, and goes on waiting', async () => {
    const program = `trap 'echo heard' HUP\ntrap 'exit 0' TERM\necho ready\nwhile :; do sleep 0.02; done`;
    const played = await play(program, async ({ say, kill }) => {
      const until = (text: string) => waitUntil(() => say() === text, { within: 10_000, every: 5, describe: say });
      await until('ready\n');
      kill('SIGHUP');
      await until('ready\nheard\n');
      kill('SIGHUP');
      await until('ready\nheard\nheard\n');
      kill('SIGTERM');
    });
    expect(played.code).toBe(0);
  });

  test('starts nothing again that was asked to end', async () => {
    const program = `trap 'exit 161' TERM\necho ready\nwhile :; do sleep 0.02; done`;
    const played = await play(program, async ({ say, kill }) => {
      await waitUntil(() => say() === 'ready\n', { within: 10_000, every: 5, describe: say });
      kill('SIGTERM');
    });
    expect(played).toEqual({ code: 161, said: 'ready\n' });
  });
});

describe('the image', () => {
  const built = temporaryFolder();
  const refusal = whyNoContainers();
  /** A machine that lets nobody have namespaces says so in the name of the row; the image is not to blame. */
  function inContainer(name: string, run: () => Promise<void>): void {
    if (refusal === undefined) test(name, run);
    else test(`${name}: CANNOT BE TRIED HERE, ${refusal}`, () => undefined);
  }
  let image: Image;
  let simulator: Simulator;

  beforeAll(async () => {
    image = buildImage(built.path);
    simulator = await startSimulator({ applications: 2, instances: 1 });
  }, 120_000);
  afterAll(async () => {
    await simulator?.stop();
    built.remove();
  });

  test('says what it is, and how to end and to check it', () => {
    expect(image).toMatchObject({
      entrypoint: ['promregator-start'],
      user: '2000:0',
      port: 8080,
      stopSignal: 'SIGTERM',
      volumes: ['/var/lib/promregator'],
    });
    expect(image.labels).toMatchObject({
      'org.opencontainers.image.version': '1.2.3',
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
  });

  test('adds two layers, Node and what is ours', () => {
    process.stdout.write(`layers on top of the base:\n${image.layers}`);
    const sizes = image.layers.trim().split('\n').map(Number.parseFloat);
    expect(sizes).toHaveLength(2);
    expect(sizes[1]).toBeLessThan(15);
  });

  test('holds nothing that only developers need', () => {
    const files = readdirSync(image.files, { recursive: true, encoding: 'utf8' });
    expect(files).toContain('opt/promregator/dist/src/main.js');
    expect(
      files.filter((file) => /\.(?:[cm]?ts|map)$|\.test\.|\/(?:npm|typescript|vitest|bench)(?:\/|$)/.test(file)),
    ).toEqual([]);
  });

  test('can be written by nobody but in its data folder, which is for group 0', () => {
    const open = readdirSync(image.files, { recursive: true, encoding: 'utf8' }).filter((file) => {
      const stats = statSync(join(image.files, file), { throwIfNoEntry: false });
      return stats !== undefined && !/^(?:proc|dev)/.test(file) && (stats.mode & 0o022) !== 0;
    });
    expect(open).toEqual(['var/lib/promregator']);
    expect(statSync(join(image.files, 'var/lib/promregator'))).toMatchObject({ gid: 0 });
  });

  describe.each([
    ['its own user', '2000:0'],
    ['a user that nobody knows, as on OpenShift', '1000680000:0'],
  ])('as %s, read-only', (_, user) => {
    inContainer(
      'serves, is healthy, keeps its inventory, reads its configuration anew, and ends in order',
      async () => {
        const folders = newFolders(user);
        const container = start({ user, mounts: mountsOf(folders) });
        const url = await container.url();
        await ready(url, container);
        expect(container.exec(image.healthCheck, { HEALTHCHECK_URL: `${url}/-/healthy` })).toMatchObject({ code: 0 });
        expect(container.exec(image.healthCheck, { HEALTHCHECK_URL: `${url}/-/unhealthy` })).toMatchObject({ code: 1 });
        expect(container.exec(['sh', '-c', ': >/tmp-file'])).toMatchObject({ code: 2 });
        await waitUntil(() => existsSync(join(folders.data, 'inventory')), {
          within: 10_000,
          describe: container.output,
        });
        expect(statSync(join(folders.data, 'inventory'))).toMatchObject({
          uid: Number(user.split(':')[0]),
          mode: 0o100600,
        });

        const targets = async (): Promise<number> => JSON.parse(await (await fetch(`${url}/discovery`)).text()).length;
        expect(await targets()).toBe(2);
        writeConfig(folders.config, { targets: [{ applicationRegex: 'none.*' }] });
        container.signal('SIGHUP');
        await waitUntil(async () => (await targets()) === 0, { within: 10_000, describe: container.output });

        container.signal('SIGTERM');
        expect(await container.ended).toBe(0);
        expect(container.output()).toContain('"message":"stopped"');
      },
    );
  });

  inContainer('is started again by itself after its watchdog, and goes on by what it has kept', async () => {
    const folders = newFolders(image.user);
    const watchdog = { enabled: true, rate: 1, initialDelay: 1, timeout: 500, restartCount: 0 };
    writeConfig(folders.config, {}, { watchdog });
    const container = start({ mounts: mountsOf(folders) });
    await ready(await container.url(1), container);
    const fault = simulator.faults.add({ path: '^/v3/info', action: { type: 'status', status: 502, form: 'router' } });
    await waitUntil(() => container.output().includes('ended with 161 (watchdog)'), {
      within: 15_000,
      describe: container.output,
    });
    fault.remove();
    const url = await container.url(2);
    // At once, since the inventory outlived the process.
    expect((await fetch(`${url}/-/ready`)).status).toBe(200);
    container.signal('SIGINT');
    expect(await container.ended).toBe(0);
  });

  inContainer('takes its configuration from the folder that PROMREGATOR_CONFIG_DIR names', async () => {
    const { config } = newFolders(image.user);
    writeConfig(config, {}, {}, '/srv/elsewhere/ca.pem');
    const mounts = [{ from: config, to: '/srv/elsewhere', access: 'read' }] as const;
    const container = start({ mounts, env: { PROMREGATOR_CONFIG_DIR: '/srv/elsewhere' } });
    await ready(await container.url(), container);
    container.signal('SIGTERM');
    expect(await container.ended).toBe(0);
  });

  inContainer('runs other commands, and ends with their exit codes', async () => {
    const container = start({ args: ['check-config'] });
    expect(await container.ended).toBe(78);
    expect(container.output()).toContain('cf.api_host: found nothing');
    expect(await start({ args: ['--version'], entrypoint: ['promregator'] }).ended).toBe(0);
  });

  inContainer('buries orphans as process 1', async () => {
    const folders = newFolders(image.user);
    const container = start({ mounts: mountsOf(folders) });
    await ready(await container.url(), container);
    // A process that outlives its parent by a moment becomes a child of process 1.
    const { output } = container.exec(['sh', '-c', '(node -e "setTimeout(() => {}, 50)" >/dev/null & echo $!)']);
    const orphan = output.trim();
    expect(orphan).toMatch(/^\d+$/);
    await waitUntil(() => container.exec(['sh', '-c', `[ ! -e /proc/${orphan} ]`]).code === 0, {
      within: 10_000,
      describe: container.output,
    });
    container.signal('SIGTERM');
    expect(await container.ended).toBe(0);
  });

  function start(options: ContainerOptions): Container {
    const container = startContainer(image, options);
    onTestFinished(() => container.remove());
    return container;
  }

  interface Folders {
    readonly config: string;
    readonly data: string;
  }

  /** As an operator has them: a configuration for all to read, and a folder for the data that group 0 may write. */
  function newFolders(user: string): Folders {
    const [config, data] = [newFolder(), newFolder()];
    copyFileSync(simulator.caFile, join(config, 'ca.pem'));
    writeConfig(config);
    chmodSync(config, 0o755);
    chownSync(data, 0, Number(user.split(':')[1]));
    chmodSync(data, 0o770);
    return { config, data };
  }

  function writeConfig(
    folder: string,
    promregator: object = {},
    cf: object = {},
    caFile = '/etc/promregator/ca.pem',
  ): void {
    const config = configFor({ ...simulator, caFile }, promregator);
    const text = stringify({
      cf: { ...config.cf, ...cf },
      promregator: { discovery: { ownMetricsEndpoint: false }, ...config.promregator },
      server: { address: '127.0.0.1', port: 0 },
      log: { format: 'json' },
    });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'promregator.yml'), text, { mode: 0o644 });
  }
});

function mountsOf({ config, data }: { readonly config: string; readonly data: string }): readonly Mount[] {
  return [
    { from: config, to: '/etc/promregator', access: 'read' },
    { from: data, to: '/var/lib/promregator', access: 'write' },
  ];
}

/** Script and program, where a test has failed and left them. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // They have ended, as they should.
  }
}

async function ready(url: string, container: Container): Promise<void> {
  await waitUntil(async () => (await fetch(`${url}/-/ready`)).ok, {
    within: 20_000,
    every: 50,
    describe: container.output,
  });
}
