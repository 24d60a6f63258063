import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { configFor, type PromregatorProcess } from './promregator-process.js';
import { startReady } from './ready-program.js';
import { type AnswerInstance, type RecordingApplication, startRecordingApplication } from './recording-application.js';

/** The program, with applications behind it that write down what they are asked. */
export interface AttackedProgram {
  readonly program: PromregatorProcess;
  readonly port: number;
  readonly application: RecordingApplication;
  /** Of the applications, in one order; each has two instances. */
  readonly guids: readonly string[];
  /** Host of the first application's route. */
  readonly host: string;
  stop(): Promise<void>;
}

export interface AttackedOptions {
  readonly applications: number;
  readonly answer: AnswerInstance;
  /** Below `promregator`. */
  readonly options?: object;
  readonly args?: readonly string[];
}

export async function startAttacked({ answer, options, args, ...world }: AttackedOptions): Promise<AttackedProgram> {
  const application = await startRecordingApplication(answer);
  const simulator = await startSimulator({ organizations: 1, spaces: 1, instances: 2, ...world });
  const { cf, promregator } = configFor(simulator, {
    targets: [{ orgRegex: '.*', protocol: 'http' }],
    ...options,
    connectTo: [`*:80 -> 127.0.0.1:${application.port}`, ...simulator.connectTo],
  });
  const program = await startReady({ config: { cf, promregator }, ...(args === undefined ? {} : { args }) });
  return {
    program,
    port: Number(new URL(program.url).port),
    application,
    guids: simulator.world.applications().map(({ guid }) => guid),
    host: hostOf(simulator),
    async stop() {
      await program.stop();
      await application.stop();
      await simulator.stop();
    },
  };
}

function hostOf({ world }: Simulator): string {
  const [route] = world.applications()[0]?.routes ?? [];
  return `${route?.host}.${route?.domain.name}`;
}
