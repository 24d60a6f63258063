import type { Config } from '../config/config.js';

/** Options that a running process cannot take, by name, each with what it is compared by. */
const NEED_RESTART: Readonly<Record<string, (config: Config) => unknown>> = {
  'server.address': ({ server }) => server.address,
  'server.port': ({ server }) => server.port,
  'promregator.metrics.requestLatency': ({ metrics }) => metrics.requestLatency,
  'promregator.metrics.internal': ({ metrics }) => metrics.internal,
  'promregator.metrics.labelNamePrefix': ({ metrics }) => metrics.labelNamePrefix,
  'promregator.discoverer.timeout': ({ discovererTimeoutSeconds }) => discovererTimeoutSeconds,
  'promregator.simulation': ({ simulation }) => simulation?.instances,
};

/** Names of options that changed and wait for the next start. */
export function optionsForRestart(before: Config, after: Config): readonly string[] {
  return Object.entries(NEED_RESTART)
    .filter(([, read]) => read(before) !== read(after))
    .map(([name]) => name);
}
