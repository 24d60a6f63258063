import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { applicationRows } from './faults/application-row.js';
import { createGate } from './faults/gate.js';
import { loadRows } from './faults/load-rows.js';
import { platformRows } from './faults/platform-rows.js';
import { isGrave, type Pace, type Row, USUAL_PACE } from './faults/row.js';
import { type RowOutcome, runRows } from './faults/run-rows.js';
import { describeMachine, watchLoad } from './support/machine.js';

const USAGE = `npm run faults -- [options]
  --list               names of all rows, and why some have nothing to run
  --only=TEXT          rows whose name holds TEXT
  --workers=6          rows side by side
  --hold=5             seconds that a fault of Cloud Foundry lasts
  --refresh=2          seconds between two readings of a list
  --backoff=0.5        seconds before a failed list is asked for again
  --repetitions=1000   of each fault of an application
  --scrapes=20000      that tell instances apart
`;

/** As many as there are cores on a small machine. */
const STARTS_AT_A_TIME = 2;

const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));

/** What each fault of Cloud Foundry and of applications costs; ends with 1 when a row lost a target or told something false. */
async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      workers: { type: 'string', default: '6' },
      hold: { type: 'string', default: String(USUAL_PACE.holdMs / 1000) },
      refresh: { type: 'string', default: String(USUAL_PACE.refreshMs / 1000) },
      backoff: { type: 'string', default: String(USUAL_PACE.backoffMs / 1000) },
      repetitions: { type: 'string', default: String(USUAL_PACE.repetitions) },
      scrapes: { type: 'string', default: String(USUAL_PACE.scrapes) },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const rows = allRows().filter(({ name }) => name.includes(values.only));
  if (values.list) {
    for (const { name, senseless } of rows) console.log(senseless === undefined ? name : `${name} — ${senseless}`);
    return;
  }
  const pace: Pace = {
    ...USUAL_PACE,
    holdMs: numberOf('hold', values.hold) * 1000,
    refreshMs: numberOf('refresh', values.refresh) * 1000,
    backoffMs: numberOf('backoff', values.backoff) * 1000,
    repetitions: numberOf('repetitions', values.repetitions),
    scrapes: numberOf('scrapes', values.scrapes),
  };
  console.log(describeMachine());
  const load = watchLoad();
  for (const { name, senseless } of rows) if (senseless !== undefined) console.log(`—    ${name}: ${senseless}`);
  const outcomes = await runRows(rows, {
    surrounding: { pace, main: MAIN, starting: createGate(STARTS_AT_A_TIME), witness: 'prometheus' },
    workers: numberOf('workers', values.workers),
    tell,
  });
  summarize(outcomes);
  console.log(load.describe());
  if (outcomes.some(({ result }) => result.misses.some(isGrave))) process.exitCode = 1;
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`--${option} takes a number above 0, not '${text}'`);
}

function allRows(): readonly Row[] {
  return [...platformRows(), ...applicationRows(), ...loadRows()];
}

function tell({ row, result, tookMs }: RowOutcome): void {
  const mark = result.misses.length === 0 ? 'ok  ' : result.misses.some(isGrave) ? 'LOST' : 'miss';
  console.log(`${mark} ${row.name} (${(tookMs / 1000).toFixed(0)} s)`);
  for (const { sentence } of result.misses) console.log(`     ! ${sentence}`);
  if (result.figures.length > 0) console.log(`     ${result.figures.join(' · ')}`);
  for (const line of result.said) console.log(`     ${line}`);
}

function summarize(outcomes: readonly RowOutcome[]): void {
  const missed = outcomes.filter(({ result }) => result.misses.length > 0);
  console.log(
    `\n${outcomes.length} rows, ${outcomes.length - missed.length} met their aim, ${missed.length} missed it:`,
  );
  for (const { row, result } of missed) {
    for (const { kind, sentence } of result.misses)
      console.log(`- ${kind === 'aim' || kind === 'stale' ? '' : `${kind.toUpperCase()} `}${row.name}: ${sentence}`);
  }
}

const [, started] = process.argv;
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) await run(process.argv.slice(2));
