import { describe, expect, test } from 'vitest';
import { formatBound, formatNumber, type MetricFamily, samplePrefix } from './metric-family.js';
import { writeOpenMetrics } from './write-openmetrics.js';
import { writeText } from './write-text.js';

const FAMILIES: readonly MetricFamily[] = [
  {
    name: 'x_total',
    help: 'Back\\slash, "quotes"\nand lines.',
    type: 'counter',
    samples: [{ prefix: samplePrefix('x_total', [['a', 'b\\"\nc']]), value: 3 }],
  },
  { name: 'y', help: 'Y.', type: 'unknown', samples: [{ prefix: samplePrefix('y', []), value: Number.NaN }] },
];

test('text 0.0.4', () => {
  expect(writeText(FAMILIES)).toBe(
    '# HELP x_total Back\\\\slash, "quotes"\\nand lines.\n# TYPE x_total counter\nx_total{a="b\\\\\\"\\nc"} 3\n' +
      '# HELP y Y.\n# TYPE y untyped\ny NaN\n',
  );
});

test('OpenMetrics', () => {
  expect(writeOpenMetrics(FAMILIES)).toBe(
    '# HELP x Back\\\\slash, \\"quotes\\"\\nand lines.\n# TYPE x counter\nx_total{a="b\\\\\\"\\nc"} 3\n' +
      '# HELP y Y.\n# TYPE y unknown\ny NaN\n# EOF\n',
  );
});

describe('numbers', () => {
  test.each([
    [0, '0'],
    [-0.5, '-0.5'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test.each([
    [1, '1.0'],
    [0.25, '0.25'],
    [1e21, '1e+21'],
    [Number.POSITIVE_INFINITY, '+Inf'],
  ])('bound %d is %s', (value, text) => {
    expect(formatBound(value)).toBe(text);
  });
});
