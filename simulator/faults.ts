import type { Milliseconds, Seconds } from '../src/base/duration.js';
import type { RequestKind } from './request-kind.js';
import { SimulatorError } from './simulator-error.js';

/** Which requests a fault befalls. Everything that is stated has to fit. */
export interface FaultMatcher {
  /** Default `any`. */
  readonly kind?: RequestKind | 'any';
  /** Name or guid of the application that a scrape reaches. */
  readonly app?: string;
  /** Index of the instance that a scrape reaches. */
  readonly index?: number;
  /** Regular expression for path and query as sent. */
  readonly path?: string;
  /** Befalls so many requests, then no more. Default: until removed. */
  readonly times?: number;
  /** Lets so many matching requests pass first. Default 0. */
  readonly after?: number;
}

/** Form of the body of an error. */
export type FaultForm = 'capi' | 'router' | 'nginx' | 'uaa' | 'html' | 'text' | 'empty';

export type FaultAction =
  /** Answers as usual, later. Goes together with other faults. */
  | { readonly type: 'delay'; readonly delayMs: Milliseconds }
  | StatusFault
  /** Closes the connection with a TCP reset. */
  | { readonly type: 'reset'; readonly when: FaultMoment }
  /** Says nothing more and keeps the connection. */
  | { readonly type: 'hang'; readonly when: FaultMoment }
  /** Ends the connection after so many bytes of the body. */
  | { readonly type: 'truncate'; readonly bytes: number; readonly framing: 'content-length' | 'chunked' }
  /** The body again and again until the client leaves; as fast as it reads, unless an interval is given. */
  | { readonly type: 'endless'; readonly intervalMs?: Milliseconds }
  /** The body in small pieces. */
  | { readonly type: 'drip'; readonly bytes: number; readonly intervalMs: Milliseconds }
  /** Half of the body, with a Content-Length that fits it. */
  | { readonly type: 'broken_json' }
  /** 200 with a page of HTML instead of what was asked for. */
  | { readonly type: 'html' }
  /** The usual body under another Content-Type; null for none. */
  | { readonly type: 'content_type'; readonly value: string | null }
  /** 401 with code 1000, as for an expired token. */
  | { readonly type: 'invalid_token' }
  /** 429 as the rate limiter sends it. */
  | { readonly type: 'rate_limit'; readonly retryAfterSeconds: Seconds }
  /** A page of a list lacks its last resources; what it says about itself stays. */
  | { readonly type: 'short_page'; readonly missing: number }
  /** Every page of a list but the first repeats the one before it. */
  | { readonly type: 'repeated_page' }
  /** `total_results` grows by so many from page to page; a negative step makes it fall. */
  | { readonly type: 'moving_total'; readonly step: number }
  /** A list ends after so many elements, and its totals fit: as if there were no more. */
  | { readonly type: 'cut_list'; readonly keep: number };

export type FaultMoment = 'before_head' | 'after_head' | 'mid_body';

export interface StatusFault {
  readonly type: 'status';
  readonly status: number;
  readonly form: FaultForm;
  /** For `capi`: code, title and detail; for `router`: the word in `X-Cf-Routererror` and the message; for `uaa`: error and description. */
  readonly code?: number;
  readonly title?: string;
  readonly detail?: string;
  readonly retryAfterSeconds?: Seconds;
  /** Further headers as they are, such as a `Retry-After` that is no number. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type FaultRule = FaultMatcher & { readonly action: FaultAction };

export interface FaultHandle {
  readonly id: number;
  remove(): void;
}

export interface FaultView {
  readonly id: number;
  readonly rule: FaultRule;
  /** Requests that it has befallen so far. */
  readonly befallen: number;
}

/** Misbehaviour on command. Of several rules that fit a request, delays add up and the first of the others acts. */
export interface Faults {
  /** Throws a `SimulatorError` when the path is no regular expression. */
  add(rule: FaultRule): FaultHandle;
  /** False when there is no such fault. */
  remove(id: number): boolean;
  clear(): void;
  list(): readonly FaultView[];
  /** What befalls a request; counts it. */
  befall(target: FaultTarget): readonly FaultAction[];
}

/** What a rule is compared with. */
export interface FaultTarget {
  readonly kind: RequestKind;
  readonly path: string;
  readonly applicationName?: string;
  readonly applicationGuid?: string;
  readonly index?: number;
}

interface Entry {
  readonly id: number;
  readonly rule: FaultRule;
  readonly pattern: RegExp | undefined;
  matched: number;
  befallen: number;
}

export function createFaults(): Faults {
  const entries = new Map<number, Entry>();
  let lastId = 0;
  return {
    add(rule) {
      lastId += 1;
      const id = lastId;
      const pattern = rule.path === undefined ? undefined : readPattern(rule.path);
      entries.set(id, { id, rule, pattern, matched: 0, befallen: 0 });
      return { id, remove: () => entries.delete(id) };
    },
    remove: (id) => entries.delete(id),
    clear: () => entries.clear(),
    list: () => [...entries.values()].map(({ id, rule, befallen }) => ({ id, rule, befallen })),
    befall(target) {
      if (entries.size === 0) return NOTHING;
      return [...entries.values()].filter((entry) => strikes(entry, target)).map((entry) => entry.rule.action);
    },
  };
}

const NOTHING: readonly FaultAction[] = [];

function readPattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new SimulatorError('invalid', `The path of a fault is no regular expression: ${text}`, { cause: error });
  }
}

function strikes(entry: Entry, target: FaultTarget): boolean {
  if (!matches(entry, target)) return false;
  entry.matched += 1;
  if (entry.matched <= (entry.rule.after ?? 0)) return false;
  if (entry.befallen >= (entry.rule.times ?? Number.POSITIVE_INFINITY)) return false;
  entry.befallen += 1;
  return true;
}

function matches({ rule, pattern }: Entry, target: FaultTarget): boolean {
  if (rule.kind !== undefined && rule.kind !== 'any' && rule.kind !== target.kind) return false;
  if (rule.app !== undefined && rule.app !== target.applicationName && rule.app !== target.applicationGuid)
    return false;
  if (rule.index !== undefined && rule.index !== target.index) return false;
  return pattern === undefined || pattern.test(target.path);
}
