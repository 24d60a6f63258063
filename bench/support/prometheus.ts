import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Milliseconds } from '../../src/base/duration.js';
import { freePort } from '../../src/base/free-port.js';
import { endChild, pidOf } from './child.js';
import type { Part } from './stage.js';
import { temporaryFolder } from './temporary-folder.js';
import { readUsage, type Usage } from './usage.js';
import { waitFor } from './wait.js';

const READY_WITHIN_MS: Milliseconds = 30_000;

const queryAnswer = z.object({
  data: z.object({
    result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })),
  }),
});

/** A real Prometheus on loopback. */
export interface Prometheus extends Part {
  usage(): Usage;
  /** The one value of an instant query; NaN when it gives none. */
  value(expression: string): Promise<number>;
}

export interface PrometheusOptions {
  readonly promregatorUrl: string;
  readonly intervalSeconds: number;
  /** Further settings of the scrape job. */
  readonly job?: object;
}

/** Its targets come from `/discovery`, as the README tells people to configure it. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const folder = temporaryFolder();
  const file = join(folder.path, 'prometheus.yml');
  writeFileSync(file, configText(options));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: 'ignore' },
  );
  child.on('error', () => undefined);
  const stop = async (): Promise<void> => {
    // Its data are thrown away: nothing is lost by not letting it write them.
    await endChild(child, 'SIGKILL');
    folder.remove();
  };
  try {
    const pid = pidOf(child, 'prometheus (apt-get install prometheus)');
    await waitFor(() => isReady(url), { withinMs: READY_WITHIN_MS, everyMs: 100, what: () => 'Prometheus is ready' });
    return {
      usage: () => readUsage(pid),
      async value(expression) {
        const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
        const { data } = queryAnswer.parse(await answer.json());
        return Number(data.result[0]?.value[1] ?? Number.NaN);
      },
      stop,
      kill() {
        child.kill('SIGKILL');
        folder.remove();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configText({ promregatorUrl, intervalSeconds, job = {} }: PrometheusOptions): string {
  return stringify({
    global: { scrape_interval: `${intervalSeconds}s`, scrape_timeout: `${Math.min(10, intervalSeconds)}s` },
    scrape_configs: [
      {
        job_name: 'cloud-foundry',
        http_sd_configs: [{ url: `${promregatorUrl}/discovery`, refresh_interval: `${intervalSeconds}s` }],
        ...job,
      },
    ],
  });
}

async function isReady(url: string): Promise<true | undefined> {
  const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
  return answer?.ok === true ? true : undefined;
}
