import { describe, expect, test } from 'vitest';
import { select, urls } from '../../test/support/discovery/selection.js';

const own = { guid: 'us', metricsPath: '/promregatorMetrics' };

const APPS = [
  { guid: 'orders', annotations: { 'prometheus.io/scrape': 'true' } },
  { guid: 'us', web: [3], annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/path': '/discovery' } },
];

const OURS = 'https://us.example.org/promregatorMetrics';

test.each([
  ['everything', [{}], 1],
  ['the right path', [{ paths: ['/promregatorMetrics'] }], 0],
  ['the right path among others', [{ paths: ['/metrics', '/promregatorMetrics'] }], 1],
  ['a path of targets', [{ paths: ['/singleTargetMetrics/orders/0'] }], 1],
  ['an annotated path', [{ kubernetesAnnotations: true }], 1],
  ['two rules', [{ paths: ['/promregatorMetrics'] }, { paths: ['/metrics'] }], 0],
  ['two rules, the careless one first', [{ paths: ['/metrics'] }, { paths: ['/promregatorMetrics'] }], 1],
])('our own application is asked for its own metrics only: %s', (_, rules, warnings) => {
  const directory = select(APPS, rules, { own });
  expect(urls(directory).filter((url) => url.includes('us.example'))).toEqual([OURS, OURS, OURS]);
  expect(directory.warnings.filter((text) => text.includes('selects Promregator itself'))).toHaveLength(warnings);
});

test('with a prefix before our paths', () => {
  const directory = select(APPS, [{}], { own: { ...own, metricsPath: '/monitoring/promregatorMetrics' } });
  expect(urls(directory)).toContain('https://us.example.org/monitoring/promregatorMetrics');
});

describe('others are asked as before', () => {
  test.each([
    ['beside ours', own],
    ['when ours is not known', undefined],
  ])('%s', (_, known) => {
    expect(urls(select(APPS, [{}], { own: known }))).toContain('https://orders.example.org/metrics');
  });
});
