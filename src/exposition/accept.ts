import {
  type Exposition,
  type ExpositionFormat,
  isEscapingScheme,
  OPENMETRICS_TYPE,
  openMetricsExposition,
  PROTOBUF,
  PROTOBUF_ENCODING,
  PROTOBUF_MESSAGE,
  PROTOBUF_TYPE,
  TEXT,
  TEXT_TYPE,
  withEscaping,
} from './content-type.js';
import { type MediaType, parseMediaType, qualityOf, splitClauses } from './media-type.js';

/** What an application is asked for when the caller names nothing that we pass on. */
export const DEFAULT_ACCEPT = `${TEXT_TYPE};version=0.0.4;q=0.5,*/*;q=0.1`;

/** The longest header of a real Prometheus has 300 characters; a longer one than this, in characters, is not read. */
const MAX_LENGTH = 2000;

/** One clause of Accept that we can serve or pass on. */
interface Clause {
  /** `any` is the wildcard, which an application may answer as it likes. */
  readonly format: ExpositionFormat | 'any';
  readonly quality: number;
  /** The clause as we send it: known parameters only, each once, without blanks. */
  readonly text: string;
  /** How an answer of ours to this clause is labelled; for `any` as text. */
  readonly exposition: Exposition;
}

const ANY_TYPE = '*/*';
const TEXT_VERSIONS: ReadonlySet<string | undefined> = new Set([undefined, '0.0.4', '1.0.0']);
const OPENMETRICS_VERSIONS: ReadonlySet<string | undefined> = new Set([undefined, '0.0.1', '1.0.0']);

/** A quality value that can be sent on as it is (RFC 9110 12.4.2). */
const WELL_FORMED_QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * What we ask the application for: the caller's clauses cut down to the formats that we pass on, in their order, with
 * their quality and escaping. Formats that the caller did not name are never asked for, since it could not read them.
 * A header of more than 2,000 characters counts as absent, here and below.
 */
export function cutAccept(accept: string | undefined): string {
  return cutOf(parseAccept(accept));
}

/**
 * The format in which we answer when the whole body is ours, by the rule of client_golang (facts/prometheus.md 2.1):
 * highest quality first, then order, the first that is offered; text when none is.
 */
export function preferredFormat(accept: string | undefined, offered: readonly ExpositionFormat[]): Exposition {
  return preferredOf(parseAccept(accept), offered);
}

/** The same two answers, remembering the headers seen last: a Prometheus sends one and the same each time. */
export interface AcceptNegotiation {
  cut(accept: string | undefined): string;
  preferred(accept: string | undefined, offered: readonly ExpositionFormat[]): Exposition;
}

const MAX_REMEMBERED = 32;
/** Longer ones are not worth the memory. */
const MAX_REMEMBERED_LENGTH = 1024;

interface Remembered {
  readonly accept: string;
  readonly clauses: readonly Clause[];
  readonly cut: string;
}

export function createAcceptNegotiation(): AcceptNegotiation {
  const memo = new Map<string, Remembered>();
  let last: Remembered | undefined;

  function read(accept: string): Remembered {
    // Each request brings the header as a new text: comparing it with the last one is cheaper than hashing it.
    if (last?.accept === accept) return last;
    const known = memo.get(accept) ?? remember(accept);
    last = known;
    return known;
  }

  function remember(accept: string): Remembered {
    const clauses = parseAccept(accept);
    const fresh = { accept, clauses, cut: cutOf(clauses) };
    if (accept.length > MAX_REMEMBERED_LENGTH) return fresh;
    if (memo.size >= MAX_REMEMBERED) memo.clear();
    memo.set(accept, fresh);
    return fresh;
  }

  return {
    cut: (accept) => (accept === undefined ? DEFAULT_ACCEPT : read(accept).cut),
    preferred: (accept, offered) => (accept === undefined ? TEXT : preferredOf(read(accept).clauses, offered)),
  };
}

function cutOf(clauses: readonly Clause[]): string {
  // An exclusion (q=0) is kept, because it limits `*/*`; exclusions alone ask for nothing.
  if (!clauses.some((clause) => clause.quality > 0)) return DEFAULT_ACCEPT;
  return clauses.map((clause) => clause.text).join(',');
}

function preferredOf(clauses: readonly Clause[], offered: readonly ExpositionFormat[]): Exposition {
  let best: Clause | undefined;
  for (const clause of clauses) {
    if (clause.format === 'any' || clause.quality === 0 || !offered.includes(clause.format)) continue;
    if (best === undefined || clause.quality > best.quality) best = clause;
  }
  return best?.exposition ?? TEXT;
}

function parseAccept(accept: string | undefined): Clause[] {
  if (accept === undefined || accept.length > MAX_LENGTH) return [];
  return splitClauses(accept).flatMap((clause) => parseClause(parseMediaType(clause)) ?? []);
}

function parseClause(media: MediaType): Clause | undefined {
  const version = media.parameters.get('version');
  const escaping = media.parameters.get('escaping');
  switch (media.type) {
    case ANY_TYPE:
      return clauseOf(media, 'any', TEXT);
    case TEXT_TYPE:
      return TEXT_VERSIONS.has(version) ? clauseOf(media, 'text', withEscaping(TEXT, escaping)) : undefined;
    case OPENMETRICS_TYPE: {
      if (!OPENMETRICS_VERSIONS.has(version)) return undefined;
      const exposition = openMetricsExposition(version === '1.0.0' ? '1.0.0' : '0.0.1', escaping);
      return clauseOf(media, 'openmetrics', exposition);
    }
    case PROTOBUF_TYPE:
      return asksForMetricFamilies(media) ? clauseOf(media, 'protobuf', withEscaping(PROTOBUF, escaping)) : undefined;
    default:
      return undefined;
  }
}

/** Unlike in an answer both parameters must be there: that is how client_golang reads an Accept. */
function asksForMetricFamilies(media: MediaType): boolean {
  return media.parameters.get('proto') === PROTOBUF_MESSAGE && media.parameters.get('encoding') === PROTOBUF_ENCODING;
}

function clauseOf(media: MediaType, format: Clause['format'], exposition: Exposition): Clause {
  const { parameters } = media;
  let text = media.type;
  // Their values are known ones by now, so nothing foreign gets into our header.
  if (format !== 'any') {
    for (const name of ['version', 'proto', 'encoding']) {
      const value = parameters.get(name);
      if (value !== undefined && isOwnParameter(format, name)) text += `;${name}=${value}`;
    }
    const escaping = parameters.get('escaping');
    if (isEscapingScheme(escaping)) text += `;escaping=${escaping}`;
  }
  const quality = qualityOf(parameters.get('q'));
  return { format, quality, text: text + qualityParameter(parameters.get('q'), quality), exposition };
}

function isOwnParameter(format: ExpositionFormat, name: string): boolean {
  return (name === 'version') === (format !== 'protobuf');
}

function qualityParameter(text: string | undefined, quality: number): string {
  if (text === undefined) return '';
  return `;q=${WELL_FORMED_QUALITY.test(text) ? text : Number(quality.toFixed(3))}`;
}
