// Runs the property tests with many more runs, round by round, each from a seed of its own, until the time is up or one
// fails. What fails is printed whole: the property, its seed and the smallest counterexample.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const USAGE = `npm run fuzz -- [--minutes=5] [--factor=10] [--only=PART] [--seed=N]

  --minutes=N   begins no new round after so long (5); a round under way is ended
  --factor=N    runs of each property in a round, as a multiple of those in the usual tests (10)
  --only=PART   only test files whose path holds this text
  --seed=N      one round from this seed, to see a failure again; with the factor that the failure was told with
`;

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Beyond this a property would be wanting, not the machine. */
const TEST_TIMEOUT_MS = 10 * 60_000;
const LARGEST_SEED = 2 ** 31;

const options = readOptions();
const files = propertyTests(options.only);
if (files.length === 0) fail(`No property test has ${JSON.stringify(options.only)} in its path.`);

const endsAt = Date.now() + options.minutes * 60_000;
let rounds = 0;
do {
  const seed = options.seed ?? randomInt(LARGEST_SEED);
  const outcome = await runRound(seed);
  if (outcome.kind === 'failed') {
    process.stdout.write(outcome.output);
    const only = options.only === '' ? '' : ` --only=${options.only}`;
    fail(`Failed from seed ${seed}. Again: npm run fuzz -- --seed=${seed} --factor=${options.factor}${only}`);
  }
  if (outcome.kind === 'passed') {
    rounds += 1;
    process.stdout.write(`round ${rounds}, seed ${seed}: ${outcome.summary}\n`);
  }
} while (options.seed === undefined && Date.now() < endsAt);
process.stdout.write(
  `${files.length} files, ${rounds} whole rounds of ${options.factor} times the usual runs: nothing found\n`,
);

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '5' },
        factor: { type: 'string', default: '10' },
        only: { type: 'string', default: '' },
        seed: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    return {
      minutes: numberOf('minutes', values.minutes, /^\d{1,4}(?:\.\d+)?$/),
      factor: numberOf('factor', values.factor, /^[1-9]\d{0,5}$/),
      seed: values.seed === undefined ? undefined : numberOf('seed', values.seed, /^-?\d{1,10}$/),
      only: values.only,
    };
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`);
  }
}

function numberOf(name, text, form) {
  if (!form.test(text)) throw new TypeError(`--${name} is no number that fits: ${JSON.stringify(text)}`);
  return Number(text);
}

/** Every test that asks property-runs.ts. */
function propertyTests(only) {
  return ['src', 'simulator', 'test']
    .flatMap((room) => readdirSync(join(ROOT, room), { recursive: true }).map((name) => join(room, name)))
    .filter((path) => path.endsWith('.test.ts') && path.includes(only))
    .filter((path) => readFileSync(join(ROOT, path), 'utf8').includes('propertyRuns('))
    .sort();
}

/** One round of all of them. A replay is not cut off by the time. */
function runRound(seed) {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const words = [vitest, 'run', `--testTimeout=${TEST_TIMEOUT_MS}`, '--bail=1', ...files];
  const env = { ...process.env, PROPERTY_SEED: String(seed), PROPERTY_FACTOR: String(options.factor), NO_COLOR: '1' };
  const child = spawn(process.execPath, words, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output += text;
    });
  }
  let isOver = false;
  const timer = setTimeout(
    () => {
      isOver = options.seed === undefined;
      if (isOver) child.kill();
    },
    Math.max(0, endsAt - Date.now()),
  );
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      // What had failed before the end of the time counts.
      if (isOver && !output.includes('Counterexample')) resolve({ kind: 'cut' });
      else if (code !== 0) resolve({ kind: 'failed', output });
      else resolve({ kind: 'passed', summary: /Tests\s+(.*)/.exec(output)?.[1] ?? 'passed' });
    });
  });
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
