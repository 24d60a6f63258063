import type { Directory } from '../../../src/discovery/directory.js';
import type { NameSelector } from '../../../src/discovery/name-selector.js';
import type { Rule, TextMatcher } from '../../../src/discovery/rules.js';
import { type SelectOptions, selectTargets } from '../../../src/discovery/select.js';
import type { Inventory } from '../../../src/foundation/inventory.js';
import type { App, Destination, Metadata, Process, Route } from '../../../src/foundation/resources.js';

/** An application as far as a test cares; the rest is usual. */
export interface AppSketch {
  readonly guid: string;
  readonly name?: string;
  readonly space?: string;
  readonly state?: App['state'];
  /** Desired counts of its web processes, oldest first. */
  readonly web?: readonly number[];
  readonly labels?: Metadata;
  readonly annotations?: Metadata;
  readonly routes?: readonly RouteSketch[];
}

export interface RouteSketch {
  readonly url: string;
  readonly host?: string;
  readonly tcp?: boolean;
  readonly to?: readonly Partial<Destination>[];
}

const internalDomain = { guid: 'internal', name: 'apps.internal', internal: true };
const publicDomain = { guid: 'public', name: 'example.org', internal: false };

export function inventoryOf(apps: readonly AppSketch[]): Inventory {
  const processes = apps.flatMap(({ guid, web = [1] }) => {
    return web.map((instances, n): Process => ({ guid: `${guid}-p${n}`, appGuid: guid, instances }));
  });
  const routes = apps.flatMap(({ guid, routes: sketches = [{ url: `${guid}.example.org` }] }) => {
    return sketches.map((sketch, n) => routeOf(guid, n, sketch));
  });
  return {
    foundation: 'default',
    plan: { spaces: 'all' },
    organizations: byGuid(['Acme', 'Beta'].map((name) => ({ guid: name.toLowerCase(), name }))),
    spaces: byGuid([
      { guid: 'dev', name: 'dev', organizationGuid: 'acme' },
      { guid: 'prod', name: 'Prod', organizationGuid: 'acme' },
      { guid: 'beta-dev', name: 'dev', organizationGuid: 'beta' },
      { guid: 'orphan', name: 'dev', organizationGuid: 'gone' },
    ]),
    apps: byGuid(
      apps.map(({ guid, name = guid, space = 'dev', state = 'STARTED', labels = {}, annotations = {} }): App => {
        return { guid, name, spaceGuid: space, state, labels, annotations };
      }),
    ),
    processes: byGuid(processes),
    routes: byGuid(routes),
    domains: byGuid([internalDomain, publicDomain]),
  };
}

function routeOf(appGuid: string, position: number, { url, host, tcp, to }: RouteSketch): Route {
  const slash = url.indexOf('/');
  const domain = /\.apps\.internal/.test(url) ? internalDomain : publicDomain;
  return {
    guid: `${appGuid}-r${position}`,
    url,
    host: host ?? url.slice(0, url.indexOf('.')),
    path: slash < 0 ? '' : url.slice(slash),
    protocol: tcp === true ? 'tcp' : 'http',
    domainGuid: url.endsWith('.elsewhere') ? 'invisible' : domain.guid,
    destinations: (to ?? [{}]).map((each) => ({ appGuid, processType: 'web', port: 8080, ...each })),
  };
}

function byGuid<T extends { readonly guid: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.guid, item]));
}

export const everyone: NameSelector = { kind: 'all' };
export function named(name: string): NameSelector {
  return { kind: 'name', name };
}

/** An expression for a whole text. */
export function matching(pattern: string): TextMatcher {
  return { source: pattern, test: (text) => new RegExp(`^(?:${pattern})$`).test(text) };
}

export function ruleOf(change: Partial<Rule> = {}): Rule {
  return {
    id: undefined,
    name: 'promregator.targets[0]',
    foundation: undefined,
    organization: everyone,
    space: everyone,
    application: everyone,
    excludeApplication: undefined,
    labelSelector: undefined,
    paths: ['/metrics'],
    protocol: undefined,
    authenticatorId: undefined,
    tlsId: undefined,
    accessId: '',
    preferredRouteRegex: [],
    internalRoutePort: undefined,
    overrideRouteAndPath: undefined,
    kubernetesAnnotations: false,
    scrapeIntervalMs: undefined,
    scrapeTimeoutMs: undefined,
    ...change,
  };
}

/** Selects with authenticators that all send credentials, but for the default one and `none`. */
export function select(
  apps: readonly AppSketch[],
  rules: readonly Partial<Rule>[] = [{}],
  options: Partial<SelectOptions> = {},
): Directory {
  return selectTargets({
    rules: rules.map((rule, n) => ruleOf({ name: `promregator.targets[${n}]`, ...rule })),
    inventory: inventoryOf(apps),
    defaultInternalRoutePort: 9090,
    sendsCredentials: (authenticatorId) => authenticatorId !== undefined && authenticatorId !== 'none',
    intervalBoundsMs: { min: 5000, max: 600_000 },
    own: undefined,
    ...options,
  });
}

export function urls(directory: Directory): readonly string[] {
  return directory.targets.map(({ origin, path }) => `${origin}${path}`);
}

export function keys(directory: Directory): readonly string[] {
  return directory.targets.map(({ key }) => key);
}

/** `<guid>: <reason>` of each application that was left out. */
export function reasons(directory: Directory): readonly string[] {
  return directory.leftOut.map(({ appGuid, reason }) => `${appGuid}: ${reason}`);
}
