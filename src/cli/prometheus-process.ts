import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { freePort } from '../base/free-port.js';

export interface PrometheusProcess {
  readonly url: string;
  targets(): Promise<{ readonly up: number; readonly total: number }>;
  stop(): Promise<void>;
}

const PREFERRED_PORT = 9090;
const READY_WITHIN_MS = 20_000;

const targetsAnswer = z.object({ data: z.object({ activeTargets: z.array(z.object({ health: z.string() })) }) });

/** Starts the machine's own Prometheus on loopback; undefined when none is installed or it does not come up. */
export async function startPrometheus(options: {
  readonly configFile: string;
  readonly dataFolder: string;
}): Promise<PrometheusProcess | undefined> {
  const port = await freePort('127.0.0.1', PREFERRED_PORT);
  const child = spawn(
    'prometheus',
    [
      `--config.file=${options.configFile}`,
      `--storage.tsdb.path=${options.dataFolder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: 'ignore' },
  );
  const ended = once(child, 'exit').catch(() => undefined);
  const url = `http://127.0.0.1:${port}`;
  const isUp = await Promise.race([becomesReady(url), ended.then(() => false)]);
  if (!isUp) {
    child.kill('SIGKILL');
    return undefined;
  }
  return {
    url,
    async targets() {
      const answer = await fetch(`${url}/api/v1/targets?state=active`);
      const { data } = targetsAnswer.parse(await answer.json());
      return {
        up: data.activeTargets.filter(({ health }) => health === 'up').length,
        total: data.activeTargets.length,
      };
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function becomesReady(url: string): Promise<boolean> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
