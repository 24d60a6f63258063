import { describe, expect, test } from 'vitest';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { manualClock } from '../../test/support/manual-clock.js';
import type { ConfigOutcome } from '../config/load-config.js';
import { problem } from '../config/report.js';
import { createOwnMetrics } from '../telemetry/own-metrics.js';
import { createReloader, type Loaded, type ReloadScope } from './reloader.js';

// What is in a configuration is not the reloader's business.
const GOOD = { ok: true, warnings: [], files: ['p.yml'] } as unknown as ConfigOutcome;
const BAD: ConfigOutcome = {
  ok: false,
  warnings: [],
  problems: [
    problem({ kind: 'file', file: 'p.yml', line: 3, column: 1 }, ['server', 'port'], {
      found: '"x"',
      expected: 'a port',
    }),
  ],
} as unknown as ConfigOutcome;

function start(outcomes: readonly (ConfigOutcome | Error)[], apply: (loaded: Loaded) => void = () => undefined) {
  const clock = manualClock(1_000_000);
  const metrics = createOwnMetrics({
    labelNamePrefix: '',
    version: '1',
    requestLatency: false,
    internal: false,
    instanceTimeoutMs: 1_000,
    clock,
  });
  const logged = recordedLog();
  const loads: ReloadScope[] = [];
  const applied: Loaded[] = [];
  const waiting = [...outcomes];
  const gates: (() => void)[] = [];
  let kept = 0;
  const reloader = createReloader({
    loader: {
      async load(scope) {
        loads.push(scope);
        await new Promise<void>((resolve) => gates.push(resolve));
        const outcome = waiting.shift() ?? GOOD;
        if (outcome instanceof Error) throw outcome;
        return { ...outcome, states: new Map() };
      },
      keep: () => {
        kept += 1;
      },
    },
    filesInForce: () => ['p.yml'],
    apply(loaded) {
      apply(loaded);
      applied.push(loaded);
    },
    metrics,
    clock,
    log: logged.log,
  });
  const shown = async (): Promise<readonly string[]> => {
    const text = (await metrics.registry.render('text')).toString();
    return text.split('\n').filter((line) => line.startsWith('promregator_config_'));
  };
  return { kept: () => kept, reloader, loads, applied, logged, clock, shown, open: () => gates.shift()?.() };
}

describe('one reload', () => {
  test('takes a good configuration and says when', async () => {
    const { reloader, clock, shown, open, applied } = start([GOOD]);
    expect(await shown()).toEqual([
      'promregator_config_last_reload_successful 1',
      'promregator_config_last_reload_success_timestamp_seconds 1000',
    ]);
    clock.advance(5_000);
    const outcome = reloader.reload('everything');
    open();
    expect(await outcome).toEqual({ ok: true });
    expect(applied).toHaveLength(1);
    expect(await shown()).toContain('promregator_config_last_reload_success_timestamp_seconds 1005');
  });

  test.each<[string, ConfigOutcome | Error, string]>([
    ['a problem in it', BAD, 'p.yml:3:1: server.port: found "x", expected a port'],
    ['a failure within', new Error('boom'), 'boom'],
  ])('leaves the old one in force: %s', async (_, bad, reason) => {
    const { reloader, clock, shown, open, applied, logged } = start([bad, GOOD]);
    clock.advance(5_000);
    const outcome = reloader.reload('everything');
    open();
    expect(await outcome).toEqual({ ok: false, reason });
    expect(applied).toEqual([]);
    expect(await shown()).toEqual([
      'promregator_config_last_reload_successful 0',
      'promregator_config_last_reload_success_timestamp_seconds 1000',
    ]);
    expect(logged.count('the old one stays in force')).toBe(1);
    const again = reloader.reload('everything');
    open();
    expect(await again).toEqual({ ok: true });
    expect(await shown()).toContain('promregator_config_last_reload_successful 1');
  });

  test('one that cannot be taken is a failure too', async () => {
    const { reloader, open, shown } = start([GOOD], () => {
      throw new Error('no room');
    });
    const outcome = reloader.reload('everything');
    open();
    expect(await outcome).toEqual({ ok: false, reason: 'no room' });
    expect(await shown()).toContain('promregator_config_last_reload_successful 0');
  });
});

test('a file in force that is gone is no reason to drop its rules', async () => {
  const { reloader, applied, kept, open } = start([{ ...GOOD, files: [] } as unknown as ConfigOutcome]);
  const outcome = reloader.reload('everything');
  open();
  expect(await outcome).toEqual({
    ok: false,
    reason: expect.stringMatching(/^p\.yml: found nothing, expected the file that is in force/),
  });
  expect([applied, kept()]).toEqual([[], 0]);
});

test('a renewed certificate does not hide that the configuration was refused', async () => {
  const { reloader, shown, open, kept } = start([BAD, GOOD, GOOD]);
  const reloads: readonly ReloadScope[] = ['everything', 'material', 'everything'];
  const successful: string[] = [];
  for (const scope of reloads) {
    const outcome = reloader.reload(scope);
    open();
    await outcome;
    successful.push((await shown())[0]?.split(' ')[1] ?? '');
  }
  expect(successful).toEqual(['0', '0', '1']);
  expect(kept()).toBe(2);
});

test('those asked for during a reload share the next one, which reads all that any of them asked for', async () => {
  const { reloader, loads, open } = start([BAD, GOOD]);
  const first = reloader.reload('material');
  const others = [reloader.reload('material'), reloader.reload('everything'), reloader.reload('material')];
  open();
  expect(await first).toMatchObject({ ok: false });
  await Promise.resolve();
  open();
  expect(await Promise.all(others)).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
  expect(loads).toEqual(['material', 'everything']);
});
