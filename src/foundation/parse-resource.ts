import { z } from 'zod';
import type { App, Domain, Organization, Process, ResourceKind, Route, Space } from './resources.js';

/** What each kind of list yields. */
export interface ResourceTypes {
  readonly organizations: Organization;
  readonly spaces: Space;
  readonly apps: App;
  readonly processes: Process;
  readonly routes: Route;
  readonly domains: Domain;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  /** `guid` is undefined when not even that could be read. */
  | { readonly ok: false; readonly guid: string | undefined; readonly problem: string };

const guid = z.string().min(1).max(200);
const toOne = z.object({ data: z.object({ guid }) });
/** Absent before API version 3.63. Values are texts; what is none is no reason to lose an application. */
const metadata = z
  .object({
    labels: z.record(z.string(), z.unknown()).nullish(),
    annotations: z.record(z.string(), z.unknown()).nullish(),
  })
  .nullish();

const organization = z.object({ guid, name: z.string() });

const space = z.object({ guid, name: z.string(), relationships: z.object({ organization: toOne }) }).transform(
  (raw): Space => ({
    guid: raw.guid,
    name: raw.name,
    organizationGuid: raw.relationships.organization.data.guid,
  }),
);

const app = z
  .object({
    guid,
    name: z.string(),
    state: z.enum(['STARTED', 'STOPPED']),
    relationships: z.object({ space: toOne }),
    metadata,
  })
  .transform(
    (raw): App => ({
      guid: raw.guid,
      name: raw.name,
      state: raw.state,
      spaceGuid: raw.relationships.space.data.guid,
      labels: texts(raw.metadata?.labels),
      annotations: texts(raw.metadata?.annotations),
    }),
  );

/** Where the app relationship is missing (the oldest shapes), the link names the application: `…/v3/apps/<guid>`. */
const process = z
  .object({
    guid,
    type: z.string(),
    instances: z.number().int().min(0),
    relationships: z.object({ app: toOne.nullish() }).nullish(),
    links: z.object({ app: z.object({ href: z.string() }).nullish() }).nullish(),
  })
  .transform((raw, context): Process => {
    const appGuid = raw.relationships?.app?.data.guid ?? raw.links?.app?.href.match(/\/apps\/([^/]+)$/)?.[1];
    if (appGuid === undefined) {
      context.addIssue({ code: 'custom', path: ['relationships', 'app'], message: 'names no application' });
      return z.NEVER;
    }
    return { guid: raw.guid, appGuid, instances: raw.instances };
  });

const destination = z.object({
  app: z.object({ guid, process: z.object({ type: z.string() }).nullish() }),
  port: z.number().int().nullish(),
});

const route = z
  .object({
    guid,
    host: z.string().nullish(),
    path: z.string().nullish(),
    url: z.string(),
    /** Absent before API version 3.94: then a route with a port is a TCP route. */
    protocol: z.string().nullish(),
    port: z.number().nullish(),
    destinations: z.array(destination).nullish(),
    relationships: z.object({ domain: toOne }),
  })
  .transform(
    (raw): Route => ({
      guid: raw.guid,
      url: raw.url,
      host: raw.host ?? '',
      path: raw.path ?? '',
      protocol: raw.protocol === 'tcp' || (raw.port ?? null) !== null ? 'tcp' : 'http',
      domainGuid: raw.relationships.domain.data.guid,
      destinations: (raw.destinations ?? []).map((each) => ({
        appGuid: each.app.guid,
        processType: each.app.process?.type ?? 'web',
        port: each.port ?? undefined,
      })),
    }),
  );

const domain = z
  .object({ guid, name: z.string(), internal: z.boolean().nullish() })
  .transform((raw): Domain => ({ guid: raw.guid, name: raw.name, internal: raw.internal ?? false }));

const SCHEMAS: { readonly [K in ResourceKind]: z.ZodType<ResourceTypes[K]> } = {
  organizations: organization,
  spaces: space,
  apps: app,
  processes: process,
  routes: route,
  domains: domain,
};

/** One element of a list. Never throws: what does not fit is returned with its guid and where it differs. */
export function parseResource<K extends ResourceKind>(kind: K, element: unknown): Parsed<ResourceTypes[K]> {
  const result = SCHEMAS[kind].safeParse(element);
  if (result.success) return { ok: true, value: result.data };
  const problem = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  return { ok: false, guid: guidOf(element), problem };
}

const page = z.object({
  pagination: z.object({
    total_results: z.number().int().min(0),
    next: z.object({ href: z.string() }).nullish(),
  }),
});

export interface Page {
  readonly totalResults: number;
  readonly hasNext: boolean;
}

/** What a list answer says about itself (facts/cloud-foundry.md 3.1); undefined when the document is no list. */
export function parsePage(document: unknown): Page | undefined {
  const result = page.safeParse(document);
  if (!result.success) return undefined;
  const { total_results, next } = result.data.pagination;
  return { totalResults: total_results, hasNext: (next ?? null) !== null };
}

function texts(values: Readonly<Record<string, unknown>> | null | undefined): Readonly<Record<string, string>> {
  if (values === null || values === undefined) return NONE;
  const kept = Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return kept.length === 0 ? NONE : Object.fromEntries(kept);
}

/** Shared by the many applications that have no labels or no annotations. */
const NONE: Readonly<Record<string, string>> = Object.freeze({});

function guidOf(element: unknown): string | undefined {
  if (typeof element !== 'object' || element === null || !('guid' in element)) return undefined;
  return typeof element.guid === 'string' ? element.guid.slice(0, 200) : undefined;
}
