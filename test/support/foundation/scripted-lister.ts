import type { Filter, Lister } from '../../../src/foundation/list-resources.js';
import type { ResourceTypes } from '../../../src/foundation/parse-resource.js';
import type {
  App,
  Domain,
  Organization,
  Process,
  ResourceKind,
  Route,
  Space,
} from '../../../src/foundation/resources.js';

/** What the foundation holds; a test changes it between two readings. */
export interface World {
  organizations: readonly Organization[];
  spaces: readonly Space[];
  apps: readonly App[];
  processes: readonly (Process & { readonly spaceGuid: string })[];
  routes: readonly (Route & { readonly spaceGuid: string })[];
  domains: readonly Domain[];
}

/** Answers lists from a world, by the contract of `Lister`: the same map while nothing has changed. */
export interface ScriptedLister {
  readonly lister: Lister;
  readonly world: World;
  /** `organizations`, `apps space_guids=s1,s2`, in the order asked. */
  readonly asked: string[];
  /** Kinds whose lists fail, with the error. */
  readonly failing: Map<ResourceKind, Error>;
  /** Holds answers back until it resolves. */
  gate: Promise<void> | undefined;
  /** Called before each answer, to change the world just then. */
  onAsked: ((question: string) => void) | undefined;
}

export function scriptedLister(world: World): ScriptedLister {
  const asked: string[] = [];
  const failing = new Map<ResourceKind, Error>();
  const earlier = new Map<string, { readonly text: string; readonly map: ReadonlyMap<string, unknown> }>();
  const scripted: ScriptedLister = {
    lister: { list, requestsFor },
    world,
    asked,
    failing,
    gate: undefined,
    onAsked: undefined,
  };

  function requestsFor(kind: ResourceKind): number {
    return asked.filter((question) => question.split(' ')[0] === kind).length;
  }

  async function list<K extends ResourceKind>(
    kind: K,
    filter?: Filter,
  ): Promise<ReadonlyMap<string, ResourceTypes[K]>> {
    const question = filter === undefined ? kind : `${kind} ${filter.parameter}=${filter.guids.join()}`;
    asked.push(question);
    scripted.onAsked?.(question);
    const elements = pick(world, kind, filter);
    await scripted.gate;
    const error = failing.get(kind);
    if (error !== undefined) throw error;
    const text = JSON.stringify(elements);
    const known = earlier.get(question);
    if (known?.text === text) return known.map as ReadonlyMap<string, ResourceTypes[K]>;
    const map = new Map(elements.map((element) => [element.guid, element as ResourceTypes[K]]));
    earlier.set(question, { text, map });
    return map;
  }

  return scripted;
}

function pick(world: World, kind: ResourceKind, filter: Filter | undefined): readonly { readonly guid: string }[] {
  if (filter === undefined) return world[kind];
  const wanted = new Set(filter.guids);
  if (filter.parameter === 'app_guids') {
    return world.routes.filter((route) => route.destinations.some((each) => wanted.has(each.appGuid)));
  }
  if (kind === 'apps') return world.apps.filter((app) => wanted.has(app.spaceGuid));
  if (kind === 'processes') return world.processes.filter((process) => wanted.has(process.spaceGuid));
  return world.routes.filter((route) => wanted.has(route.spaceGuid));
}

/** One organization with spaces `s1` and `s2`, in each an application of one instance with a route. */
export function smallWorld(): World {
  return {
    organizations: [{ guid: 'o1', name: 'org' }],
    spaces: ['s1', 's2'].map((guid) => ({ guid, name: guid, organizationGuid: 'o1' })),
    apps: [appIn('a1', 's1'), appIn('a2', 's2')],
    processes: [processOf('a1', 's1'), processOf('a2', 's2')],
    routes: [routeTo('a1', 's1'), routeTo('a2', 's2')],
    domains: [{ guid: 'd1', name: 'apps.example.org', internal: false }],
  };
}

export function appIn(guid: string, spaceGuid: string): App {
  return { guid, name: guid, state: 'STARTED', spaceGuid, labels: {}, annotations: {} };
}

export function processOf(appGuid: string, spaceGuid: string, instances = 1): World['processes'][number] {
  return { guid: appGuid, appGuid, instances, spaceGuid };
}

export function routeTo(appGuid: string, spaceGuid: string): World['routes'][number] {
  return {
    guid: `r-${appGuid}`,
    url: `${appGuid}.apps.example.org`,
    host: appGuid,
    path: '',
    protocol: 'http',
    domainGuid: 'd1',
    destinations: [{ appGuid, processType: 'web', port: 8080 }],
    spaceGuid,
  };
}
