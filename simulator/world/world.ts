import type {
  ApplicationOptions,
  DomainOptions,
  OrganizationOptions,
  ProcessOptions,
  SpaceOptions,
} from './creation.js';
import { addProcess, createDomain, createOrganization, createSpace, deployApplication } from './creation.js';
import * as lifecycle from './lifecycle.js';
import type {
  Application,
  Deployment,
  Domain,
  Instance,
  Metadata,
  Organization,
  Process,
  Route,
  Space,
} from './records.js';
import { advanceRollout, beginRollout, cancelRollout, finishRollout, type RolloutOptions } from './rollout.js';
import * as routing from './routing.js';
import { findApplication, findOrganization, findRoute, findSpace, type WorldState } from './state.js';

/** A simulated foundation's contents: look at them, change them. Applications and the like go by name or guid. */
export interface World {
  /** The records themselves, for whoever wants more than the functions give. Not to be changed. */
  readonly state: WorldState;
  /** In order of creation. */
  organizations(): readonly Organization[];
  spaces(): readonly Space[];
  domains(): readonly Domain[];
  applications(): readonly Application[];
  processes(): readonly Process[];
  routes(): readonly Route[];
  organization(nameOrGuid: string): Organization;
  space(nameOrGuid: string): Space;
  application(nameOrGuid: string): Application;
  route(urlOrGuid: string): Route;
  createOrganization(options: OrganizationOptions): Organization;
  createSpace(options: SpaceOptions): Space;
  createDomain(options: DomainOptions): Domain;
  deployApplication(options: ApplicationOptions): Application;
  addProcess(app: string, options: ProcessOptions): Process;
  scale(app: string, instances: number, processType?: string): Process;
  stop(app: string): Application;
  start(app: string): Application;
  delete(app: string): Application;
  crash(options: lifecycle.CrashOptions): Instance;
  recover(options: lifecycle.InstanceOptions): Instance;
  setInstance(options: lifecycle.InstanceStateOptions): Instance;
  reregister(options: lifecycle.InstanceOptions): Instance;
  setBehaviour(options: lifecycle.SetBehaviourOptions): Application;
  mapRoute(options: routing.MapRouteOptions): Route;
  unmapRoute(options: routing.UnmapRouteOptions): Route;
  deleteRoute(urlOrGuid: string): Route;
  shareRoute(options: routing.ShareRouteOptions): Route;
  rename(options: lifecycle.RenameOptions): void;
  setMetadata(options: lifecycle.SetMetadataOptions): Metadata;
  beginRollingDeployment(options: RolloutOptions): Deployment;
  advanceDeployment(app: string): Deployment;
  finishDeployment(app: string): Deployment;
  cancelDeployment(app: string): Deployment;
}

export function worldOf(state: WorldState): World {
  return {
    state,
    organizations: () => [...state.organizations.values()],
    spaces: () => [...state.spaces.values()],
    domains: () => [...state.domains.values()],
    applications: () => [...state.applications.values()],
    processes: () => [...state.processes.values()],
    routes: () => [...state.routes.values()],
    organization: (name) => findOrganization(state, name),
    space: (name) => findSpace(state, name),
    application: (name) => findApplication(state, name),
    route: (url) => findRoute(state, url),
    createOrganization: (options) => createOrganization(state, options),
    createSpace: (options) => createSpace(state, options),
    createDomain: (options) => createDomain(state, options),
    deployApplication: (options) => deployApplication(state, options),
    addProcess: (app, options) => addProcess(state, findApplication(state, app), options),
    scale: (app, instances, processType = 'web') => lifecycle.scale(state, { app, instances, processType }),
    stop: (app) => lifecycle.stop(state, app),
    start: (app) => lifecycle.start(state, app),
    delete: (app) => lifecycle.deleteApplication(state, app),
    crash: (options) => lifecycle.crash(state, options),
    recover: (options) => lifecycle.recover(state, options),
    setInstance: (options) => lifecycle.setInstance(state, options),
    reregister: (options) => lifecycle.reregister(state, options),
    setBehaviour: (options) => lifecycle.setBehaviour(state, options),
    mapRoute: (options) => routing.mapRoute(state, options),
    unmapRoute: (options) => routing.unmapRoute(state, options),
    deleteRoute: (url) => routing.deleteRoute(state, url),
    shareRoute: (options) => routing.shareRoute(state, options),
    rename: (options) => lifecycle.rename(state, options),
    setMetadata: (options) => lifecycle.setMetadata(state, options),
    beginRollingDeployment: (options) => beginRollout(state, options),
    advanceDeployment: (app) => advanceRollout(state, app),
    finishDeployment: (app) => finishRollout(state, app),
    cancelDeployment: (app) => cancelRollout(state, app),
  };
}
