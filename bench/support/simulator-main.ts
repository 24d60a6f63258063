// The simulator as a process of its own, so that its CPU and memory do not count as ours. Started by simulator-process.ts
// with its arguments; ends with its parent, however that ends.
import { subscribe } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { TLSSocket } from 'node:tls';
import { parseSimulatorArguments, startSimulator } from '../../simulator/simulator.js';
import { ACCESS_SECONDS, type SimulatorMessage, type SimulatorView } from './simulator-messages.js';

const NANOSECONDS_PER_MS = 1e6;

const seen = new WeakSet<TLSSocket>();
let secured = 0;
let resumed = 0;
const delays = monitorEventLoopDelay({ resolution: 10 });
delays.enable();

// Node's own channel: the simulator itself need not know that it is watched.
subscribe('http.server.request.start', (message) => {
  const socket: unknown = Reflect.get(Object(message), 'socket');
  if (!(socket instanceof TLSSocket) || seen.has(socket)) return;
  seen.add(socket);
  secured += 1;
  if (socket.isSessionReused()) resumed += 1;
});

function view(): SimulatorView {
  const longestHoldUpMs = delays.max / NANOSECONDS_PER_MS;
  delays.reset();
  return { secured, resumed, longestHoldUpMs };
}

function tell(message: SimulatorMessage): void {
  process.send?.(message);
}

const args = process.argv.slice(2);
const access = args.find((argument) => argument.startsWith(ACCESS_SECONDS));
const simulator = await startSimulator({
  ...parseSimulatorArguments(args.filter((argument) => argument !== access)),
  ...(access === undefined ? {} : { token: { accessSeconds: Number(access.slice(ACCESS_SECONDS.length)) } }),
});
const { apiHost, username, password, caFile, connectTo, controlUrl } = simulator;
let isEnding = false;
// A parent that is interrupted tells us twice: by a signal, and by being gone.
const end = (): void => {
  if (isEnding) return;
  isEnding = true;
  void simulator.stop().finally(() => process.exit(0));
};
process.once('SIGTERM', end);
process.once('disconnect', end);
// Ctrl-C reaches the whole group; the bench ends its parts in order.
process.on('SIGINT', () => undefined);
process.on('message', () => tell({ type: 'view', view: view() }));
tell({ type: 'ready', facts: { apiHost, username, password, caFile, connectTo, controlUrl } });
