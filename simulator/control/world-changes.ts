import { z } from 'zod';
import { SimulatorError } from '../simulator-error.js';
import { routeUrl } from '../world/state.js';
import type { World } from '../world/world.js';
import { read } from './schemas.js';

const text = z.string().min(1);
const count = z.int().nonnegative();
const texts = z.record(z.string(), z.string());
const changes = z.record(z.string(), z.string().nullable());

const behaviour = z.strictObject({
  path: z.string().startsWith('/').exactOptional(),
  port: z.int().positive().exactOptional(),
  otherPorts: z.array(z.int().positive()).exactOptional(),
  formats: z.array(z.enum(['text', 'openmetrics', 'protobuf'])).exactOptional(),
  gzip: z.boolean().exactOptional(),
  bodyBytes: count.exactOptional(),
  exportsPromregatorSeries: z.boolean().exactOptional(),
  credentials: z
    .discriminatedUnion('scheme', [
      z.strictObject({ scheme: z.literal('basic'), username: z.string(), password: z.string() }),
      z.strictObject({ scheme: z.literal('bearer'), token: z.string() }),
      z.strictObject({ scheme: z.literal('uaa-token'), scope: z.string().exactOptional() }),
      z.strictObject({ scheme: z.literal('client-certificate'), commonName: z.string() }),
    ])
    .exactOptional(),
  canned: z
    .strictObject({
      status: z.int().min(200).max(599).exactOptional(),
      contentType: z.string().nullable().exactOptional(),
      body: z.string().exactOptional(),
      headers: texts.exactOptional(),
    })
    .exactOptional(),
  delayMs: count.exactOptional(),
  setsSession: z.boolean().exactOptional(),
});

const destination = z.strictObject({
  route: text.exactOptional(),
  host: z.string().exactOptional(),
  domain: text.exactOptional(),
  path: z.string().exactOptional(),
  tcpPort: z.int().positive().exactOptional(),
  processType: text.exactOptional(),
  port: z.int().positive().exactOptional(),
});

const metadata = { labels: texts.exactOptional(), annotations: texts.exactOptional() };
const app = z.strictObject({ app: text });
const instance = z.strictObject({ app: text, index: count, processType: text.exactOptional() });
const ROUTER_STATES = ['unregistered', 'registered'] as const;
const INSTANCE_STATES = ['RUNNING', 'STARTING', 'CRASHED', 'DOWN', 'STOPPING', 'UNKNOWN'] as const;

/** Shows the thing that a change touched; the records themselves refer to each other in circles. */
type Change = (world: World, body: unknown) => object;

function change<T>(schema: z.ZodType<T>, apply: (world: World, options: T) => object): Change {
  return (world, body) => apply(world, read(schema, body, 'change of the world'));
}

const CHANGES: Readonly<Record<string, Change>> = {
  'create-organization': change(
    z.strictObject({ name: text, suspended: z.boolean().exactOptional(), ...metadata }),
    (world, options) => named(world.createOrganization(options)),
  ),
  'create-space': change(z.strictObject({ name: text, organization: text, ...metadata }), (world, options) =>
    named(world.createSpace(options)),
  ),
  'create-domain': change(
    z.strictObject({
      name: text,
      internal: z.boolean().exactOptional(),
      tcp: z.boolean().exactOptional(),
      organization: text.exactOptional(),
      sharedWith: z.array(text).exactOptional(),
    }),
    (world, options) => named(world.createDomain(options)),
  ),
  deploy: change(
    z.strictObject({
      name: text,
      space: text,
      instances: count.exactOptional(),
      routes: z.array(z.union([text, destination])).exactOptional(),
      state: z.enum(['STARTED', 'STOPPED']).exactOptional(),
      staged: z.boolean().exactOptional(),
      lifecycle: z.enum(['buildpack', 'cnb', 'docker']).exactOptional(),
      web: z.boolean().exactOptional(),
      processes: z.array(z.strictObject({ type: text, instances: count })).exactOptional(),
      behaviour: behaviour.exactOptional(),
      ...metadata,
    }),
    (world, options) => application(world, world.deployApplication(options).guid),
  ),
  scale: change(
    z.strictObject({ app: text, instances: count, processType: text.exactOptional() }),
    (world, { app: name, instances, processType }) => {
      world.scale(name, instances, processType);
      return application(world, name);
    },
  ),
  stop: change(app, (world, { app: name }) => application(world, world.stop(name).guid)),
  start: change(app, (world, { app: name }) => application(world, world.start(name).guid)),
  delete: change(app, (world, { app: name }) => named(world.delete(name))),
  crash: change(instance.extend({ router: z.enum(ROUTER_STATES).exactOptional() }), (world, options) => {
    world.crash(options);
    return application(world, options.app);
  }),
  recover: change(instance, (world, options) => {
    world.recover(options);
    return application(world, options.app);
  }),
  'set-instance': change(
    instance.extend({ state: z.enum(INSTANCE_STATES), placementError: text.exactOptional() }),
    (world, options) => {
      world.setInstance(options);
      return application(world, options.app);
    },
  ),
  'set-behaviour': change(z.strictObject({ app: text, index: count.exactOptional(), behaviour }), (world, options) => {
    world.setBehaviour(options);
    return application(world, options.app);
  }),
  'add-process': change(
    z.strictObject({ app: text, type: text, instances: count }),
    (world, { app: name, ...process }) => {
      world.addProcess(name, process);
      return application(world, name);
    },
  ),
  'map-route': change(destination.extend({ app: text }), (world, options) => {
    world.mapRoute(options);
    return application(world, options.app);
  }),
  'unmap-route': change(z.strictObject({ app: text, route: text }), (world, options) => {
    world.unmapRoute(options);
    return application(world, options.app);
  }),
  'delete-route': change(z.strictObject({ route: text }), (world, { route }) => ({
    guid: world.deleteRoute(route).guid,
  })),
  'share-route': change(z.strictObject({ route: text, space: text }), (world, options) => ({
    guid: world.shareRoute(options).guid,
  })),
  rename: change(
    z.strictObject({ kind: z.enum(['organization', 'space', 'application']), resource: text, name: text }),
    (world, options) => {
      world.rename(options);
      return { name: options.name };
    },
  ),
  'set-metadata': change(
    z.strictObject({
      kind: z.enum(['organization', 'space', 'application', 'route', 'domain']),
      resource: text,
      labels: changes.exactOptional(),
      annotations: changes.exactOptional(),
    }),
    (world, options) => world.setMetadata(options),
  ),
  'begin-deployment': change(
    z.strictObject({
      app: text,
      maxInFlight: z.int().positive().exactOptional(),
      strategy: z.enum(['rolling', 'canary']).exactOptional(),
    }),
    (world, options) => {
      world.beginRollingDeployment(options);
      return application(world, options.app);
    },
  ),
  'advance-deployment': change(app, (world, { app: name }) =>
    application(world, world.advanceDeployment(name).application.guid),
  ),
  'finish-deployment': change(app, (world, { app: name }) =>
    application(world, world.finishDeployment(name).application.guid),
  ),
  'cancel-deployment': change(app, (world, { app: name }) =>
    application(world, world.cancelDeployment(name).application.guid),
  ),
};

/** Does what `POST /world/<name>` asks for and shows the thing that it touched. */
export function changeWorld(world: World, name: string, body: unknown): object {
  const found = Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
  if (found !== undefined) return found(world, body);
  throw new SimulatorError('not_found', `The world knows no change ${name}: use one of ${changeNames().join(', ')}`);
}

export function changeNames(): readonly string[] {
  return Object.keys(CHANGES);
}

export function worldSummary(world: World): object {
  return {
    organizations: world.organizations().length,
    spaces: world.spaces().length,
    applications: world.applications().length,
    webInstances: world
      .processes()
      .filter((process) => process.type === 'web')
      .reduce((sum, process) => sum + process.instances.length, 0),
    routes: world.routes().length,
    domains: world.domains().map((domain) => domain.name),
    firstApplications: world
      .applications()
      .slice(0, SHOWN_APPLICATIONS)
      .map((each) => application(world, each.guid)),
  };
}

const SHOWN_APPLICATIONS = 20;

interface Named {
  readonly guid: string;
  readonly name: string;
}

function named({ guid, name }: Named): object {
  return { guid, name };
}

function application(world: World, nameOrGuid: string): object {
  const { guid, name, state, space, processes, routes, deployment } = world.application(nameOrGuid);
  return {
    guid,
    name,
    state,
    space: space.name,
    organization: space.organization.name,
    routes: [...routes].map(routeUrl),
    processes: processes.map((process) => ({
      guid: process.guid,
      type: process.type,
      desired: process.desired,
      instances: process.instances.map((each) => each.state),
    })),
    deployment: deployment === undefined ? null : deployment.reason,
  };
}
