import { oneLine } from '../base/errors.js';
import type { Inventory } from '../foundation/inventory.js';
import type { Route } from '../foundation/resources.js';
import { addressOf, gatewayOf } from './address.js';
import { NO_WISHES, readAnnotations, SCHEME } from './annotations.js';
import { type ApplicationFacts, collectFacts, readinessOf } from './application-facts.js';
import { type Candidate, describeApplication, type Found, type Placing, underRule } from './candidate.js';
import { chooseRoute, routesToPort } from './choose-route.js';
import { conflictsBetween } from './conflicts.js';
import type { Directory, IgnoredWish, LeftOut, RuleMatch, TargetApplication } from './directory.js';
import { ignoredWishWarnings } from './ignored-wishes.js';
import { remembering } from './name-selector.js';
import { type OwnApplication, ownPathWarning, pathsToAsk } from './own-application.js';
import { placeName } from './place-name.js';
import { type PlacedApp, type Placement, segmentFor, targetsInOrder } from './placements.js';
import { type Refusal, refusalOf } from './refusal.js';
import { isFor, type Rule } from './rules.js';
import { indexScopes, type RuleScope } from './scope.js';
import { sharedRouteWarnings } from './shared-routes.js';
import { type IntervalBounds, scrapeTiming, type Timing } from './timing.js';

/** Of one application, so that one that is scaled without measure does not take everybody's memory. */
const MOST_INSTANCES = 5000;

export interface SelectOptions {
  /** Those for other foundations are passed over. */
  readonly rules: readonly Rule[];
  readonly inventory: Inventory;
  /** `promregator.defaultInternalRoutePort`. */
  readonly defaultInternalRoutePort: number;
  /** Whether this authenticator, or the default one, sends anything that others must not read. */
  readonly sendsCredentials: (authenticatorId: string | undefined) => boolean;
  /** Of intervals that annotations ask for: `promregator.scraping.intervalBounds`. */
  readonly intervalBoundsMs: IntervalBounds;
  /** This program itself, where it runs on Cloud Foundry. */
  readonly own: OwnApplication | undefined;
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
    ignoredWishes: [],
    findings: new Set(),
    explained: new Set(),
    segments: new Map(),
  };
  const scopeOf = indexScopes(inventory);
  const rules = options.rules.map((rule) => {
    const scope = isFor(rule, inventory.foundation) ? scopeOf(rule) : NOWHERE;
    return applyRule(selection, rule, scope);
  });
  const targets = targetsInOrder(selection.apps.values());
  const { leftOut, ignoredWishes } = selection;
  return {
    foundations: [inventory.foundation],
    targets,
    byKey: new Map(targets.map((target) => [target.key, target])),
    leftOut,
    ignoredWishes,
    rules,
    warnings: [
      ...sharedRouteWarnings(internalRoutes(selection.apps.values()), inventory),
      ...selection.findings,
      ...ignoredWishWarnings(ignoredWishes),
    ],
  };
}

const NOWHERE: RuleScope = { organizations: [], spaces: [] };

/** What grows while the rules are gone through, in their order. */
interface Selection extends SelectOptions {
  readonly facts: ApplicationFacts;
  /** By app guid. */
  readonly apps: Map<string, GrowingApp>;
  readonly leftOut: LeftOut[];
  readonly ignoredWishes: IgnoredWish[];
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

function applyRule(selection: Selection, rule: Rule, scope: RuleScope): RuleMatch {
  const selector = remembering(rule.application);
  const refuse = refusalOf(rule);
  let applications = 0;
  let instances = 0;
  for (const space of scope.spaces) {
    const organization = selection.inventory.organizations.get(space.organizationGuid);
    if (organization === undefined) continue;
    for (const app of selection.facts.bySpace.get(space.guid)?.pick(selector) ?? []) {
      const candidate = { rule, app, space, organization };
      const refusal = refuse(app);
      if (refusal === undefined) {
        applications += 1;
        instances += consider(selection, candidate);
      } else leaveOut(selection, candidate, refusal);
    }
  }
  const { name, foundation } = rule;
  const { organizations, spaces } = scope;
  const counts = { organizations: organizations.length, spaces: spaces.length, applications, instances };
  return { rule: name, foundation, ...counts };
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

/** One target for each path. Those that an earlier rule gives are told only if nothing is left. */
function place(selection: Selection, candidate: Candidate, found: Found): number {
  const { rule } = candidate;
  const timing = scrapeTiming({ rule, wishes: found.wishes, intervalBoundsMs: selection.intervalBoundsMs });
  let instances = 0;
  let earlier: TargetApplication | undefined;
  const annotated = found.wishes.path;
  for (const path of pathsToAsk(candidate, annotated, selection.own)) {
    const outcome = placeAt(selection, { ...candidate, ...found, timing, path });
    if (typeof outcome === 'number') instances += outcome;
    else earlier ??= outcome;
  }
  if (instances > 0) {
    if (found.process.instances > MOST_INSTANCES) selection.findings.add(tooManyInstances(candidate));
    const warning = ownPathWarning(candidate, annotated, selection.own);
    if (warning !== undefined) selection.findings.add(warning);
    noteIgnoredWishes(selection, candidate, found, timing);
  } else if (earlier !== undefined) {
    const detail = `${earlier.rule} gives the same protocol, port and path`;
    leaveOut(selection, candidate, { reason: 'served_by_earlier_rule', detail });
  }
  return instances;
}

/** Returns the number of instances added, or what serves this address already; nothing is added twice by one rule. */
function placeAt(selection: Selection, placing: Placing): number | TargetApplication {
  const { app, rule, path, wishes, route } = placing;
  const { defaultInternalRoutePort } = selection;
  const sendsCredentials = selection.sendsCredentials(rule.authenticatorId);
  const address = addressOf({ rule, path, wishes, route, defaultInternalRoutePort, sendsCredentials });
  const { endpoint } = address;
  const application = describeApplication(selection.inventory.foundation, placing, address);
  const known = selection.apps.get(app.guid);
  const earlier = known?.placements.get(endpoint);
  if (earlier !== undefined) {
    if (earlier.rule === rule) return 0;
    for (const sentence of conflictsBetween(earlier.application, application)) selection.findings.add(sentence);
    return earlier.application;
  }
  const segment = known === undefined ? undefined : segmentOf(selection, endpoint);
  const placement: Placement = { rule, application, address, route: route.route, segment };
  const instances = Math.min(placing.process.instances, MOST_INSTANCES);
  if (known === undefined) selection.apps.set(app.guid, { instances, placements: new Map([[endpoint, placement]]) });
  else known.placements.set(endpoint, placement);
  return instances;
}

/** Said of targets only: who is not scraped has other worries. */
function noteIgnoredWishes(selection: Selection, candidate: Candidate, { wishes }: Found, timing: Timing): void {
  const details = [...timing.ignored];
  if (wishes.scheme === 'http' && isScrapedByTls(selection, candidate)) {
    const reason = candidate.rule.protocol === 'https' ? 'the rule says https' : 'credentials would go in clear';
    details.push(`annotation ${SCHEME} is "http", but ${reason}`);
  }
  for (const detail of details)
    selection.ignoredWishes.push({ ...underRule(selection.inventory.foundation, candidate), detail });
}

function isScrapedByTls({ apps }: Selection, { app, rule }: Candidate): boolean {
  const placements = [...(apps.get(app.guid)?.placements.values() ?? [])];
  return placements.some((placement) => placement.rule === rule && placement.address.protocol === 'https');
}

/** Without the number that it wants, since that changes and a sentence is said once. */
function tooManyInstances({ app, space, organization }: Candidate): string {
  const name = placeName(organization.name, space.name, app.name);
  return oneLine(
    `Application ${name} wants more than ${MOST_INSTANCES} instances: only the first ${MOST_INSTANCES} are scraped.`,
  );
}

function segmentOf(selection: Selection, endpoint: string): string {
  const segment = selection.segments.get(endpoint) ?? segmentFor(endpoint);
  selection.segments.set(endpoint, segment);
  return segment;
}

/** Returns the number of instances added, which is none. */
function leaveOut(selection: Selection, candidate: Candidate, { reason, detail }: Refusal): 0 {
  selection.leftOut.push({ ...underRule(selection.inventory.foundation, candidate), reason, detail });
  return 0;
}

function internalRoutes(apps: Iterable<PlacedApp>): Route[] {
  const routes: Route[] = [];
  for (const { placements } of apps) {
    for (const { address, route } of placements.values()) if (address.kind === 'internal') routes.push(route);
  }
  return routes;
}
