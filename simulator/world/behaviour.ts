import type { Milliseconds } from '../../src/base/duration.js';

export type ExpositionFormat = 'text' | 'openmetrics' | 'protobuf';

/** How an application, or one instance of it, answers. */
export interface Behaviour {
  /** Path under which its metrics are found. */
  readonly path: string;
  /** Port inside the container on which its metrics are found. */
  readonly port: number;
  /** Further ports on which it listens, without metrics. */
  readonly otherPorts: readonly number[];
  /** What it offers; Accept chooses among them, text when nothing fits. */
  readonly formats: readonly ExpositionFormat[];
  /** Whether it compresses for clients that accept gzip. */
  readonly gzip: boolean;
  /** Approximate size of the uncompressed exposition. */
  readonly bodyBytes: number;
  /** Whether it exports series named `promregator_up` and `promregator_scrape_duration_seconds` itself. */
  readonly exportsPromregatorSeries: boolean;
  /** What it demands before it shows its metrics. */
  readonly credentials: RequiredCredentials | undefined;
  /** Answers metrics requests with this instead of an exposition. */
  readonly canned: CannedAnswer | undefined;
  readonly delayMs: Milliseconds;
  /** Sets a `JSESSIONID` cookie with each answer, which makes the router set `__VCAP_ID__`. */
  readonly setsSession: boolean;
}

export type RequiredCredentials =
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  | { readonly scheme: 'bearer'; readonly token: string }
  /** A token that the foundation's UAA gave, with this scope where one is stated. */
  | { readonly scheme: 'uaa-token'; readonly scope?: string }
  /** A client certificate for this common name, as the router tells of it. */
  | { readonly scheme: 'client-certificate'; readonly commonName: string };

export interface CannedAnswer {
  readonly status?: number;
  /** null: no Content-Type at all. */
  readonly contentType?: string | null;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a Cloud Foundry application does when nothing else is said: all formats at `/metrics` on port 8080. */
export function defaultBehaviour(bodyBytes: number): Behaviour {
  return {
    path: '/metrics',
    port: 8080,
    otherPorts: [],
    formats: ['text', 'openmetrics', 'protobuf'],
    gzip: true,
    bodyBytes,
    exportsPromregatorSeries: false,
    credentials: undefined,
    canned: undefined,
    delayMs: 0,
    setsSession: false,
  };
}
