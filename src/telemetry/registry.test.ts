import { describe, expect, test } from 'vitest';
import { createRegistry } from './registry.js';

async function textOf(registry: ReturnType<typeof createRegistry>): Promise<string> {
  return (await registry.render('text')).toString();
}

describe('a registry', () => {
  test('writes its metrics in the order in which they were made, with and without labels', async () => {
    const registry = createRegistry();
    const counter = registry.counter({ name: 'b_total', help: 'B.', labels: ['x', 'y'] });
    const gauge = registry.gauge({ name: 'a', help: 'A.', labels: [] });
    registry.gauge({ name: 'unused', help: 'Has no series.', labels: [] });
    const series = counter.with({ y: 'says "hi"', x: 'ä' });
    series.inc();
    counter.with({ x: 'ä', y: 'says "hi"' }).inc(1.5);
    series.inc(-1);
    gauge.with({}).set(5);
    gauge.with({}).inc(3);
    gauge.with({}).dec();
    expect(await textOf(registry)).toBe(
      '# HELP b_total B.\n# TYPE b_total counter\nb_total{x="ä",y="says \\"hi\\""} 2.5\n# HELP a A.\n# TYPE a gauge\na 7\n',
    );
    expect((await registry.render('openmetrics')).toString()).toBe(
      '# HELP b B.\n# TYPE b counter\nb_total{x="ä",y="says \\"hi\\""} 2.5\n# HELP a A.\n# TYPE a gauge\na 7\n# EOF\n',
    );
  });

  test('cumulates the buckets of a histogram', async () => {
    const registry = createRegistry();
    const histogram = registry.histogram({ name: 'h', help: 'H.', labels: ['l'], buckets: [0.1, 1] });
    for (const value of [0.1, 0.5, 1, 7]) histogram.with({ l: 'v' }).observe(value);
    expect(await textOf(registry)).toBe(
      '# HELP h H.\n# TYPE h histogram\nh_bucket{l="v",le="0.1"} 1\nh_bucket{l="v",le="1.0"} 3\n' +
        'h_bucket{l="v",le="+Inf"} 4\nh_sum{l="v"} 8.6\nh_count{l="v"} 4\n',
    );
  });

  test('writes a histogram without labels', async () => {
    const registry = createRegistry();
    registry
      .histogram({ name: 'h', help: 'H.', labels: [], buckets: [1] })
      .with({})
      .observe(2);
    expect(await textOf(registry)).toContain('h_bucket{le="1.0"} 0\nh_bucket{le="+Inf"} 1\nh_sum 2\nh_count 1\n');
  });

  test('asks for computed values at each rendering', async () => {
    const registry = createRegistry();
    let value = 0;
    registry.gauge({ name: 'g', help: 'G.', labels: [] }).computedBy(() => value);
    registry.gauge({ name: 'by', help: 'By.', labels: ['k'] }).computedBy(() => [
      [{ k: 'one' }, value + 1],
      [{ k: 'two' }, value + 2],
    ]);
    registry.beforeRender(() => {
      value += 10;
    });
    expect(await textOf(registry)).toContain('g 10\n');
    expect(await textOf(registry)).toContain('by{k="one"} 21\nby{k="two"} 22\n');
  });

  test('ends a series, whoever holds it still', async () => {
    const registry = createRegistry();
    const gauge = registry.gauge({ name: 'g', help: 'G.', labels: ['k'] });
    const held = gauge.with({ k: 'v' });
    gauge.remove({ k: 'v' });
    held.set(9);
    expect(await textOf(registry)).toBe('');
    gauge.with({ k: 'v' });
    expect(await textOf(registry)).toContain('g{k="v"} 0\n');
  });

  test.each([
    ['a name that is taken', () => ['g', 'l'], 'metric g is there already'],
    ['no metric name', () => ['g-h', 'l'], '"g-h" is no name for a metric'],
    ['no label name', () => ['h', 'l m'], 'metric h: "l m" is no label name; it has to match ^[a-zA-Z_][a-zA-Z0-9_]*$'],
  ])('refuses %s', (_, names, message) => {
    const registry = createRegistry();
    registry.gauge({ name: 'g', help: 'G.', labels: [] });
    const [name = '', label = ''] = names();
    expect(() => registry.gauge({ name, help: 'X.', labels: [label] })).toThrow(message);
  });

  test.each([[[1, 1]], [[2, 1]], [[1, Number.POSITIVE_INFINITY]]])('refuses the buckets %j', (buckets) => {
    const registry = createRegistry();
    expect(() => registry.histogram({ name: 'h', help: 'H.', labels: [], buckets })).toThrow('finite and ascending');
  });

  test('lets others work while it writes many series, and writes each', async () => {
    const registry = createRegistry();
    const gauge = registry.gauge({ name: 'g', help: 'G.', labels: ['k'] });
    for (let index = 0; index < 20_000; index += 1) gauge.with({ k: String(index) }).set(index);
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const text = await textOf(registry);
    done = true;
    expect(turns).toBeGreaterThanOrEqual(15);
    expect(text.split('\n')).toHaveLength(20_003);
    expect(text).toContain('\ng{k="19999"} 19999\n');
    expect(text.match(/# TYPE/g)).toHaveLength(1);
  });
});
