import type { Metadata } from '../foundation/resources.js';

/**
 * Every instance that the rules select, with all that a scrape of it needs. Immutable; replaced whole.
 */
export interface Directory {
  /** In stable order: organization, space, application, index, then rule. */
  readonly targets: readonly Target[];
  /** The same by key, so that a scrape is one lookup whatever the size. */
  readonly byKey: ReadonlyMap<string, Target>;
  /** Applications that a rule names and that gave no target, with the reason, for the debug view. */
  readonly leftOut: readonly LeftOut[];
  /** One entry a rule, in the rules' order. */
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
  /** Shared by all instances of an application under one rule. */
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
  /** Name of the rule for people: `promregator.targets[3]`. */
  readonly rule: string;
  readonly authenticatorId: string | undefined;
}

export interface LeftOut {
  readonly appGuid: string;
  readonly appName: string;
  readonly spaceName: string;
  readonly organizationName: string;
  readonly rule: string;
  readonly reason: LeftOutReason;
  /** The reason in words, naming what was found. */
  readonly detail: string;
}

export type LeftOutReason =
  | 'stopped'
  | 'no_web_process'
  | 'no_instances'
  | 'no_route'
  | 'not_annotated'
  | 'bad_annotation'
  | 'served_by_earlier_rule';

export interface RuleMatch {
  readonly rule: string;
  readonly organizations: number;
  readonly spaces: number;
  readonly applications: number;
  /** Instances that this rule put into the directory. */
  readonly instances: number;
}
