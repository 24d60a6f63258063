export const REQUEST_KINDS = [
  'root',
  'info',
  'organizations',
  'spaces',
  'apps',
  'processes',
  'stats',
  'routes',
  'domains',
  'deployments',
  'audit_events',
  'token',
  'uaa',
  'scrape',
  'other',
] as const;

/** Requests are counted, and struck by faults, by what they ask for. */
export type RequestKind = (typeof REQUEST_KINDS)[number];
