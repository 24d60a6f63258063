import { createFillers } from './applications/filler.js';
import { type CertificateFlaw, type Certificates, createCertificates } from './certificates.js';
import { createCloudController } from './cloud-controller/cloud-controller.js';
import { startControl } from './control/control.js';
import { createDiego, type Diego, type RunningDiego } from './diego/diego.js';
import { createFaults, type Faults } from './faults.js';
import { connectEntries, type Front, serverNames, startFront } from './front.js';
import type { GatewayParts } from './gateway.js';
import { type Settings, type SimulatorOptions, settingsOf } from './options.js';
import { healthyPlatform, type Platform } from './platform.js';
import { seededRandom } from './random.js';
import { createRequestRecorder, type RequestCounts } from './request-counts.js';
import { createProcessConnections, type ProcessConnections } from './router/process-exchange.js';
import { createRoutedRequests, type RoutedRequests } from './router/routed-requests.js';
import { createRouter } from './router/router.js';
import { createSigningKey, type SigningKey } from './uaa/jwt.js';
import { createUaa, type Uaa } from './uaa/uaa.js';
import { generateWorld } from './world/generate.js';
import { emptyState, type WorldState } from './world/state.js';
import { type World, worldOf } from './world/world.js';

export { parseSimulatorArguments, SIMULATOR_USAGE } from './arguments.js';
export type { CertificateFlaw, Certificates } from './certificates.js';
export type { LogLine } from './diego/application-log.js';
export type { Diego, RunningInstance } from './diego/diego.js';
export type { RunOptions } from './diego/long-running-options.js';
export type { FaultAction, FaultHandle, FaultRule, Faults } from './faults.js';
export type { Role, ScopedRoles, SimulatorOptions } from './options.js';
export type { Platform } from './platform.js';
export type { LoggedRequest, RequestCounts } from './request-counts.js';
export type { RequestKind } from './request-kind.js';
export type { RoutedRequest } from './router/routed-requests.js';
export type { Uaa } from './uaa/uaa.js';
export type { Behaviour, CannedAnswer } from './world/behaviour.js';
export type { World } from './world/world.js';

/** A Cloud Foundry on loopback. */
export interface Simulator {
  /** With scheme, without port, as route URLs have none: `connectTo` leads there. */
  readonly apiHost: string;
  /** Entries `host-pattern:port -> address:port`; `*` stands for any number of labels, and the first that fits counts. */
  readonly connectTo: readonly string[];
  /** PEM of the authority that signed all certificates, in a folder that `stop` deletes. */
  readonly caFile: string;
  readonly username: string;
  readonly password: string;
  readonly world: World;
  /** Applications whose instances are real processes. */
  readonly diego: Diego;
  readonly faults: Faults;
  readonly requests: RequestCounts;
  /** What the router has brought to one instance that is a real process, by its guid: those under way, and all from now on. */
  watchInstance(guid: string): ReturnType<RoutedRequests['watch']>;
  /** Parts of the foundation that can be away; assign to its fields. For the network policy see `setNetworkPolicy`. */
  readonly platform: Platform;
  readonly uaa: Uaa;
  readonly certificates: Certificates;
  /** Connections that the router has open now. */
  connections(): number;
  /** From now on the router shows a certificate for `names` to clients that ask for `serverName`. */
  presentCertificate(serverName: string, names: readonly string[], flaw?: CertificateFlaw): Promise<void>;
  /** Without a network policy connections to internal routes are refused. */
  setNetworkPolicy(policy: Platform['networkPolicy']): Promise<void>;
  readonly controlUrl: string;
  /** Ends all processes, listeners and connections, and deletes the certificates. */
  stop(): Promise<void>;
}

/**
 * Starts a foundation with a generated world. Fails with a `SimulatorError` of code `certificates` without openssl, and as
 * `listen` does when a port that was asked for is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = settingsOf(options);
  const [certificates, key] = await Promise.all([createCertificates(serverNames(settings)), createSigningKey()]);
  const stops: (() => Promise<void>)[] = [certificates.remove];
  try {
    const state = generatedState(settings);
    const diego = createDiego(state, settings);
    const connections = createProcessConnections();
    stops.push(async () => connections.stop());
    const parts = gatewayParts({ settings, state, key, diego, connections });
    const front = await startFront(parts, certificates);
    stops.push(() => stopFront(front), diego.stop);
    const simulator = simulatorOf({ settings, parts, front, certificates, diego, world: worldOf(parts.state) });
    const control = await startControl(simulator, { address: settings.address, port: settings.ports.control ?? 0 });
    stops.push(control.stop);
    return Object.assign(simulator, { controlUrl: control.url, stop: () => runAll(stops) });
  } catch (error) {
    await runAll(stops);
    throw error;
  }
}

type StartedSimulator = Omit<Simulator, 'controlUrl' | 'stop'>;

interface SimulatorParts {
  readonly settings: Settings;
  readonly parts: GatewayParts;
  readonly front: Front;
  readonly certificates: Certificates;
  readonly diego: Diego;
  readonly world: World;
}

function simulatorOf({ settings, parts, front, certificates, diego, world }: SimulatorParts): StartedSimulator {
  const [main] = settings.users;
  return {
    apiHost: `${settings.scheme}://api.${settings.systemDomain}`,
    get connectTo() {
      return connectEntries(front, settings, parts.state);
    },
    caFile: certificates.caFile,
    username: main?.username ?? '',
    password: main?.password ?? '',
    world,
    diego,
    faults: parts.faults,
    requests: parts.recorder,
    watchInstance: parts.processes.requests.watch,
    platform: parts.platform,
    uaa: parts.uaa,
    certificates,
    connections: () => front.https.connections() + front.http.connections(),
    async presentCertificate(serverName, names, flaw) {
      front.contexts.set(serverName.toLowerCase(), await certificates.secureContext(names, flaw));
      front.https.forgetSessions();
    },
    async setNetworkPolicy(policy) {
      parts.platform.networkPolicy = policy;
      const change = policy === 'missing' ? 'pause' : 'resume';
      await Promise.all([front.internal[change](), front.internalTls[change]()]);
    },
  };
}

function generatedState(settings: Settings): WorldState {
  const { seed, clock, bodyBytes } = settings;
  const state = emptyState({ random: seededRandom(seed), clock, bodyBytes });
  generateWorld(state, settings);
  return state;
}

interface GatewayOptions {
  readonly settings: Settings;
  readonly state: WorldState;
  readonly key: SigningKey;
  readonly diego: RunningDiego;
  readonly connections: ProcessConnections;
}

function gatewayParts({ settings, state, key, diego, connections }: GatewayOptions): GatewayParts {
  const platform = healthyPlatform();
  const uaa = createUaa({ settings, key, random: state.random });
  const router = createRouter({ settings, state, platform });
  return {
    settings,
    state,
    platform,
    uaa,
    cloudController: createCloudController({ settings, state, platform, uaa }),
    router,
    processes: {
      settings,
      router,
      agent: connections.agent,
      requests: createRoutedRequests(),
      logs: diego.applicationLogs,
    },
    applications: { fillers: createFillers(), clock: settings.clock, checkToken: uaa.tokens.check },
    faults: createFaults(),
    recorder: createRequestRecorder(),
  };
}

async function stopFront(front: Front): Promise<void> {
  await Promise.all([front.https, front.http, front.internal, front.internalTls].map((listener) => listener.pause()));
}

/** In reverse, each once. */
async function runAll(stops: (() => Promise<void>)[]): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}
