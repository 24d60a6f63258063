import type { Milliseconds } from '../../src/base/duration.js';
import type { Behaviour, ExpositionFormat } from '../world/behaviour.js';
import type { Instance } from '../world/records.js';
import type { Family } from './family.js';
import type { Fillers } from './filler.js';
import { writeProtobuf } from './protobuf-format.js';
import { spliceGzip } from './spliced-gzip.js';
import { OPENMETRICS_END, writeText } from './text-format.js';

export interface ExpositionOptions {
  readonly instance: Instance;
  readonly behaviour: Behaviour;
  readonly format: ExpositionFormat;
  readonly encoding: 'identity' | 'gzip';
  readonly nowMs: Milliseconds;
}

/** About what the part of one instance takes as text. */
const IDENTITY_BYTES = 900;

/** What one instance exports: shared filler, then its own few series, by which it can be told from all others. */
export function renderExposition(fillers: Fillers, options: ExpositionOptions): readonly Uint8Array[] {
  const { behaviour, format } = options;
  const own = renderOwn(options);
  const filler = fillers.filler(Math.max(0, behaviour.bodyBytes - IDENTITY_BYTES), format);
  return options.encoding === 'gzip' ? spliceGzip(filler.compressed, own) : [filler.plain, own];
}

function renderOwn(options: ExpositionOptions): Buffer {
  const families = ownFamilies(options);
  if (options.format === 'protobuf') return writeProtobuf(families);
  const end = options.format === 'openmetrics' ? OPENMETRICS_END : '';
  return Buffer.from(writeText(families, options.format) + end);
}

function ownFamilies({ instance, behaviour, nowMs }: ExpositionOptions): readonly Family[] {
  const { application, guid, type } = instance.process;
  const labels = [
    ['app', application.name],
    ['app_guid', application.guid],
    ['process_guid', guid],
    ['process_type', type],
    ['instance_index', String(instance.index)],
    ['instance_guid', instance.guid],
  ] as const;
  const scrapes = instance.scrapes;
  const families: Family[] = [
    { type: 'gauge', name: 'sim_app_info', help: 'Who answers.', samples: [{ labels, value: 1 }] },
    {
      type: 'counter',
      name: 'sim_app_scrapes',
      help: 'Scrapes answered, this one included.',
      samples: [{ labels: [], value: scrapes }],
    },
    {
      type: 'gauge',
      name: 'sim_app_uptime_seconds',
      help: 'Seconds since the container started.',
      samples: [{ labels: [], value: Math.max(0, Math.floor((nowMs - instance.startedMs) / 1000)) }],
    },
    {
      type: 'histogram',
      name: 'sim_app_scrape_size_bytes',
      help: 'Sizes of what was exported.',
      samples: [
        {
          labels: [],
          buckets: [
            [1_000, 0],
            [1_000_000, scrapes],
          ],
          sum: scrapes * behaviour.bodyBytes,
          count: scrapes,
        },
      ],
    },
  ];
  if (behaviour.exportsPromregatorSeries) families.push(...PROMREGATOR_FAMILIES);
  return families;
}

const PROMREGATOR_FAMILIES: readonly Family[] = [
  {
    type: 'gauge',
    name: 'promregator_up',
    help: 'Exported by the application itself.',
    samples: [{ labels: [], value: 1 }],
  },
  {
    type: 'gauge',
    name: 'promregator_scrape_duration_seconds',
    help: 'Exported by the application itself.',
    samples: [{ labels: [], value: 0.25 }],
  },
];
