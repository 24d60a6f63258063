import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/simulator.js';
import { configFor } from '../support/config.js';
import { type Program, startProgram } from '../support/program.js';
import type { Stage } from '../support/stage.js';
import { type Door, openDoor } from './door.js';
import type { Pace, Surrounding } from './row.js';
import { API_NAME, type SurroundingsFile, UAA_NAME, writeSurroundings } from './surroundings.js';

/** Lists of applications, processes and routes have four pages each, the others one. */
const WORLD: SimulatorOptions = { organizations: 3, spaces: 5, applications: 40, instances: 1 };
const PAGE_SIZE = 10;
/** Three lists of four pages, three of one. */
export const REQUESTS_PER_ROUND = 15;
/** The least that the configuration takes. */
const HEAD_MS = 10_000;

export type Scheme = 'https' | 'http';

/** A foundation, the ways to its API and its UAA, and a program that knows them. */
export interface Lab {
  readonly scheme: Scheme;
  /** The foundation that the doors lead to by now. */
  simulator: Simulator;
  readonly api: Door;
  readonly uaa: Door;
  readonly surroundings: SurroundingsFile;
  /** Added to the clock of the foundation. */
  foundationShiftMs: number;
  /** Undefined until it is started. */
  program: Program | undefined;
  readonly config: object;
  /** A further foundation, by the same numbers: the same organizations, spaces and applications. */
  another(options: SimulatorOptions): Promise<Simulator>;
  start(): Promise<Program>;
  /** Hands the program another password and tells it to read its configuration again. */
  reconfigure(password: string): Promise<void>;
  readonly stage: Stage;
}

export interface LabOptions {
  readonly scheme: Scheme;
  /** Of the foundation, beside its size. */
  readonly simulator?: SimulatorOptions;
}

export async function openLab(
  stage: Stage,
  { pace, main, starting }: Surrounding,
  { scheme, simulator: options = {} }: LabOptions,
): Promise<Lab> {
  const shift = { ms: 0 };
  const another = async (further: SimulatorOptions): Promise<Simulator> => {
    const clock = {
      now: () => Date.now() + shift.ms,
      monotonic: () => performance.now(),
      after: (delayMs: number, task: () => void) => {
        const timer = setTimeout(task, delayMs);
        return { cancel: () => clearTimeout(timer) };
      },
    };
    const simulator = await starting(() => startSimulator({ ...WORLD, scheme, clock, ...further }));
    stage.add({ stop: simulator.stop, kill: () => void simulator.stop() });
    return simulator;
  };
  const simulator = await another(options);
  const toPort = routerPort(simulator, scheme);
  const api = stage.add(await openDoor({ toPort }));
  const uaa = stage.add(await openDoor({ toPort }));
  const surroundings = stage.add(writeSurroundings(main));
  const config = configOf({ simulator, api, uaa, scheme, pace });
  const lab: Lab = {
    scheme,
    simulator,
    api,
    uaa,
    surroundings,
    get foundationShiftMs() {
      return shift.ms;
    },
    set foundationShiftMs(ms) {
      shift.ms = ms;
    },
    program: undefined,
    config,
    another,
    async start() {
      const args = ['--web.enable-lifecycle'];
      const program = { config, main, env: surroundings.env, args };
      lab.program = stage.add(await starting(() => startProgram(program)));
      return lab.program;
    },
    async reconfigure(password) {
      lab.program?.rewrite({ ...config, cf: { ...config.cf, password } });
      const answer = await fetch(`${lab.program?.url}/-/reload`, { method: 'POST' });
      if (!answer.ok) throw new Error(`the reload was answered by ${answer.status}: ${await answer.text()}`);
    },
    stage,
  };
  return lab;
}

/** Port of the router's listener for a scheme, which API, UAA and applications share. */
export function routerPort(simulator: Simulator, scheme: Scheme): number {
  const asked = scheme === 'https' ? ':443 ->' : ':80 ->';
  const entry = simulator.connectTo.find((each) => each.includes(asked)) ?? '';
  return Number(entry.split(':').at(-1));
}

interface ConfigParts {
  readonly simulator: Simulator;
  readonly api: Door;
  readonly uaa: Door;
  readonly scheme: Scheme;
  readonly pace: Pace;
}

function configOf({ simulator, api, uaa, scheme, pace }: ConfigParts): { cf: object; promregator: object } {
  const seconds = pace.refreshMs / 1000;
  const kinds = ['org', 'space', 'domain', 'application', 'route', 'process'];
  const timeouts = ['org', 'space', 'domain', 'route', 'process', 'appInSpace'];
  const port = scheme === 'https' ? 443 : 80;
  const { cf, promregator } = configFor(simulator, {
    targets: [{}],
    cf: {
      cache: { timeout: Object.fromEntries(kinds.map((kind) => [kind, seconds])) },
      request: {
        backoff: pace.backoffMs,
        pageSize: PAGE_SIZE,
        timeout: Object.fromEntries(timeouts.map((kind) => [kind, HEAD_MS])),
      },
    },
  });
  const doors = [
    `api.sys.sim.example:${port} -> ${API_NAME}:${api.port}`,
    `*.sys.sim.example:${port} -> ${UAA_NAME}:${uaa.port}`,
  ];
  return { cf, promregator: { ...promregator, connectTo: [...doors, ...simulator.connectTo] } };
}

/** A token is renewed at UAA, everything else is asked of the API. */
export function doorOf(lab: Lab, phase: string): Door {
  return phase === 'token renewal' ? lab.uaa : lab.api;
}
