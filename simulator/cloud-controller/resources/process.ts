import type { Instance, Process } from '../../world/records.js';
import { head, type Json, link, metadataOf, postLink, type RenderContext, toOne } from './common.js';

/** How much of the start command is shown: nothing in lists, little to those who may not read secrets. */
export type CommandForm = 'list' | 'single';

export interface ProcessForm {
  readonly command: CommandForm;
  readonly embedInstances: boolean;
}

export function renderProcess(process: Process, context: RenderContext, form: ProcessForm): Json {
  const self = `processes/${process.guid}`;
  const { application } = process;
  return {
    ...head(process),
    version: process.version,
    type: process.type,
    command: commandOf(process, context, form.command),
    user: 'vcap',
    instances: process.desired,
    memory_in_mb: process.memoryMb,
    disk_in_mb: process.diskMb,
    log_rate_limit_in_bytes_per_second: -1,
    health_check: {
      type: process.type === 'web' ? 'port' : 'process',
      data: { timeout: null, invocation_timeout: null, interval: null },
    },
    readiness_health_check: { type: 'process', data: { invocation_timeout: null, interval: null } },
    ...(form.embedInstances ? { process_instances: renderProcessInstances(process, context) } : {}),
    relationships: {
      app: toOne(application.guid),
      // Plain null, not {"data":null} (facts 3.5).
      revision: process.revision === undefined ? null : toOne(process.revision.guid),
    },
    metadata: metadataOf(process.metadata),
    links: {
      self: link(context, self),
      scale: postLink(context, `${self}/actions/scale`),
      app: link(context, `apps/${application.guid}`),
      space: link(context, `spaces/${application.space.guid}`),
      stats: link(context, `${self}/stats`),
      process_instances: link(context, `${self}/process_instances`),
    },
  };
}

/** Indices up to the desired count, those without a container as DOWN. */
export function renderProcessInstances(process: Process, context: RenderContext): readonly Json[] {
  const count = Math.max(process.desired, process.instances.length);
  return Array.from({ length: count }, (_, index) => {
    const instance = process.instances[index];
    if (instance === undefined) return { index, state: 'DOWN', since: null };
    return { index, state: instance.state, since: secondsInState(instance, context) };
  });
}

export function secondsInState(instance: Instance, context: RenderContext): number {
  return Math.max(0, Math.floor((context.nowMs - instance.sinceMs) / 1000));
}

function commandOf(process: Process, context: RenderContext, form: CommandForm): string {
  if (form === 'list') return '[PRIVATE DATA HIDDEN IN LISTS]';
  return context.visibility.secrets(process.application.space) ? 'node dist/main.js' : '[PRIVATE DATA HIDDEN]';
}
