import { escapeLabelValue, type FamilyHead, formatBound, type Sample } from '../exposition/metric-family.js';

/** A value for each label name; `{}` for an instrument without labels. */
export type Labels<Name extends string> = Readonly<Record<Name, string>>;

/** A pair of labels and the value that they have now. */
export type Reading<Name extends string> = readonly [labels: Labels<Name>, value: number];

export interface InstrumentSpec<Name extends string = string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Name[];
  /** Goes in front of each label name where it is written; code uses the bare names. */
  readonly labelNamePrefix?: string;
}

export interface HistogramSpec<Name extends string = string> extends InstrumentSpec<Name> {
  /** Upper bounds, ascending, without +Inf. */
  readonly buckets: readonly number[];
}

/** One series of a counter: what a hot path binds once and holds. */
export interface CounterSeries {
  /** Adds `amount`, 1 by default; what is not positive is ignored, since a counter never goes back. */
  inc(amount?: number): void;
}

export interface GaugeSeries {
  set(value: number): void;
  inc(amount?: number): void;
  dec(amount?: number): void;
}

export interface HistogramSeries {
  observe(value: number): void;
}

interface Instrument<Name extends string, Series> {
  /** The series of these labels, made at 0 if it is new: so that Prometheus sees the first change as one. */
  with(labels: Labels<Name>): Series;
  /** Ends a series. Whoever holds it still may use it, to no effect. */
  remove(labels: Labels<Name>): void;
}

interface Computed<Name extends string> {
  /**
   * Hands in a function that gives the values when they are asked for. A number stands for the series without labels.
   * Called once per rendering; series of several functions are written one after the other.
   */
  computedBy(read: () => number | Iterable<Reading<Name>>): void;
}

export interface Counter<Name extends string = never> extends Instrument<Name, CounterSeries>, Computed<Name> {}
export interface Gauge<Name extends string = never> extends Instrument<Name, GaugeSeries>, Computed<Name> {}
export interface Histogram<Name extends string = never> extends Instrument<Name, HistogramSeries> {}

/** An instrument as the registry renders it. */
export interface Rendered extends FamilyHead {
  /** Samples of one series at a time, so that the lines of a histogram never part. */
  series(): Iterable<readonly Sample[]>;
}

export function createCounter<Name extends string>(spec: InstrumentSpec<Name>): Counter<Name> & Rendered {
  return createValues(spec, 'counter', counterSeries);
}

export function createGauge<Name extends string>(spec: InstrumentSpec<Name>): Gauge<Name> & Rendered {
  return createValues(spec, 'gauge', gaugeSeries);
}

/** A sample that is kept: the prefix for good, the value as it changes. */
interface Cell extends Sample {
  value: number;
}

function counterSeries(cell: Cell): CounterSeries {
  return {
    inc(amount = 1) {
      if (amount > 0) cell.value += amount;
    },
  };
}

function gaugeSeries(cell: Cell): GaugeSeries {
  return {
    set(value) {
      cell.value = value;
    },
    inc(amount = 1) {
      cell.value += amount;
    },
    dec(amount = 1) {
      cell.value -= amount;
    },
  };
}

type Values<Name extends string, Series> = Instrument<Name, Series> & Computed<Name> & Rendered;

function createValues<Name extends string, Series>(
  spec: InstrumentSpec<Name>,
  type: 'counter' | 'gauge',
  toSeries: (cell: Cell) => Series,
): Values<Name, Series> {
  const writer = createLabelWriter(spec);
  const reads: (() => number | Iterable<Reading<Name>>)[] = [];
  const known = new Map<string, { readonly samples: readonly Cell[]; readonly series: Series }>();
  const prefixOf = (list: string): string => (list === '' ? `${spec.name} ` : `${spec.name}{${list}} `);

  function* computed(): Iterable<readonly Sample[]> {
    for (const read of reads) {
      const readings = read();
      if (typeof readings === 'number') {
        yield [{ prefix: prefixOf(''), value: readings }];
        continue;
      }
      for (const [labels, value] of readings) yield [{ prefix: prefixOf(writer(labels)), value }];
    }
  }

  return {
    name: spec.name,
    help: spec.help,
    type,
    with(labels) {
      const key = writer(labels);
      const before = known.get(key);
      if (before !== undefined) return before.series;
      const cell: Cell = { prefix: prefixOf(key), value: 0 };
      const series = toSeries(cell);
      known.set(key, { samples: [cell], series });
      return series;
    },
    remove: (labels) => void known.delete(writer(labels)),
    computedBy: (read) => void reads.push(read),
    *series() {
      for (const { samples } of known.values()) yield samples;
      yield* computed();
    },
  };
}

export function createHistogram<Name extends string>(spec: HistogramSpec<Name>): Histogram<Name> & Rendered {
  checkBuckets(spec);
  const writer = createLabelWriter(spec);
  const bounds = Float64Array.from(spec.buckets);
  const boundLabels = [...spec.buckets, Number.POSITIVE_INFINITY].map((bound) => `le="${formatBound(bound)}"} `);
  const known = new Map<string, HistogramState>();
  return {
    name: spec.name,
    help: spec.help,
    type: 'histogram',
    with(labels) {
      const key = writer(labels);
      const state = known.get(key) ?? createHistogramState(bounds);
      known.set(key, state);
      return state.series;
    },
    remove: (labels) => void known.delete(writer(labels)),
    *series() {
      for (const [list, state] of known) yield histogramSamples(spec.name, list, boundLabels, state);
    },
  };
}

interface HistogramState {
  /** Per bucket, not cumulated; the last is +Inf. */
  readonly counts: Float64Array;
  readonly sum: { value: number };
  readonly series: HistogramSeries;
}

function createHistogramState(bounds: Float64Array): HistogramState {
  const counts = new Float64Array(bounds.length + 1);
  const sum = { value: 0 };
  const series: HistogramSeries = {
    observe(value) {
      const bucket = bucketOf(bounds, value);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum.value += value;
    },
  };
  return { counts, sum, series };
}

/** The first bucket whose bound is not below the value; NaN counts in +Inf alone. */
function bucketOf(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (bounds[middle] ?? Number.NaN)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The prefixes of buckets are put together anew each time: kept, they would be most of the memory. */
function histogramSamples(name: string, list: string, bounds: readonly string[], state: HistogramState): Sample[] {
  const start = list === '' ? `${name}_bucket{` : `${name}_bucket{${list},`;
  const block = list === '' ? ' ' : `{${list}} `;
  let count = 0;
  const samples: Sample[] = bounds.map((bound, index) => {
    count += state.counts[index] ?? 0;
    return { prefix: start + bound, value: count };
  });
  samples.push(
    { prefix: `${name}_sum${block}`, value: state.sum.value },
    { prefix: `${name}_count${block}`, value: count },
  );
  return samples;
}

type LabelWriter<Name extends string> = (labels: Labels<Name>) => string;

/** Labels as they are written, in the order of the specification: it names a series, so it is its key as well. */
function createLabelWriter<Name extends string>(spec: InstrumentSpec<Name>): LabelWriter<Name> {
  const starts = spec.labels.map((name, index) => {
    const separator = index === 0 ? '' : ',';
    return { name, start: `${separator}${checkedLabelName(spec, name)}="` };
  });
  return (labels) => {
    let list = '';
    for (const { name, start } of starts) list += `${start}${escapeLabelValue(labels[name])}"`;
    return list;
  };
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function checkedLabelName({ name: metric, labelNamePrefix = '' }: InstrumentSpec, label: string): string {
  const name = labelNamePrefix + label;
  if (LABEL_NAME.test(name)) return name;
  throw new Error(`metric ${metric}: ${JSON.stringify(name)} is no label name; it has to match ${LABEL_NAME.source}`);
}

function checkBuckets({ name, buckets }: HistogramSpec): void {
  const ascending = buckets.every((bound, index) => index === 0 || bound > (buckets[index - 1] ?? Number.NaN));
  if (!ascending || !buckets.every(Number.isFinite)) {
    throw new Error(`metric ${name}: its buckets have to be finite and ascending`);
  }
}
