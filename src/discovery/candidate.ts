import type { App, Organization, Process, Space } from '../foundation/resources.js';
import type { Address } from './address.js';
import type { ScrapeWishes } from './annotations.js';
import type { WebRoute } from './choose-route.js';
import type { AppUnderRule, TargetApplication } from './directory.js';
import type { Rule } from './rules.js';
import type { Timing } from './timing.js';

/** An application that a rule names. */
export interface Candidate {
  readonly rule: Rule;
  readonly app: App;
  readonly space: Space;
  readonly organization: Organization;
}

/** What there is to ask it by. */
export interface Found {
  readonly process: Process;
  readonly route: WebRoute;
  readonly wishes: ScrapeWishes;
}

/** All that one address takes. */
export interface Placing extends Candidate, Found {
  readonly path: string;
  readonly timing: Timing;
}

/** For people. */
export function underRule(foundation: string, { app, space, organization, rule }: Candidate): AppUnderRule {
  return {
    foundation,
    appGuid: app.guid,
    appName: app.name,
    spaceName: space.name,
    organizationName: organization.name,
    rule: rule.name,
  };
}

export function describeApplication(foundation: string, placing: Placing, address: Address): TargetApplication {
  const { rule, app, space, organization, process, route, timing } = placing;
  return {
    foundation,
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
    tlsId: rule.tlsId,
    accessId: rule.accessId,
    scrapeIntervalMs: timing.intervalMs,
    scrapeTimeoutMs: timing.timeoutMs,
  };
}
