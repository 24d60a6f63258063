/** What the simulator's process tells of itself, once, when it is ready. */
export interface SimulatorFacts {
  readonly apiHost: string;
  readonly username: string;
  readonly password: string;
  readonly caFile: string;
  readonly connectTo: readonly string[];
  readonly controlUrl: string;
}

/** Connections that carried a request, as the foundation's side saw them. */
export interface ServedConnections {
  /** Over TLS. */
  readonly secured: number;
  /** Those of them that resumed an earlier session, which spares both sides the certificate. */
  readonly resumed: number;
}

/** Messages from the simulator's process; any message to it asks for the connections. */
export type SimulatorMessage =
  | { readonly type: 'ready'; readonly facts: SimulatorFacts }
  | { readonly type: 'connections'; readonly served: ServedConnections };
