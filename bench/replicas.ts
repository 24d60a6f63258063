import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { showLoad } from './replicas/load.js';
import { showOutages } from './replicas/outage.js';
import { showRequests } from './replicas/requests.js';
import { showSettings } from './replicas/settings.js';
import { showStarts } from './replicas/start.js';
import { showTakeovers } from './replicas/takeover.js';
import { describeMachine, watchLoad } from './support/machine.js';
import { nodeRuntime } from './support/node-runtime.js';

const USAGE = `npm run replicas -- [options]
  --only=PART          requests, load, start, takeover, outage, or settings, which does not run unless it is named
  --faster=12          of requests: intervals are divided by it, and an hour is 3,600 / it seconds; a divisor of 60
  --seconds=60         of load and settings: measured time
  --minutes=3          of outage: how long Cloud Foundry is away
  --node=24            Node of that major version, fetched through npm; absent: the one that runs this
`;

/** What several replicas cost and how soon they stand in for each other: the tables of docs/high-availability.md. */
async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      only: { type: 'string' },
      faster: { type: 'string', default: '12' },
      seconds: { type: 'string', default: '60' },
      minutes: { type: 'string', default: '3' },
      node: { type: 'string' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const faster = Number(values.faster);
  if (!(faster >= 1) || 60 % faster !== 0) throw new Error(`--faster takes a divisor of 60, not '${values.faster}'`);
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error(`--seconds takes a number above 0, not '${values.seconds}'`);
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, not '${values.minutes}'`);
  const runtime = nodeRuntime(values.node);
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    requests: () => showRequests(runtime, faster),
    load: () => showLoad({ runtime, seconds }),
    start: () => showStarts(runtime),
    takeover: () => showTakeovers(runtime),
    outage: () => showOutages({ runtime, minutes }),
    settings: () => showSettings({ runtime, seconds }),
  };
  const { only } = values;
  const chosen = Object.entries(parts).filter(([name]) => (only === undefined ? name !== 'settings' : name === only));
  if (chosen.length === 0) throw new Error(`--only is one of ${Object.keys(parts).join(', ')}, not '${only}'`);
  console.log(`${describeMachine()}; replicas run on Node ${runtime.version}`);
  const load = watchLoad();
  for (const [name, show] of chosen) {
    console.log(`\n## ${name}`);
    await show();
  }
  console.log(`\n${load.describe()}`);
}

const [, started] = process.argv;
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) await run(process.argv.slice(2));
