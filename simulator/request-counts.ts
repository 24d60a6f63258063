import type { RequestKind } from './request-kind.js';

/** How many lines of the past are kept. */
const KEPT_LINES = 1_000;

export interface LoggedRequest {
  readonly kind: RequestKind;
  readonly method: string;
  readonly host: string;
  /** Path and query as sent; form bodies with secrets are not kept. */
  readonly target: string;
  /** undefined while it is not answered, or when it never is. */
  readonly status: number | undefined;
}

/** What the simulated foundation was asked for, since its start or the last reset. */
export interface RequestCounts {
  count(kind: RequestKind): number;
  /** Bytes of bodies sent in answers, before TLS. */
  bytes(kind: RequestKind): number;
  total(): number;
  totalBytes(): number;
  /** All kinds, also those never asked for. */
  byKind(): Readonly<Record<RequestKind, number>>;
  bytesByKind(): Readonly<Record<RequestKind, number>>;
  /** The last requests to API and UAA, oldest first. Scrapes are counted only. */
  recent(): readonly LoggedRequest[];
  reset(): void;
}

export interface RequestRecorder extends RequestCounts {
  /** Notes a request when it comes in; what is returned notes its answer. */
  arrived(request: Omit<LoggedRequest, 'status'>): ArrivedRequest;
}

export interface ArrivedRequest {
  answered(status: number): void;
  sent(bytes: number): void;
}

export function createRequestRecorder(): RequestRecorder {
  let counts = zeros();
  let bytes = zeros();
  let log: Writable<LoggedRequest>[] = [];
  const sum = (record: Record<RequestKind, number>): number => Object.values(record).reduce((a, b) => a + b, 0);
  return {
    count: (kind) => counts[kind],
    bytes: (kind) => bytes[kind],
    total: () => sum(counts),
    totalBytes: () => sum(bytes),
    byKind: () => ({ ...counts }),
    bytesByKind: () => ({ ...bytes }),
    recent: () => log.map((line) => ({ ...line })),
    reset() {
      counts = zeros();
      bytes = zeros();
      log = [];
    },
    arrived(request) {
      counts[request.kind] += 1;
      const line: Writable<LoggedRequest> = { ...request, status: undefined };
      if (request.kind !== 'scrape') {
        log.push(line);
        if (log.length > KEPT_LINES) log.shift();
      }
      return {
        answered: (status) => {
          line.status = status;
        },
        sent: (sentBytes) => {
          bytes[request.kind] += sentBytes;
        },
      };
    },
  };
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function zeros(): Record<RequestKind, number> {
  return {
    root: 0,
    info: 0,
    organizations: 0,
    spaces: 0,
    apps: 0,
    processes: 0,
    stats: 0,
    routes: 0,
    domains: 0,
    deployments: 0,
    audit_events: 0,
    token: 0,
    uaa: 0,
    scrape: 0,
    other: 0,
  };
}
