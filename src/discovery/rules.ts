import type { NameSelector } from './name-selector.js';

/** One entry of `promregator.targets`, in force. Only what discovery needs; facts/promregator.md 3. */
export interface Rule {
  /** For people: `promregator.targets[3]`. */
  readonly name: string;
  readonly organization: NameSelector;
  readonly space: NameSelector;
  readonly application: NameSelector;
  /** Path of the metrics within the application; may carry a query. */
  readonly path: string;
  /** Undefined when the rule does not say: `https` through the router, `http` on internal routes. */
  readonly protocol: Protocol | undefined;
  readonly authenticatorId?: string | undefined;
  /** In order of preference; matched against the URL of a route without scheme. */
  readonly preferredRouteRegex: readonly RouteMatcher[];
  readonly internalRoutePort: number | undefined;
  /** Host and path of a gateway in front of the application, without scheme. */
  readonly overrideRouteAndPath: string | undefined;
  /** Whether the annotations `prometheus.io/…` of an application decide. */
  readonly kubernetesAnnotations: boolean;
}

export type Protocol = 'http' | 'https';

export interface RouteMatcher {
  readonly source: string;
  /** Whether the whole text matches, with regard to case. */
  test(text: string): boolean;
}
