import type { Instance, Process } from '../../world/records.js';
import type { Json, RenderContext } from './common.js';
import { secondsInState } from './process.js';

/** `unavailable`: the log cache does not answer, so usage and quotas are missing. */
export type UsageSource = 'available' | 'unavailable';

/** Exactly one entry per index of the desired count, also for a stopped application (facts 3.6). */
export function renderStats(process: Process, context: RenderContext, usage: UsageSource): readonly Json[] {
  return Array.from({ length: process.desired }, (_, index) => {
    const instance = process.instances[index];
    if (instance === undefined) return down(process, index, null);
    if (instance.state === 'DOWN') return down(process, index, instance.placementError ?? null);
    if (instance.state === 'RUNNING') return running(instance, context, usage);
    return notRunning(instance, context);
  });
}

/** A reduced set of keys. */
function down(process: Process, index: number, details: string | null): Json {
  return { type: process.type, index, state: 'DOWN', routable: null, uptime: 0, isolation_segment: null, details };
}

function running(instance: Instance, context: RenderContext, usage: UsageSource): Json {
  const { process, index } = instance;
  const cell = 1 + (index % 200);
  const ports = 61000 + (index % 1000) * 4;
  const known = usage === 'available';
  return {
    type: process.type,
    index,
    ...guidOf(instance.guid, context),
    state: 'RUNNING',
    ...routableOf(instance.ready, context),
    host: `10.244.16.${cell}`,
    instance_internal_ip: `10.255.93.${cell}`,
    uptime: secondsInState(instance, context),
    mem_quota: known ? process.memoryMb * 1024 * 1024 : null,
    disk_quota: known ? process.diskMb * 1024 * 1024 : null,
    log_rate_limit: known ? -1 : null,
    fds_quota: 16384,
    isolation_segment: null,
    details: null,
    instance_ports: [
      { external: ports, internal: 8080, external_tls_proxy_port: ports + 1, internal_tls_proxy_port: 61001 },
      { external: 0, internal: 8080, external_tls_proxy_port: null, internal_tls_proxy_port: 61443 },
    ],
    usage: known ? usageOf(context) : {},
  };
}

function usageOf(context: RenderContext): Json {
  const time = `${new Date(context.nowMs).toISOString().slice(0, 19)}+00:00`;
  return { time, cpu: 0.0004, cpu_entitlement: 0.011, mem: 19_177_472, disk: 69_705_728, log_rate: 0 };
}

function notRunning(instance: Instance, context: RenderContext): Json {
  const time = `${new Date(context.nowMs).toISOString().slice(0, 19)}+00:00`;
  const nothing = { time, cpu: 0, cpu_entitlement: 0, mem: 0, disk: 0, log_rate: 0 };
  const stopping = instance.state === 'STOPPING';
  return {
    type: instance.process.type,
    index: instance.index,
    ...guidOf('', context),
    // Before 3.168 a container that shuts down was not told apart.
    state: stopping && !context.features.stopping ? 'DOWN' : instance.state,
    ...routableOf(false, context),
    host: '',
    instance_internal_ip: '',
    uptime: secondsInState(instance, context),
    mem_quota: null,
    disk_quota: null,
    log_rate_limit: null,
    fds_quota: 16384,
    isolation_segment: null,
    details: instance.placementError ?? null,
    instance_ports: [],
    usage: stopping ? {} : nothing,
  };
}

function guidOf(guid: string, context: RenderContext): Json {
  return context.features.instanceGuid ? { instance_guid: guid } : {};
}

function routableOf(routable: boolean, context: RenderContext): Json {
  return context.features.routable ? { routable } : {};
}
