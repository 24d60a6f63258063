import { oneLine } from '../base/errors.js';
import type { Inventory } from '../foundation/inventory.js';
import type { App, Organization, Process, Route, Space } from '../foundation/resources.js';
import { type Address, addressOf, gatewayOf } from './address.js';
import { NO_WISHES, readAnnotations, type ScrapeWishes } from './annotations.js';
import { type ApplicationFacts, collectFacts, readinessOf } from './application-facts.js';
import { chooseRoute, routesToPort, type WebRoute } from './choose-route.js';
import type { Directory, LeftOut, LeftOutReason, RuleMatch, TargetApplication } from './directory.js';
import { remembering } from './name-selector.js';
import { type PlacedApp, type Placement, segmentFor, targetsInOrder } from './placements.js';
import type { Rule } from './rules.js';
import { indexScopes, type RuleScope } from './scope.js';
import { sharedRouteWarnings } from './shared-routes.js';

/** Of one application, so that one that is scaled without measure does not take everybody's memory. */
const MOST_INSTANCES = 5000;

export interface SelectOptions {
  readonly rules: readonly Rule[];
  readonly inventory: Inventory;
  /** `promregator.defaultInternalRoutePort`. */
  readonly defaultInternalRoutePort: number;
}

/**
 * Every instance that the rules pick, out of one inventory. Pure: the same values give the same directory.
 *
 * The work grows with the inventory, plus rules times the applications that each of them picks.
 */
export function selectTargets(options: SelectOptions): Directory {
  const { inventory } = options;
  const selection: Selection = {
    ...options,
    facts: collectFacts(inventory),
    apps: new Map(),
    leftOut: [],
    findings: new Set(),
    explained: new Set(),
    segments: new Map(),
  };
  const scopeOf = indexScopes(inventory);
  const rules = options.rules.map((rule) => applyRule(selection, rule, scopeOf(rule)));
  const targets = targetsInOrder(selection.apps.values());
  return {
    targets,
    byKey: new Map(targets.map((target) => [target.key, target])),
    leftOut: selection.leftOut,
    rules,
    warnings: [...sharedRouteWarnings(internalRoutes(selection.apps.values()), inventory), ...selection.findings],
  };
}

/** What grows while the rules are gone through, in their order. */
interface Selection extends SelectOptions {
  readonly facts: ApplicationFacts;
  /** By app guid. */
  readonly apps: Map<string, GrowingApp>;
  readonly leftOut: LeftOut[];
  /** Sentences on rules that contradict each other and on applications that are too large, each once. */
  readonly findings: Set<string>;
  /** Guids of applications whose absence no rule can change; said once, not once a rule. */
  readonly explained: Set<string>;
  /** Key segments by endpoint: most applications share theirs. */
  readonly segments: Map<string, string>;
}

interface GrowingApp extends PlacedApp {
  readonly placements: Map<string, Placement>;
}

interface Candidate {
  readonly rule: Rule;
  readonly app: App;
  readonly space: Space;
  readonly organization: Organization;
}

interface Found {
  readonly process: Process;
  readonly route: WebRoute;
  readonly wishes: ScrapeWishes;
}

interface Refusal {
  readonly reason: LeftOutReason;
  readonly detail: string;
}

function applyRule(selection: Selection, rule: Rule, scope: RuleScope): RuleMatch {
  const selector = remembering(rule.application);
  let applications = 0;
  let instances = 0;
  for (const space of scope.spaces) {
    const organization = selection.inventory.organizations.get(space.organizationGuid);
    if (organization === undefined) continue;
    for (const app of selection.facts.bySpace.get(space.guid)?.pick(selector) ?? []) {
      applications += 1;
      instances += consider(selection, { rule, app, space, organization });
    }
  }
  const { organizations, spaces } = scope;
  return { rule: rule.name, organizations: organizations.length, spaces: spaces.length, applications, instances };
}

/** Places one application under one rule, or says why not. Returns the instances that this added. */
function consider(selection: Selection, candidate: Candidate): number {
  const { app, rule } = candidate;
  const readiness = readinessOf(app, selection.facts);
  if (readiness.kind === 'lack') {
    if (!selection.explained.has(app.guid)) leaveOut(selection, candidate, readiness);
    selection.explained.add(app.guid);
    return 0;
  }
  const reading = rule.kubernetesAnnotations ? readAnnotations(app.annotations) : UNREAD;
  if (reading.kind !== 'wishes') {
    return leaveOut(selection, candidate, { reason: reading.kind, detail: reading.detail });
  }
  const gateway = gatewayOf(rule);
  if (gateway !== undefined && !URL.canParse(`https://${gateway.authority}`)) {
    const detail = `overrideRouteAndPath of the rule cannot be asked, because a URL may not hold its host name ${oneLine(gateway.authority)}`;
    return leaveOut(selection, candidate, { reason: 'no_route', detail });
  }
  const { wishes } = reading;
  const usable = wishes.port === undefined ? readiness.routes : routesToPort(readiness.routes, wishes.port);
  const route = chooseRoute(usable, rule.preferredRouteRegex);
  if (route === undefined) {
    const detail = `no route leads to port ${wishes.port} of its web process (annotation prometheus.io/port)`;
    return leaveOut(selection, candidate, { reason: 'no_route', detail });
  }
  return place(selection, candidate, { process: readiness.process, route, wishes });
}

const UNREAD = { kind: 'wishes', wishes: NO_WISHES } as const;

function place(selection: Selection, candidate: Candidate, found: Found): number {
  const { app, rule } = candidate;
  const { defaultInternalRoutePort } = selection;
  const address = addressOf({ rule, ...found, defaultInternalRoutePort });
  const { endpoint } = address;
  const known = selection.apps.get(app.guid);
  const earlier = known?.placements.get(endpoint);
  if (earlier !== undefined) {
    noteConflict(selection, earlier.application, rule);
    const detail = `${earlier.application.rule} gives the same protocol, port and path`;
    return leaveOut(selection, candidate, { reason: 'served_by_earlier_rule', detail });
  }
  const segment = known === undefined ? undefined : segmentOf(selection, endpoint);
  const application = describe(selection, { ...candidate, ...found, address });
  const placement: Placement = { application, address, route: found.route.route, segment };
  const instances = Math.min(found.process.instances, MOST_INSTANCES);
  if (instances < found.process.instances) selection.findings.add(tooManyInstances(candidate));
  if (known === undefined) selection.apps.set(app.guid, { instances, placements: new Map([[endpoint, placement]]) });
  else known.placements.set(endpoint, placement);
  return instances;
}

/** Without the number that it wants, since that changes and a sentence is said once. */
function tooManyInstances({ app, space, organization }: Candidate): string {
  const name = `${organization.name}/${space.name}/${app.name}`;
  return oneLine(
    `Application ${name} wants more than ${MOST_INSTANCES} instances: only the first ${MOST_INSTANCES} are scraped.`,
  );
}

/** The first rule decides about credentials too, which its author may not have meant. */
function noteConflict(selection: Selection, earlier: TargetApplication, rule: Rule): void {
  if (earlier.authenticatorId === rule.authenticatorId) return;
  const of = (id: string | undefined): string =>
    id === undefined ? 'the default authenticator' : `authenticator '${id}'`;
  selection.findings.add(
    `${rule.name} names ${of(rule.authenticatorId)} for applications that ${earlier.rule} scrapes already with ${of(earlier.authenticatorId)}; the earlier rule counts`,
  );
}

function segmentOf(selection: Selection, endpoint: string): string {
  const segment = selection.segments.get(endpoint) ?? segmentFor(endpoint);
  selection.segments.set(endpoint, segment);
  return segment;
}

interface Description extends Candidate, Found {
  readonly address: Address;
}

function describe(selection: Selection, description: Description): TargetApplication {
  const { rule, app, space, organization, process, route, address } = description;
  return {
    foundation: selection.inventory.foundation,
    organizationGuid: organization.guid,
    organizationName: organization.name,
    spaceGuid: space.guid,
    spaceName: space.name,
    guid: app.guid,
    name: app.name,
    processGuid: process.guid,
    route: route.route.url,
    domain: route.domain,
    internal: address.kind === 'internal',
    labels: app.labels,
    annotations: app.annotations,
    rule: rule.name,
    authenticatorId: rule.authenticatorId,
  };
}

/** Returns the number of instances added, which is none. */
function leaveOut(selection: Selection, candidate: Candidate, { reason, detail }: Refusal): 0 {
  selection.leftOut.push({
    appGuid: candidate.app.guid,
    appName: candidate.app.name,
    spaceName: candidate.space.name,
    organizationName: candidate.organization.name,
    rule: candidate.rule.name,
    reason,
    detail,
  });
  return 0;
}

function internalRoutes(apps: Iterable<PlacedApp>): Route[] {
  const routes: Route[] = [];
  for (const { placements } of apps) {
    for (const { address, route } of placements.values()) if (address.kind === 'internal') routes.push(route);
  }
  return routes;
}
