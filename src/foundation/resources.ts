/**
 * What this program reads of Cloud Foundry's resources: only the fields used, in its words.
 * Guids join them (facts/cloud-foundry.md 3); never their position in a list.
 */

export interface Organization {
  readonly guid: string;
  readonly name: string;
}

export interface Space {
  readonly guid: string;
  readonly name: string;
  readonly organizationGuid: string;
}

export interface App {
  readonly guid: string;
  readonly name: string;
  /** The desired state; the actual one is nobody's business here: the desired count alone decides. */
  readonly state: 'STARTED' | 'STOPPED';
  readonly spaceGuid: string;
  readonly labels: Metadata;
  readonly annotations: Metadata;
}

/** A process of type `web`. An application has several of them during a rolling deployment, oldest first. */
export interface Process {
  readonly guid: string;
  readonly appGuid: string;
  /** Desired count; kept by Cloud Foundry even while the application is stopped. */
  readonly instances: number;
}

export interface Route {
  readonly guid: string;
  /** `host.domain/path` without scheme; `domain:port` for TCP. A wildcard host stands as `*`. */
  readonly url: string;
  readonly host: string;
  readonly path: string;
  readonly protocol: 'http' | 'tcp';
  readonly domainGuid: string;
  readonly destinations: readonly Destination[];
}

export interface Destination {
  readonly appGuid: string;
  readonly processType: string;
  /** Port that the application listens on behind this route. */
  readonly port: number | undefined;
}

export interface Domain {
  readonly guid: string;
  readonly name: string;
  /** Container to container, past the router (`apps.internal`). */
  readonly internal: boolean;
}

export type Metadata = Readonly<Record<string, string>>;

/** The kinds of lists, each with an interval of its own. */
export const RESOURCE_KINDS = ['organizations', 'spaces', 'apps', 'processes', 'routes', 'domains'] as const;

export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** Lists that targets come and go with. */
export const TARGET_KINDS = ['apps', 'processes', 'routes'] as const satisfies readonly ResourceKind[];

/** One value for each kind of list. */
export function perKind<T>(pick: (kind: ResourceKind) => T): Readonly<Record<ResourceKind, T>> {
  return {
    organizations: pick('organizations'),
    spaces: pick('spaces'),
    apps: pick('apps'),
    processes: pick('processes'),
    routes: pick('routes'),
    domains: pick('domains'),
  };
}
