import { seededRandom } from '../random.js';
import type { ExpositionFormat } from '../world/behaviour.js';
import type { Family, HistogramSample, Sample } from './family.js';
import { writeProtobuf } from './protobuf-format.js';
import { type CompressedPrefix, compressPrefix } from './spliced-gzip.js';
import { writeText } from './text-format.js';

/** The part of an exposition that is the same for all instances: plain and compressed. */
export interface Filler {
  readonly plain: Buffer;
  readonly compressed: CompressedPrefix;
}

/** Fillers are made once per size and format, then shared by everybody. */
export interface Fillers {
  filler(bytes: number, format: ExpositionFormat): Filler;
}

const SEED = 20_250_101;
const LABEL_SETS = 12;
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

export function createFillers(): Fillers {
  const families = new Map<number, readonly Family[]>();
  const made = new Map<string, Filler>();
  return {
    filler(bytes, format) {
      const key = `${format} ${bytes}`;
      const known = made.get(key);
      if (known !== undefined) return known;
      const model = families.get(bytes) ?? makeFamilies(bytes);
      families.set(bytes, model);
      const plain = format === 'protobuf' ? writeProtobuf(model) : Buffer.from(writeText(model, format));
      const filler = { plain, compressed: compressPrefix(plain) };
      made.set(key, filler);
      return filler;
    },
  };
}

/** Counters, gauges and histograms of an imagined web application whose text comes to about so many bytes. */
function makeFamilies(bytes: number): readonly Family[] {
  const random = seededRandom(SEED);
  const families: Family[] = [];
  let size = 0;
  for (let number = 0; size < bytes; number += 1) {
    const family = makeFamily(number, random.below, bytes - size);
    size += writeText([family], 'text').length;
    families.push(family);
  }
  return families;
}

type Below = (limit: number) => number;

function makeFamily(number: number, below: Below, bytesLeft: number): Family {
  const help = `Invented values number ${number}, to give an exposition its size.`;
  if (number % 4 === 3 && bytesLeft > 1_000) {
    return { type: 'histogram', name: `sim_operation_${number}_seconds`, help, samples: [makeHistogram(below)] };
  }
  const type = number % 2 === 0 ? 'counter' : 'gauge';
  const count = Math.min(LABEL_SETS, Math.max(1, Math.ceil((bytesLeft - 150) / 80)));
  const samples: Sample[] = Array.from({ length: count }, (_, index) => ({
    labels: [
      ['method', index % 3 === 0 ? 'POST' : 'GET'],
      ['path', `/api/v1/items/${index}`],
      ['status', index % 5 === 0 ? '404' : '200'],
    ],
    value: below(100_000),
  }));
  return { type, name: `sim_operation_${number}`, help, samples };
}

function makeHistogram(below: Below): HistogramSample {
  let count = 0;
  const buckets = BOUNDS.map((bound) => {
    count += below(500);
    return [bound, count] as const;
  });
  return { labels: [['path', '/api/v1/items']], buckets, sum: count / 8, count };
}
