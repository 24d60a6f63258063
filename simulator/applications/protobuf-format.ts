import type { Family, HistogramSample, Labels, Sample } from './family.js';

/** Wire types of the protocol buffers encoding. */
const VARINT = 0;
const DOUBLE = 1;
const BYTES = 2;

/** Values of the enumeration `MetricType` of io.prometheus.client. */
const METRIC_TYPES = { counter: 0, gauge: 1, histogram: 4 } as const;

/** Field numbers of `Metric` by the type of its family. */
const VALUE_FIELDS = { counter: 3, gauge: 2 } as const;
const HISTOGRAM_FIELD = 7;

/** `MetricFamily` messages, each preceded by its length: they can be written one after the other. */
export function writeProtobuf(families: readonly Family[]): Buffer {
  return Buffer.concat(
    families.map((family) => {
      const message = writeFamily(family);
      return Buffer.concat([varint(message.byteLength), message]);
    }),
  );
}

function writeFamily(family: Family): Buffer {
  const name = family.type === 'counter' ? `${family.name}_total` : family.name;
  const metrics =
    family.type === 'histogram'
      ? family.samples.map(writeHistogram)
      : family.samples.map((sample) => writeValue(sample, family.type));
  return Buffer.concat([
    bytesField(1, Buffer.from(name)),
    bytesField(2, Buffer.from(family.help)),
    varintField(3, METRIC_TYPES[family.type]),
    ...metrics.map((metric) => bytesField(4, metric)),
  ]);
}

function writeValue(sample: Sample, type: 'counter' | 'gauge'): Buffer {
  return Buffer.concat([...writeLabels(sample.labels), bytesField(VALUE_FIELDS[type], doubleField(1, sample.value))]);
}

/** The infinite bucket is implied by the count. */
function writeHistogram(sample: HistogramSample): Buffer {
  const histogram = Buffer.concat([
    varintField(1, sample.count),
    doubleField(2, sample.sum),
    ...sample.buckets.map(([bound, count]) =>
      bytesField(3, Buffer.concat([varintField(1, count), doubleField(2, bound)])),
    ),
  ]);
  return Buffer.concat([...writeLabels(sample.labels), bytesField(HISTOGRAM_FIELD, histogram)]);
}

function writeLabels(labels: Labels): readonly Buffer[] {
  return labels.map(([name, value]) =>
    bytesField(1, Buffer.concat([bytesField(1, Buffer.from(name)), bytesField(2, Buffer.from(value))])),
  );
}

function bytesField(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + BYTES), varint(content.byteLength), content]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8 + VARINT), varint(value)]);
}

function doubleField(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(9);
  buffer.writeUInt8(field * 8 + DOUBLE, 0);
  buffer.writeDoubleLE(value, 1);
  return buffer;
}

/** Whole numbers up to 2^53, seven bits a byte, lowest first. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
