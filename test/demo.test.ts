import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { requireProgram } from './support/prometheus.js';
import { PROGRAM } from './support/promregator-process.js';
import { waitUntil } from './support/wait-until.js';

let child: ReturnType<typeof spawn> | undefined;

afterEach(() => child?.kill('SIGKILL'));

test('the demo shows a Prometheus with every target up, can be changed while it runs, and ends by a signal', async () => {
  requireProgram('prometheus');
  child = spawn(process.execPath, [PROGRAM, 'demo', '--port=0', '--applications=3', '--instances=2'], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  const within = (ms: number) => ({ within: ms, describe: () => text });
  // Six instances and ourselves.
  await waitUntil(() => text.includes('Prometheus sees 7 of 7 targets up'), within(40_000));
  const command = /curl -X POST (\S+) -d '(\{.*\})'/.exec(text);
  const answer = await fetch(command?.[1] ?? '', { method: 'POST', body: command?.[2] ?? '' });
  expect(answer.status).toBe(200);
  await waitUntil(() => text.includes('Prometheus sees 9 of 9 targets up'), within(40_000));
  child.kill('SIGINT');
  expect((await once(child, 'exit'))[0]).toBe(0);
  expect(text).not.toMatch(/ERROR|WARN|warning/);
}, 100_000);
