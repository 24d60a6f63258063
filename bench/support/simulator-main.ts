// The simulator as a process of its own, so that its CPU and memory do not count as ours. Started by simulator-process.ts
// with its arguments; ends with its parent, however that ends.
import { subscribe } from 'node:diagnostics_channel';
import { TLSSocket } from 'node:tls';
import { parseSimulatorArguments, startSimulator } from '../../simulator/simulator.js';
import type { ServedConnections, SimulatorMessage } from './simulator-messages.js';

const seen = new WeakSet<TLSSocket>();
let served: ServedConnections = { secured: 0, resumed: 0 };

// Node's own channel: the simulator itself need not know that it is watched.
subscribe('http.server.request.start', (message) => {
  const socket: unknown = Reflect.get(Object(message), 'socket');
  if (!(socket instanceof TLSSocket) || seen.has(socket)) return;
  seen.add(socket);
  served = { secured: served.secured + 1, resumed: served.resumed + (socket.isSessionReused() ? 1 : 0) };
});

function tell(message: SimulatorMessage): void {
  process.send?.(message);
}

const simulator = await startSimulator(parseSimulatorArguments(process.argv.slice(2)));
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
process.on('message', () => tell({ type: 'connections', served }));
tell({ type: 'ready', facts: { apiHost, username, password, caFile, connectTo, controlUrl } });
