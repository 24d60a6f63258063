import { type PromregatorProcess, type StartOptions, startPromregator } from './promregator-process.js';
import { waitUntil } from './wait-until.js';

/** Starts the program and waits until it has all targets. Whoever starts it stops it. */
export async function startReady(options: StartOptions): Promise<PromregatorProcess> {
  const program = await startPromregator(options);
  try {
    await waitUntil(async () => (await fetch(`${program.url}/-/ready`)).ok, {
      within: 20_000,
      describe: program.output,
      every: 20,
    });
    return program;
  } catch (error) {
    await program.stop();
    throw error;
  }
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** What Prometheus hears of one instance; `key` is the guid of its application, index and further parts behind it. */
export async function scrape(program: PromregatorProcess, key: string, grantedSeconds = 20): Promise<Answered> {
  const headers = { 'x-prometheus-scrape-timeout-seconds': String(grantedSeconds) };
  const path = key.includes('/') ? key : `${key}/0`;
  const answer = await fetch(`${program.url}/singleTargetMetrics/${path}`, { headers });
  return { status: answer.status, text: await answer.text() };
}

/** The program has to be started with `--web.enable-lifecycle`. Fails with its words when it does not take the file. */
export async function reloadWith(program: PromregatorProcess, config: object): Promise<void> {
  program.rewrite(config);
  const answer = await fetch(`${program.url}/-/reload`, { method: 'POST' });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}
