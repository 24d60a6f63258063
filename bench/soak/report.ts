import { count, megabytes, milliseconds } from '../support/format.js';
import { quantile } from '../support/statistics.js';
import { printTable } from '../support/table.js';
import type { Chart } from './chart.js';
import { type Bound, type Flatness, judgeFlatness, type Point } from './flatness.js';
import type { KillReport } from './killer.js';
import type { SoakOptions, SoakResult } from './run.js';
import type { Sample } from './samples.js';

type Told = Omit<SoakOptions, 'folder'>;

export interface Judgement {
  readonly lines: readonly JudgedLine[];
  /** All that speaks against the program, in words; an empty list is the aim. */
  readonly misses: readonly string[];
}

interface JudgedLine {
  readonly name: string;
  readonly unit: string;
  readonly flatness: Flatness;
}

interface Line {
  readonly name: string;
  readonly unit: string;
  readonly bound: Bound;
  read(sample: Sample): number | undefined;
}

type Memory = NonNullable<Sample['memory']>;

interface Part {
  readonly name: string;
  readonly read: Line['read'];
}

const MEGABYTE = 1_000_000;
const SHARE = 0.05;
/** Timings of a machine that others use too. */
const NOISY_SHARE = 0.25;

const LINES: readonly Line[] = [
  { name: 'file descriptors', unit: '', bound: { share: SHARE, amount: 20 }, read: (s) => s.descriptors },
  {
    name: 'resident memory',
    unit: 'MB',
    bound: { share: SHARE, amount: 10 },
    read: (s) => s.residentBytes / MEGABYTE,
  },
  {
    name: 'heap after collection',
    unit: 'MB',
    bound: { share: SHARE, amount: 3 },
    read: inMegabytes(({ heapBytes }) => heapBytes),
  },
  { name: 'event-loop delay p99', unit: 'ms', bound: { share: NOISY_SHARE, amount: 5 }, read: (s) => s.lagP99Ms },
  { name: 'scrape p99', unit: 'ms', bound: { share: NOISY_SHARE, amount: 25 }, read: (s) => s.scrapeP99Ms },
  { name: 'odd scrapes', unit: '1/s', bound: { share: NOISY_SHARE, amount: 2 }, read: (s) => s.oddPerSecond },
  { name: 'CPU', unit: 'cores', bound: { share: NOISY_SHARE, amount: 0.05 }, read: (s) => s.coresUsed },
];

/** Of resident memory, which they make up together. Not judged: what one part gives another may take. */
const RESIDENT_PARTS: readonly Part[] = [
  { name: 'files', read: inMegabytes(({ fileBytes }) => fileBytes) },
  { name: 'malloc', read: inMegabytes(({ mallocBytes }) => mallocBytes) },
  { name: 'heap of V8', read: inMegabytes(({ heapResidentBytes }) => heapResidentBytes) },
  { name: 'other', read: inMegabytes(({ otherBytes, heapResidentBytes }) => otherBytes - heapResidentBytes) },
];

/** What of it is in use. */
const HELD_PARTS: readonly Part[] = [
  { name: 'heap', read: inMegabytes(({ heapBytes }) => heapBytes) },
  { name: 'heap, taken', read: inMegabytes(({ heapTotalBytes }) => heapTotalBytes) },
  { name: 'external', read: inMegabytes(({ externalBytes }) => externalBytes) },
  { name: 'buffers', read: inMegabytes(({ arrayBufferBytes }) => arrayBufferBytes) },
];

function inMegabytes(bytesOf: (memory: Memory) => number): Line['read'] {
  return ({ memory }) => (memory === undefined ? undefined : bytesOf(memory) / MEGABYTE);
}

/** The longest from the start of a killed process to its first list, on a machine that has a processor for it. */
const DISCOVERED_WITHIN_MS = 2_000;
/** A process that is killed before its first write leaves what it found, and its own. */
const MOST_LEFTOVERS = 2;

/** With kills there are many short lives, which have no lines to judge. */
export function judge(result: SoakResult, { kills }: Told): Judgement {
  const lines =
    kills === 'random'
      ? []
      : LINES.map(({ name, unit, bound, read }) => ({
          name,
          unit,
          flatness: judgeFlatness(pointsOf(result.samples, read), bound),
        }));
  const uneven = lines.filter(({ flatness }) => !flatness.isFlat);
  return {
    lines,
    misses: [
      ...result.misses,
      ...uneven.map(({ name, unit, flatness }) => `${name} grew by ${flatness.growth.toFixed(2)} ${unit}`),
      ...result.kills.flatMap(judgeKill),
    ],
  };
}

function judgeKill({ atMs, damage, discoveredMs, waitedMs, leftovers }: KillReport): string[] {
  const when = new Date(atMs).toISOString().slice(11, 23);
  return [
    ...(damage === undefined ? [] : [`${when} killed: the inventory was damaged: ${damage}`]),
    ...(discoveredMs - waitedMs > DISCOVERED_WITHIN_MS
      ? [`${when} killed: the first list took ${discoveredMs.toFixed(0)} ms`]
      : []),
    ...(leftovers > MOST_LEFTOVERS ? [`${when} killed: ${leftovers} files lay beside the inventory`] : []),
  ];
}

function pointsOf(samples: readonly Sample[], read: Line['read']): Point[] {
  return samples.flatMap((sample) => {
    const value = read(sample);
    return value === undefined ? [] : [{ minute: sample.minute, value }];
  });
}

export function tellResult(result: SoakResult, options: Told, { lines, misses }: Judgement): void {
  const { reconciled } = result;
  console.log(`\n${describe(options)}`);
  printTable(
    ['what happened', ''],
    [
      ['scrapes', count(result.scrapes)],
      ['targets at the end', count(result.targets)],
      ['lists of targets taken', count(result.lists)],
      ['faults of applications', count(result.strikes)],
      ['of which healed by asking once more', count(reconciled.healed)],
      ...[...tally(result.changes.map(({ what }) => what))].map(([what, times]) => [
        `deployments: ${what}`,
        count(times),
      ]),
      ...[...reconciled.causes].map(([cause, times]) => [`odd scrapes: ${cause}`, count(times)]),
      ['odd scrapes, lost targets and the like that nothing explains', count(result.misses.length)],
      [
        's in which a process of the soak waited for a processor, 250 ms a second and more',
        count(starvedSeconds(result)),
      ],
      ['comparisons of all targets with what is there', count(result.censuses)],
    ],
  );
  printTable(
    [options.kills === 'random' ? 'scrapes by result, last life' : 'scrapes by result', ''],
    [...result.results].map(([name, value]) => [name, count(value)]),
  );
  if (lines.length > 0) tellLines(result.samples, lines);
  if (result.kills.length > 0) tellKills(result.kills);
  console.log(misses.length === 0 ? '\nNothing is unexplained, nothing grows.' : `\n${misses.length} misses:`);
  for (const miss of misses) console.log(`- ${miss}`);
}

/** Half seconds of several processes at the same time count once. */
function starvedSeconds({ starvations }: SoakResult): number {
  const windows = new Map(starvations.map(({ fromMs, untilMs }) => [fromMs, untilMs - fromMs]));
  return [...windows.values()].reduce((sum, each) => sum + each, 0) / 1000;
}

function tellLines(samples: readonly Sample[], lines: readonly JudgedLine[]): void {
  printTable(
    ['line, last two thirds', 'median', 'growth', 'certain growth', 'allowed', 'flat'],
    lines.map(({ name, unit, flatness }) => [
      unit === '' ? name : `${name}, ${unit}`,
      flatness.median.toFixed(2),
      flatness.growth.toFixed(2),
      flatness.certainGrowth.toFixed(2),
      flatness.allowed.toFixed(2),
      flatness.isFlat ? 'yes' : 'NO',
    ]),
  );
  tellParts(samples, 'resident memory after collection, MB', RESIDENT_PARTS);
  tellParts(samples, 'of which is held, MB', HELD_PARTS);
  const longest = Math.max(...samples.map(({ lagMaxMs }) => lagMaxMs));
  const most = Math.max(...samples.map(({ residentBytes }) => residentBytes));
  console.log(`\nlongest event-loop delay ${milliseconds(longest)} ms; most resident memory ${megabytes(most)} MB`);
}

function tellParts(samples: readonly Sample[], title: string, parts: readonly Part[]): void {
  printTable(
    [title, 'first', 'median', 'growth', 'last'],
    parts.map(({ name, read }) => {
      const points = pointsOf(samples, read);
      const { median, growth } = judgeFlatness(points, { share: 0, amount: 0 });
      const ends = [points[0], points.at(-1)].map((point) => (point?.value ?? 0).toFixed(1));
      return [name, ends[0] ?? '', median.toFixed(1), growth.toFixed(1), ends[1] ?? ''];
    }),
  );
}

function tellKills(kills: readonly KillReport[]): void {
  const times = kills.map(({ discoveredMs }) => discoveredMs);
  const unhindered = kills.map(({ discoveredMs, waitedMs }) => discoveredMs - waitedMs);
  const writing = kills.filter(({ moment }) => moment === 'while the file was written');
  printTable(
    ['kills', ''],
    [
      ['all', count(kills.length)],
      ['while the inventory was being written', count(writing.length)],
      ['of which left the file beside it', count(writing.filter(({ leftovers }) => leftovers > 0).length)],
      ['inventories damaged', count(kills.filter(({ damage }) => damage !== undefined).length)],
      ['most files left beside the inventory', count(Math.max(...kills.map(({ leftovers }) => leftovers)))],
      ...[0, 0.5, 0.9, 1].flatMap((share) => {
        const name = share === 0 ? 'least' : share === 1 ? 'most' : `p${share * 100}`;
        return [
          [`ms from start to first /discovery, ${name}`, count(quantile(times, share))],
          [`the same without waiting for a processor, ${name}`, count(quantile(unhindered, share))],
        ];
      }),
      ['fewest targets in a first list', count(Math.min(...kills.map(({ targets }) => targets)))],
    ],
  );
}

function describe({ instances, rate, minutes, kills }: Told): string {
  const killing = kills === 'random' ? ', killed at random moments' : '';
  return `${count(instances)} instances, ${count(rate)} scrapes a second for ${minutes} minutes, 1 % faults, a deployment every 3 s, tokens of 60 s${killing}`;
}

function tally(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

export function chartOf({ samples, marks }: SoakResult, options: Told): Chart {
  const line = (name: string, read: Line['read']): Chart['panels'][number]['lines'][number] => ({
    name,
    points: pointsOf(samples, read),
  });
  return {
    title: 'Promregator under load, faults and deployments',
    subtitle: describe(options),
    marks,
    panels: [
      {
        title: 'File descriptors',
        lines: [line('all', (s) => s.descriptors), line('to applications', (s) => s.connections)],
      },
      {
        title: 'Memory, MB',
        lines: [
          line('resident', (s) => s.residentBytes / MEGABYTE),
          line(
            'heap after collection',
            inMegabytes(({ heapBytes }) => heapBytes),
          ),
        ],
      },
      { title: 'Resident memory, MB', lines: RESIDENT_PARTS.map(({ name, read }) => line(name, read)) },
      { title: 'Held after collection, MB', lines: HELD_PARTS.map(({ name, read }) => line(name, read)) },
      { title: 'Event-loop delay, ms', lines: [line('p99', (s) => s.lagP99Ms), line('longest', (s) => s.lagMaxMs)] },
      { title: 'Time of a scrape, ms', lines: [line('p50', (s) => s.scrapeP50Ms), line('p99', (s) => s.scrapeP99Ms)] },
      {
        title: 'Scrapes a second',
        lines: [line('all', (s) => s.scrapesPerSecond), line('odd', (s) => s.oddPerSecond)],
      },
      {
        title: 'CPU, cores',
        lines: [line('used', (s) => s.coresUsed), line('waited for, worst half second', (s) => s.starvedShare)],
      },
    ],
  };
}
