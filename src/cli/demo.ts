import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSimulatorArguments, type Simulator, startSimulator } from '../../simulator/simulator.js';
import { type App, createApp } from '../app.js';
import { CodedError, describeError, errorCode } from '../base/errors.js';
import { type Command, type CommandContext, EXIT_CONFIG, EXIT_OK } from './command.js';
import { demoPrometheusConfig, promregatorConfigFor } from './demo-files.js';
import { type PrometheusProcess, startPrometheus } from './prometheus-process.js';
import { readConfig } from './read-config.js';
import { stopOnSignal } from './serve.js';
import { exitCodeOf } from './simulator-exit-code.js';

const DEFAULT_PORT = 8080;

export const demo: Command = {
  usage: `promregator demo [--port=8080] [--no-prometheus] [--applications=8 --instances=2 …]

  --port=PORT        where Promregator listens on 127.0.0.1; 0 is any free one
  --no-prometheus    start no Prometheus even where one is installed
  further options size the world, see 'promregator simulate --help'
`,
  async run(context) {
    const folder = await mkdtemp(join(tmpdir(), 'promregator-demo-'));
    const running: { stop(): Promise<void> }[] = [];
    try {
      return await play(context, folder, running);
    } catch (error) {
      const hint = errorCode(error) === 'EADDRINUSE' ? ' (choose another by --port=N)' : '';
      context.stderr.write(`promregator demo: ${describeError(error)}${hint}\n`);
      return exitCodeOf(error);
    } finally {
      for (const part of running.reverse()) await part.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function play(context: CommandContext, folder: string, running: { stop(): Promise<void> }[]): Promise<number> {
  const own = readOwnArguments(context.args);
  const simulator = await startSimulator(parseSimulatorArguments(own.others));
  running.push(simulator);

  const configFile = join(folder, 'promregator.yml');
  await writeFile(configFile, promregatorConfigFor(simulator, { port: own.port, refreshSeconds: 5 }), { mode: 0o600 });
  const read = await readConfig({
    ...context,
    env: withoutOurOptions(context.env),
    args: [`--config.file=${configFile}`, '--logging.level.root=WARN'],
  });
  if (read === undefined) return EXIT_CONFIG;
  const { log, configure: configureLog } = read.log;
  const app = createApp({ ...read, log, configureLog, printPassword: () => undefined });
  await app.start();
  running.push(app);
  await becomeReady(app);

  const prometheusFile = join(folder, 'prometheus.yml');
  await writeFile(prometheusFile, demoPrometheusConfig(app.url));
  const prometheus = own.prometheus
    ? await startPrometheus({ configFile: prometheusFile, dataFolder: join(folder, 'data') })
    : undefined;
  if (prometheus !== undefined) running.push(prometheus);

  context.stdout.write(introduction({ app, simulator, prometheus, configFile, prometheusFile }));
  const report = prometheus === undefined ? undefined : reportTargets(prometheus, context);
  await stopOnSignal({ stop: async () => report?.stop() }, context);
  return EXIT_OK;
}

const READY_WITHIN_MS = 30_000;

/** What is printed shall work when it is read. */
async function becomeReady({ url }: App): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await fetch(`${url}/-/ready`)).ok) {
    if (performance.now() > deadline) throw new Error(await (await fetch(`${url}/discovery`)).text());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface OwnArguments {
  readonly port: number;
  readonly prometheus: boolean;
  readonly others: readonly string[];
}

function readOwnArguments(args: readonly string[]): OwnArguments {
  const port = args.find((argument) => argument.startsWith('--port='))?.slice('--port='.length);
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new CodedError('invalid', `--port takes a number up to 65535, not '${port}'`);
  }
  return {
    port: port === undefined ? DEFAULT_PORT : Number(port),
    prometheus: !args.includes('--no-prometheus'),
    others: args.filter((argument) => !argument.startsWith('--port=') && argument !== '--no-prometheus'),
  };
}

/** The demonstration is the same for everybody, whatever their environment configures for real. */
function withoutOurOptions(env: CommandContext['env']): CommandContext['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name === 'PATH' || name === 'HOME'));
}

interface Players {
  readonly app: App;
  readonly simulator: Simulator;
  readonly prometheus: PrometheusProcess | undefined;
  readonly configFile: string;
  readonly prometheusFile: string;
}

function introduction({ app, simulator, prometheus, configFile, prometheusFile }: Players): string {
  const shown =
    prometheus === undefined
      ? `not started; with one installed: prometheus --config.file=${prometheusFile}`
      : `${prometheus.url}/targets`;
  return `
Simulated Cloud Foundry  ${simulator.apiHost} (for Promregator only: its names are led to loopback)
Promregator              ${app.url}/
  targets                ${app.url}/discovery
  its configuration      ${configFile}
Prometheus               ${shown}
  its configuration      ${prometheusFile}

Change the world while it runs (${simulator.controlUrl} lists what it can), for instance:
  curl -X POST ${simulator.controlUrl}/world/scale -d '{"app":"${firstApplication(simulator)}","instances":4}'
Ctrl-C ends all of it.

`;
}

function firstApplication(simulator: Simulator): string {
  return simulator.world.applications()[0]?.name ?? 'orders';
}

/** One line each time the number of healthy targets changes. */
function reportTargets(prometheus: PrometheusProcess, { stdout }: CommandContext): { stop(): void } {
  let before = '';
  let stopped = false;
  const look = async (): Promise<void> => {
    while (!stopped) {
      const { up, total } = await prometheus.targets();
      const now = `${up} of ${total} targets up`;
      if (now !== before && total > 0) stdout.write(`Prometheus sees ${now}\n`);
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  };
  look().catch((error) => stdout.write(`Prometheus does not answer: ${describeError(error)}\n`));
  return {
    stop() {
      stopped = true;
    },
  };
}
