import type {
  Application,
  AuditEvent,
  Deployment,
  Domain,
  Organization,
  Process,
  Route,
  Space,
} from '../world/records.js';
import { unknownError } from './capi-error.js';
import { includedDomains, includedOrganizations, includedSpaces } from './included.js';
import type { Filter, ListKind } from './list.js';
import { renderApplication, STACK } from './resources/application.js';
import { renderAuditEvent } from './resources/audit-event.js';
import { renderDeployment } from './resources/deployment.js';
import { renderDomain } from './resources/domain.js';
import { renderOrganization } from './resources/organization.js';
import { renderProcess } from './resources/process.js';
import { renderRoute } from './resources/route.js';
import { renderSpace } from './resources/space.js';

const TIMES = ['created_at', 'updated_at'] as const;
const TIMES_AND_NAME = [...TIMES, 'name'] as const;

/** Names are compared without regard to case. */
function byName<T extends { readonly name: string }>(values: ReadonlySet<string>): (record: T) => boolean {
  const wanted = new Set([...values].map((value) => value.toLowerCase()));
  return (record) => wanted.has(record.name.toLowerCase());
}

function by<T>(read: (record: T) => string | undefined): Filter<T> {
  return (values) => (record) => {
    const value = read(record);
    return value !== undefined && values.has(value);
  };
}

export const organizationList: ListKind<Organization> = {
  rules: () => ({ filters: ['names'], orderBy: TIMES_AND_NAME }),
  records: (state) => state.organizations.values(),
  visible: (organization, visibility) => visibility.organization(organization),
  filters: { names: byName },
  labels: (organization) => organization.metadata.labels,
  column: (organization) => organization.name,
  render: renderOrganization,
};

export const spaceList: ListKind<Space> = {
  rules: () => ({
    filters: ['names', 'organization_guids'],
    orderBy: TIMES_AND_NAME,
    include: ['org', 'organization'],
  }),
  records: (state) => state.spaces.values(),
  visible: (space, visibility) => visibility.space(space),
  filters: { names: byName, organization_guids: by((space) => space.organization.guid) },
  labels: (space) => space.metadata.labels,
  column: (space) => space.name,
  render: renderSpace,
  included: (spaces, context) => includedOrganizations(spaces, context),
};

export const applicationList: ListKind<Application> = {
  rules: () => ({
    filters: ['names', 'space_guids', 'organization_guids', 'stacks', 'lifecycle_type'],
    orderBy: [...TIMES_AND_NAME, 'state'],
    include: ['space', 'org', 'space.organization'],
    allowed: { lifecycle_type: ['buildpack', 'cnb', 'docker'] },
  }),
  records: (state) => state.applications.values(),
  visible: (application, visibility) => visibility.application(application),
  filters: {
    names: byName,
    space_guids: by((application) => application.space.guid),
    organization_guids: by((application) => application.space.organization.guid),
    stacks: by((application) => (application.lifecycle === 'docker' ? undefined : STACK)),
    lifecycle_type: by((application) => application.lifecycle),
  },
  labels: (application) => application.metadata.labels,
  column: (application, column) => (column === 'state' ? application.state : application.name),
  render: renderApplication,
  included: (applications, context, query) => includedSpaces(applications, context, query.include),
};

export const processList: ListKind<Process> = {
  rules: (features) => ({
    filters: ['types', 'space_guids', 'organization_guids', 'app_guids'],
    orderBy: TIMES,
    ...(features.embedsProcessInstances ? { embed: ['process_instances'] } : {}),
  }),
  records: (state) => state.processes.values(),
  visible: (process, visibility) => visibility.application(process.application),
  filters: {
    types: by((process) => process.type),
    app_guids: by((process) => process.application.guid),
    space_guids: by((process) => process.application.space.guid),
    organization_guids: by((process) => process.application.space.organization.guid),
  },
  labels: (process) => process.metadata.labels,
  render: (process, context, query) =>
    renderProcess(process, context, { command: 'list', embedInstances: query.embed.length > 0 }),
};

/** The list as it fails when Diego is away: whole, and only when it was asked for instances. */
export const processListWithoutDiego: ListKind<Process> = {
  ...processList,
  render(process, context, query) {
    if (query.embed.length > 0) throw unknownError();
    return processList.render(process, context, query);
  },
};

export const routeList: ListKind<Route> = {
  rules: () => ({
    filters: [
      'app_guids',
      'space_guids',
      'organization_guids',
      'domain_guids',
      'hosts',
      'paths',
      'ports',
      'service_instance_guids',
    ],
    orderBy: TIMES,
    include: ['domain', 'space', 'space.organization'],
  }),
  records: (state) => state.routes.values(),
  visible: (route, visibility) => visibility.route(route),
  filters: {
    app_guids: (values) => (route) => route.destinations.some(({ application }) => values.has(application.guid)),
    space_guids: by((route) => route.space.guid),
    organization_guids: by((route) => route.space.organization.guid),
    domain_guids: by((route) => route.domain.guid),
    hosts: by((route) => route.host),
    paths: by((route) => route.path),
    ports: by((route) => (route.port === undefined ? undefined : String(route.port))),
    service_instance_guids: () => () => false,
  },
  labels: (route) => route.metadata.labels,
  render: renderRoute,
  included: (routes, context, query) => ({
    ...(query.include.includes('domain') ? includedDomains(routes, context) : {}),
    ...(query.include.some((each) => each !== 'domain') ? includedSpaces(routes, context, query.include) : {}),
  }),
};

export const domainList: ListKind<Domain> = {
  rules: () => ({ filters: ['names', 'organization_guids'], orderBy: TIMES }),
  records: (state) => state.domains.values(),
  visible: (domain, visibility) => visibility.domain(domain),
  filters: { names: byName, organization_guids: by((domain) => domain.organization?.guid) },
  labels: (domain) => domain.metadata.labels,
  render: (domain, context) => renderDomain(domain, context, 'list'),
};

export const deploymentList: ListKind<Deployment> = {
  rules: () => ({ filters: ['app_guids', 'states', 'status_reasons', 'status_values'], orderBy: TIMES }),
  records: (state) => state.deployments.values(),
  visible: (deployment, visibility) => visibility.application(deployment.application),
  filters: {
    app_guids: by((deployment) => deployment.application.guid),
    states: by((deployment) => deployment.reason),
    status_reasons: by((deployment) => deployment.reason),
    status_values: by((deployment) => deployment.status),
  },
  labels: (deployment) => deployment.metadata.labels,
  render: renderDeployment,
};

export const auditEventList: ListKind<AuditEvent> = {
  rules: () => ({
    filters: ['types', 'target_guids', 'space_guids', 'organization_guids'],
    orderBy: TIMES,
    negatable: ['target_guids'],
    labels: false,
  }),
  records: (state) => state.events,
  visible: (event, visibility) => visibility.event(event),
  filters: {
    types: by((event) => event.type),
    target_guids: by((event) => event.target.guid),
    space_guids: by((event) => event.spaceGuid),
    organization_guids: by((event) => event.organizationGuid),
  },
  labels: () => ({}),
  render: renderAuditEvent,
  countsApart: true,
};
