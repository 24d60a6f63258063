import type { Milliseconds } from '../base/duration.js';
import type { LabelSelector } from '../config/label-selector.js';
import type { NameSelector } from './name-selector.js';

/** One entry of `promregator.targets`, in force. Only what discovery needs; facts/promregator.md 3. */
export interface Rule {
  /** The operator's own name for it, by which a caller can ask for its targets. */
  readonly id: string | undefined;
  /** For people: the id, else `promregator.targets[3]`. */
  readonly name: string;
  /** The only foundation that it is for; undefined means all of them. */
  readonly foundation: string | undefined;
  readonly organization: NameSelector;
  readonly space: NameSelector;
  readonly application: NameSelector;
  /** Applications that it does not take after all, by name. */
  readonly excludeApplication: TextMatcher | undefined;
  readonly labelSelector: LabelSelector | undefined;
  /** Paths of the metrics within the application, each a target of its own; never empty. May carry queries. */
  readonly paths: readonly string[];
  /** Undefined when the rule does not say: `https` through the router, `http` on internal routes. */
  readonly protocol: Protocol | undefined;
  /** Undefined means the default one. */
  readonly authenticatorId: string | undefined;
  /** Says which settings of TLS count, so which connections to use; undefined means the default ones. */
  readonly tlsId: string | undefined;
  /** Stands for the credentials and the TLS settings themselves, whatever they are called. */
  readonly accessId: string;
  /** In order of preference; matched against the URL of a route without scheme. */
  readonly preferredRouteRegex: readonly TextMatcher[];
  readonly internalRoutePort: number | undefined;
  /** Host and path of a gateway in front of the application, without scheme. */
  readonly overrideRouteAndPath: string | undefined;
  /** Whether the annotations `prometheus.io/…` of an application decide. */
  readonly kubernetesAnnotations: boolean;
  /** What Prometheus is told in place of the interval of its job. */
  readonly scrapeIntervalMs: Milliseconds | undefined;
  /** Counts beside an interval only, of the rule or of an annotation. */
  readonly scrapeTimeoutMs: Milliseconds | undefined;
}

export type Protocol = 'http' | 'https';

export interface TextMatcher {
  readonly source: string;
  /** Whether the whole text matches; the expression itself decides about case. */
  test(text: string): boolean;
}

/** Whether a rule is for this foundation too. */
export function isFor(rule: Pick<Rule, 'foundation'>, foundation: string): boolean {
  return rule.foundation === undefined || rule.foundation === foundation;
}
