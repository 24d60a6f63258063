import type { Milliseconds } from '../base/duration.js';
import type { Metadata } from '../foundation/resources.js';

/**
 * Every instance that the rules select, with all that a scrape of it needs. Immutable; replaced whole.
 */
export interface Directory {
  /** Those whose inventory it was made from, in the order of the configuration. */
  readonly foundations: readonly string[];
  /** In stable order: foundation as configured, organization, space, application, index, then rule and path. */
  readonly targets: readonly Target[];
  /** The same by key, so that a scrape is one lookup whatever the size. */
  readonly byKey: ReadonlyMap<string, Target>;
  /** Applications that a rule names and that gave no target, with the reason, for the debug view. */
  readonly leftOut: readonly LeftOut[];
  /** What applications ask for by their annotations and do not get; their targets stay. */
  readonly ignoredWishes: readonly IgnoredWish[];
  /** One entry a rule, in the rules' order; rules that are for other foundations only have one too. */
  readonly rules: readonly RuleMatch[];
  /** Sentences for the operator's log, such as two applications on one internal route. Stable texts: said once. */
  readonly warnings: readonly string[];
}

export interface Target {
  /** What stands behind `/singleTargetMetrics/`: `<app guid>/<index>`, and a third segment where two rules differ. */
  readonly key: string;
  /** `<app guid>:<index>`, plus `:<segment>` where the key has one. */
  readonly instanceId: string;
  readonly index: number;
  /** Scheme, host and port to connect to, without path: `https://orders.apps.example.org`. */
  readonly origin: string;
  /** Path of the request, as it goes on the wire. */
  readonly path: string;
  /** Value of `X-CF-APP-INSTANCE`; undefined where no router stands between (internal routes, gateways). */
  readonly instanceHeader: string | undefined;
  /** Shared by all instances of an application at one address. */
  readonly application: TargetApplication;
}

export interface TargetApplication {
  readonly foundation: string;
  readonly organizationGuid: string;
  readonly organizationName: string;
  readonly spaceGuid: string;
  readonly spaceName: string;
  readonly guid: string;
  readonly name: string;
  readonly processGuid: string;
  /** URL of the route in use, without scheme, as Cloud Foundry shows it. */
  readonly route: string;
  readonly domain: string;
  readonly internal: boolean;
  readonly labels: Metadata;
  readonly annotations: Metadata;
  /** Name of the rule for people: its id, else `promregator.targets[3]`. */
  readonly rule: string;
  readonly authenticatorId: string | undefined;
  /** Which settings of TLS count; undefined means the default ones. */
  readonly tlsId: string | undefined;
  /** Stands for the credentials and the TLS settings that it was selected with, whatever they are called. */
  readonly accessId: string;
  /** What Prometheus is told in place of the interval of its job, together with the time-out or not at all. */
  readonly scrapeIntervalMs: Milliseconds | undefined;
  readonly scrapeTimeoutMs: Milliseconds | undefined;
}

/** An application under a rule, as far as people need it. */
export interface AppUnderRule {
  readonly foundation: string;
  readonly appGuid: string;
  readonly appName: string;
  readonly spaceName: string;
  readonly organizationName: string;
  readonly rule: string;
}

export interface IgnoredWish extends AppUnderRule {
  /** Names the annotation, and why it is not honoured. */
  readonly detail: string;
}

export interface LeftOut extends AppUnderRule {
  readonly reason: LeftOutReason;
  /** The reason in words, naming what was found. */
  readonly detail: string;
}

export type LeftOutReason =
  | 'excluded'
  | 'label_selector'
  | 'stopped'
  | 'no_web_process'
  | 'no_instances'
  | 'no_route'
  | 'not_annotated'
  | 'bad_annotation'
  | 'served_by_earlier_rule'
  | 'served_by_earlier_foundation';

export interface RuleMatch {
  readonly rule: string;
  /** The only foundation that the rule is for. */
  readonly foundation: string | undefined;
  readonly organizations: number;
  readonly spaces: number;
  readonly applications: number;
  /** Instances that this rule put into the directory, counted once for each path. */
  readonly instances: number;
}
