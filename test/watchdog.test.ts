import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { configFor, startPromregator } from './support/promregator-process.js';
import { waitUntil } from './support/wait-until.js';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ applications: 1, instances: 1 });
});

afterAll(() => simulator.stop());

/** With a ping a second from the start. */
function watched(restartCount: number): object {
  const { cf, promregator } = configFor(simulator, { metrics: { internal: true } });
  const watchdog = { enabled: true, rate: 1, initialDelay: 0, timeout: 500, restartCount };
  return { cf: { ...cf, watchdog }, promregator, server: { drainSeconds: 0 } };
}

test('an API that stays dumb ends the process with 161, in order', async () => {
  const program = await startPromregator({ config: watched(1) });
  const exited = new Promise<number | null>((resolve) => program.child.once('exit', resolve));
  const fault = simulator.faults.add({ path: '^/v3/info', action: { type: 'hang', when: 'before_head' } });
  try {
    expect(await exited).toBe(161);
  } finally {
    fault.remove();
  }
  const messages = program.log().map(({ message }) => message);
  expect(messages.filter((message) => message.includes('does not answer the watchdog')).length).toBe(1);
  expect(messages.at(-1)).toBe('stopped');
});

test('a failure that is borne is counted', async () => {
  const program = await startPromregator({ config: watched(5) });
  const metrics = async (): Promise<string> => await (await fetch(`${program.url}/promregatorMetrics`)).text();
  await waitUntil(async () => (await metrics()).includes('kind="ping",result="success"'), {
    within: 10_000,
    describe: () => program.log(),
  });
  simulator.faults.add({ path: '^/v3/info', times: 1, action: { type: 'status', status: 502, form: 'router' } });
  await waitUntil(async () => (await metrics()).includes('promregator_connection_watchdog_reconnect_total 1'), {
    within: 10_000,
    describe: () => program.log(),
  });
  expect(await metrics()).toContain(
    'promregator_cf_request_budget_planned_per_hour{foundation="default",kind="apps"} 3600',
  );
  expect(await metrics()).toContain('promregator_cf_request_pause_seconds{foundation="default"} 0');
  expect(await program.stop()).toBe(0);
});
