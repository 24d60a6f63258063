import type { ExpositionFormat } from '../exposition/content-type.js';
import { sampleLine } from '../exposition/metric-family.js';
import { OPENMETRICS_EOF, openMetricsHead } from '../exposition/write-openmetrics.js';
import { textHead } from '../exposition/write-text.js';
import {
  type Counter,
  createCounter,
  createGauge,
  createHistogram,
  type Gauge,
  type Histogram,
  type HistogramSpec,
  type InstrumentSpec,
  type Rendered,
} from './instruments.js';

/** The formats that own metrics are rendered in. */
export type RegistryFormat = Exclude<ExpositionFormat, 'protobuf'>;

export const REGISTRY_FORMATS: readonly RegistryFormat[] = ['text', 'openmetrics'];

/** A set of own metrics, written in the order in which they were made. */
export interface Registry {
  counter<Name extends string = never>(spec: InstrumentSpec<Name>): Counter<Name>;
  gauge<Name extends string = never>(spec: InstrumentSpec<Name>): Gauge<Name>;
  histogram<Name extends string = never>(spec: HistogramSpec<Name>): Histogram<Name>;
  /** Called at the start of each rendering, to bring values up to date. */
  beforeRender(task: () => void): void;
  /**
   * All metrics as one document; families without series are left out. Long ones are written in slices, with scrapes
   * served in between: a series is consistent in itself, two series may be some milliseconds apart.
   */
  render(format: RegistryFormat): Promise<Buffer>;
}

/** Lines written before others get their turn: about 0.3 ms of work (facts/limits.md 8). */
const SLICE_LINES = 1000;

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

export function createRegistry(): Registry {
  const instruments = new Map<string, Rendered>();
  const tasks: (() => void)[] = [];

  function add<Instrument extends Rendered>(instrument: Instrument): Instrument {
    const { name } = instrument;
    if (!METRIC_NAME.test(name)) throw new Error(`${JSON.stringify(name)} is no name for a metric`);
    if (instruments.has(name)) throw new Error(`metric ${name} is there already`);
    instruments.set(name, instrument);
    return instrument;
  }

  return {
    counter: (spec) => add(createCounter(spec)),
    gauge: (spec) => add(createGauge(spec)),
    histogram: (spec) => add(createHistogram(spec)),
    beforeRender: (task) => void tasks.push(task),
    async render(format) {
      for (const task of tasks) task();
      return renderSlices(instruments.values(), format);
    },
  };
}

async function renderSlices(instruments: Iterable<Rendered>, format: RegistryFormat): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let text = '';
  let lines = 0;
  for (const instrument of instruments) {
    let head = format === 'text' ? textHead(instrument) : openMetricsHead(instrument);
    for (const samples of instrument.series()) {
      text += head;
      head = '';
      for (const sample of samples) text += sampleLine(sample);
      lines += samples.length;
      if (lines < SLICE_LINES) continue;
      pieces.push(Buffer.from(text));
      text = '';
      lines = 0;
      await nextTurn();
    }
  }
  pieces.push(Buffer.from(format === 'text' ? text : text + OPENMETRICS_EOF));
  return Buffer.concat(pieces);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
