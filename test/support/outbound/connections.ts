import { onTestFinished } from 'vitest';
import { PLAIN_TLS } from '../../../src/config/tls-material/tls-config.js';
import { createConnectTo } from '../../../src/outbound/connect-to.js';
import { type Connections, type ConnectionsOptions, createConnections } from '../../../src/outbound/connections.js';

/** Connections that are closed with the test that opened them. */
export function connectionsWith(options: Partial<ConnectionsOptions> = {}): Connections {
  const connections = createConnections({
    connectTo: createConnectTo([]),
    connectTimeoutMs: 5_000,
    tls: PLAIN_TLS,
    maxIdle: 10,
    keepAliveMs: 30_000,
    ...options,
  });
  onTestFinished(() => connections.close());
  return connections;
}
