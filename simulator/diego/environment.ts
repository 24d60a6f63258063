import { join } from 'node:path';
import type { Settings } from '../options.js';
import type { LongRunning } from '../world/long-running.js';
import type { Instance } from '../world/records.js';
import { routeUrl } from '../world/state.js';

export interface EnvironmentOptions {
  readonly instance: Instance;
  readonly longRunning: LongRunning;
  readonly settings: Pick<Settings, 'scheme' | 'systemDomain' | 'address'>;
  readonly port: number;
  /** Of this instance alone. */
  readonly folder: string;
  readonly home: string;
}

/**
 * What a process finds in its environment on Cloud Foundry (facts 6).
 *
 * Three things differ: the port is a free one instead of 8080, addresses are the simulator's instead of those of cell and
 * overlay, and there is no instance identity (`CF_INSTANCE_CERT`), nor a proxy for TLS in front of the process.
 */
export function environmentOf(options: EnvironmentOptions): Readonly<Record<string, string>> {
  const { instance, longRunning, settings, port } = options;
  const { address } = settings;
  const [guid, index] = [instance.guid, String(instance.index)];
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    ...longRunning.env,
    HOME: options.home,
    TMPDIR: join(options.folder, 'tmp'),
    LANG: 'en_US.UTF-8',
    USER: 'vcap',
    MEMORY_LIMIT: `${longRunning.memoryMb}m`,
    PORT: String(port),
    VCAP_APP_PORT: String(port),
    VCAP_APP_HOST: address,
    VCAP_APPLICATION: JSON.stringify(vcapApplication(options)),
    VCAP_SERVICES: JSON.stringify(longRunning.services),
    CF_INSTANCE_INDEX: index,
    INSTANCE_INDEX: index,
    CF_INSTANCE_GUID: guid,
    INSTANCE_GUID: guid,
    CF_INSTANCE_IP: address,
    CF_INSTANCE_INTERNAL_IP: address,
    CF_INSTANCE_PORT: String(port),
    CF_INSTANCE_ADDR: `${address}:${port}`,
    CF_INSTANCE_PORTS: JSON.stringify([{ external: port, internal: port }]),
  };
}

/** Routes are those of the start: a later one is known after a restart only. */
function vcapApplication({ instance, longRunning, settings, port }: EnvironmentOptions): object {
  const { process } = instance;
  const { application } = process;
  const { space } = application;
  const uris = [...application.routes].map(routeUrl);
  const common = {
    cf_api: `${settings.scheme}://api.${settings.systemDomain}`,
    limits: { fds: 16_384, mem: longRunning.memoryMb, disk: process.diskMb },
    application_name: application.name,
    application_uris: uris,
    name: application.name,
    space_name: space.name,
    space_id: space.guid,
    organization_id: space.organization.guid,
    organization_name: space.organization.name,
    uris,
    users: null,
    process_id: process.guid,
    process_type: process.type,
    application_id: application.guid,
    version: process.version,
    application_version: process.version,
  };
  // The launcher of buildpack applications adds these; images have no launcher.
  const launched = { host: settings.address, instance_id: instance.guid, port, instance_index: instance.index };
  return application.lifecycle === 'docker' ? common : { ...common, ...launched };
}
