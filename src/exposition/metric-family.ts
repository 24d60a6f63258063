/** The types that our own metrics have; each format has its own word for `unknown`. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'unknown';

/** One metric with all its series, as the writers take it. */
export interface MetricFamily extends FamilyHead {
  /** In the order in which they are written; lines of one histogram stay together. */
  readonly samples: Iterable<Sample>;
}

export interface FamilyHead {
  /** As it stands on the samples; a counter's ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
}

export interface Sample {
  /** All that precedes the value, made once per series by `samplePrefix`, since it never changes. */
  readonly prefix: string;
  readonly value: number;
}

export type LabelPair = readonly [name: string, value: string];

const NEEDS_ESCAPE = /[\\"\n]/;

/** `name{a="b"} `, with the blank; the same in text 0.0.4 and OpenMetrics. */
export function samplePrefix(name: string, labels: readonly LabelPair[]): string {
  return `${name}${labelBlock(labels)} `;
}

/** `{a="b",c="d"}`, empty without labels. */
export function labelBlock(labels: readonly LabelPair[]): string {
  return labels.length === 0 ? '' : `{${labelList(labels)}}`;
}

/** `a="b",c="d"`. */
export function labelList(labels: readonly LabelPair[]): string {
  return labels.map(([name, value]) => `${name}="${escapeLabelValue(value)}"`).join(',');
}

export function escapeLabelValue(value: string): string {
  if (!NEEDS_ESCAPE.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** A number as Go's ParseFloat takes it. */
export function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

/**
 * A bucket's bound with a decimal point (`1.0`), as OpenMetrics demands and Prometheus 3 makes of it anyway: so a bucket
 * is one and the same series whichever format and version it came by (facts/prometheus.md 3.2).
 */
export function formatBound(bound: number): string {
  return Number.isInteger(bound) && Math.abs(bound) < 1e21 ? `${bound}.0` : formatNumber(bound);
}

export function sampleLine(sample: Sample): string {
  return `${sample.prefix}${formatNumber(sample.value)}\n`;
}
