import type { Directory, Target, TargetApplication } from '../../../src/discovery/directory.js';

export const APP_GUID = 'a1b2c3d4-0000-4000-8000-000000000001';

/** The application `orders` in acme/prod, as far as nothing else is said. */
export function applicationOf(changes: Partial<TargetApplication> = {}): TargetApplication {
  return {
    foundation: 'default',
    organizationGuid: 'c0000000-0000-4000-8000-000000000001',
    organizationName: 'acme',
    spaceGuid: 'd0000000-0000-4000-8000-000000000001',
    spaceName: 'prod',
    guid: APP_GUID,
    name: 'orders',
    processGuid: APP_GUID,
    route: 'orders.example.org',
    domain: 'example.org',
    internal: false,
    labels: {},
    annotations: {},
    rule: 'promregator.targets[0]',
    authenticatorId: undefined,
    tlsId: undefined,
    accessId: '',
    scrapeIntervalMs: undefined,
    scrapeTimeoutMs: undefined,
    ...changes,
  };
}

/** Instance 0 of that application at `origin`. */
export function targetAt(origin: string, changes: Partial<Target> = {}): Target {
  const application = changes.application ?? applicationOf();
  const index = changes.index ?? 0;
  return {
    key: `${application.guid}/${index}`,
    instanceId: `${application.guid}:${index}`,
    index,
    origin,
    path: '/metrics',
    instanceHeader: `${application.guid}:${index}`,
    application,
    ...changes,
  };
}

export function directoryOf(...targets: readonly Target[]): Directory {
  return {
    foundations: ['default'],
    targets,
    byKey: new Map(targets.map((target) => [target.key, target])),
    leftOut: [],
    ignoredWishes: [],
    rules: [
      {
        rule: 'promregator.targets[0]',
        foundation: undefined,
        organizations: 1,
        spaces: 1,
        applications: 1,
        instances: targets.length,
      },
    ],
    warnings: [],
  };
}
