import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawChart } from './soak/chart.js';
import { chartOf, judge, tellResult } from './soak/report.js';
import { runSoak } from './soak/run.js';
import { describeMachine, watchLoad } from './support/machine.js';
import { onStage } from './support/stage.js';
import { temporaryFolder } from './support/temporary-folder.js';

const USAGE = `npm run soak -- [options]
  --minutes=10         how long
  --instances=3000     in a simulated foundation, ten of each application
  --rate=1000          scrapes a second over all of them
  --kills              SIGKILL at random moments, and a start at once
  --output=FOLDER      for the chart; default: a new one for temporary files
  --seed=1             of what is left to chance
  --env=NAME=VALUE     for the program, such as MALLOC_ARENA_MAX=2; may be given several times
`;

/** Long under load, faults and deployments; ends with 1 when a line is not flat or something happened for no reason. */
async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '10' },
      instances: { type: 'string', default: '3000' },
      rate: { type: 'string', default: '1000' },
      kills: { type: 'boolean', default: false },
      output: { type: 'string' },
      seed: { type: 'string', default: '1' },
      env: { type: 'string', multiple: true, default: [] },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const options = {
    minutes: numberOf('minutes', values.minutes),
    instances: numberOf('instances', values.instances),
    rate: numberOf('rate', values.rate),
    kills: values.kills ? 'random' : 'none',
    seed: numberOf('seed', values.seed),
    env: Object.fromEntries(values.env.map(variableOf)),
  } as const;
  console.log(describeMachine());
  const load = watchLoad();
  const folder = temporaryFolder();
  try {
    const result = await onStage((stage) => runSoak(stage, { ...options, folder: folder.path }));
    const judgement = judge(result, options);
    tellResult(result, options, judgement);
    const output = values.output ?? mkdtempSync(join(tmpdir(), 'promregator-soak-'));
    mkdirSync(output, { recursive: true });
    const file = join(output, 'soak.svg');
    writeFileSync(file, drawChart(chartOf(result, options)));
    console.log(`chart: ${file}`);
    console.log(load.describe());
    if (judgement.misses.length > 0) process.exitCode = 1;
  } finally {
    folder.remove();
  }
}

function variableOf(text: string): [name: string, value: string] {
  const [name = '', ...value] = text.split('=');
  if (name !== '' && value.length > 0) return [name, value.join('=')];
  throw new Error(`--env takes NAME=VALUE, not '${text}'`);
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`--${option} takes a number above 0, not '${text}'`);
}

const [, started] = process.argv;
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) await run(process.argv.slice(2));
