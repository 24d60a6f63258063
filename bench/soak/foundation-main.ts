// A simulated foundation that is never at rest, as a process of its own: applications fail, deployments go on, tokens
// expire. Started by foundation.ts, to which it tells its facts; any message but `begin` asks for its report; ends with its parent, however that ends.
import { seededRandom } from '../../simulator/random.js';
import { type Behaviour, startSimulator } from '../../simulator/simulator.js';
import type { Milliseconds } from '../../src/base/duration.js';
import { applicationFaults } from '../faults/application-faults.js';
import { startDeployments } from './deployments.js';
import type { FoundationReport, Strike } from './events.js';
import type { FoundationFacts, UnrestOptions } from './foundation.js';
import { openStrikingDoor } from './striking-door.js';

const CHANGE_EVERY_MS: Milliseconds = 3_000;
const ACCESS_SECONDS = 60;
/** Less than the interval of the scrapes. */
const AT_ONCE_MS: Milliseconds = 1_000;

const options: UnrestOptions = JSON.parse(process.argv[2] ?? '{}');
const random = seededRandom(options.seed);
const client = { id: 'soak', secret: 'soak-secret', grants: ['client_credentials'], accessSeconds: ACCESS_SECONDS };
const simulator = await startSimulator({
  organizations: 10,
  spaces: 30,
  applications: options.applications,
  instances: options.instances,
  token: { accessSeconds: ACCESS_SECONDS },
  clients: [client],
});
const { world } = simulator;

// One organization lets nobody in without a token, so that these expire too.
const guarded = world.organizations()[0]?.name ?? '';
const behaviourIn = (organization: string): Partial<Behaviour> =>
  organization === guarded ? { credentials: { scheme: 'uaa-token' } } : {};
for (const { guid, space } of world.applications())
  world.setBehaviour({ app: guid, behaviour: behaviourIn(space.organization.name) });

/** Nobody listens: that cannot be said of one request. Instances that crash stand for it. */
const faults = applicationFaults().filter(({ listens }) => listens !== 'no');
let strikes: Strike[] = [];
/** By instance, those that a repetition may still follow. */
const recent = new Map<string, Strike>();
let isStriking = false;
const door = await openStrikingDoor({
  routerPort: Number(
    simulator.connectTo
      .find((entry) => entry.includes(':80 ->'))
      ?.split(':')
      .at(-1),
  ),
  secureContext: await simulator.certificates.secureContext(['*.apps.sim.example']),
  strike(instance) {
    noteRepetition(instance);
    if (!isStriking || random.next() >= options.faultShare) return undefined;
    const fault = faults[random.below(faults.length)];
    if (fault === undefined) return undefined;
    recent.set(instance, { instance, atMs: Date.now(), fault: fault.name, askedAgain: false });
    return fault.answer;
  },
});

const { instances, graceMs } = options;
const deployments = startDeployments({ world, random, instances, graceMs, behaviourIn });
let changing: NodeJS.Timeout | undefined;

function noteRepetition(instance: string): void {
  const strike = recent.get(instance);
  if (strike === undefined) return;
  recent.delete(instance);
  strikes.push({ ...strike, askedAgain: Date.now() - strike.atMs < AT_ONCE_MS });
}

function report(): FoundationReport {
  for (const [instance, { atMs }] of recent) if (Date.now() - atMs >= AT_ONCE_MS) noteRepetition(instance);
  const struck = strikes;
  strikes = [];
  return {
    strikes: struck,
    changes: deployments.takeChanges(),
    standing: deployments.standing(),
  };
}

process.on('message', (message) => {
  if (message === 'begin') {
    isStriking = true;
    changing = setInterval(deployments.step, CHANGE_EVERY_MS);
  } else process.send?.(report());
});

let isEnding = false;
const end = (): void => {
  if (isEnding) return;
  isEnding = true;
  clearInterval(changing);
  deployments.stop();
  door.kill();
  void simulator.stop().finally(() => process.exit(0));
};
process.once('SIGTERM', end);
process.once('disconnect', end);
process.on('SIGINT', () => undefined);

const facts: FoundationFacts = {
  apiHost: simulator.apiHost,
  username: simulator.username,
  password: simulator.password,
  caFile: simulator.caFile,
  connectTo: [`*.apps.sim.example:443 -> 127.0.0.1:${door.port}`, ...simulator.connectTo],
  controlUrl: simulator.controlUrl,
  guarded,
  client,
};
process.send?.(facts);
