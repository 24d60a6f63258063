import { type MediaType, parseMediaType } from './media-type.js';

export type ExpositionFormat = 'text' | 'openmetrics' | 'protobuf';

/** How a body is to be read. */
export interface Exposition {
  readonly format: ExpositionFormat;
  /** The canonical Content-Type to send on. Prometheus 3 refuses many that applications send (facts/prometheus.md 2.3). */
  readonly contentType: string;
}

export const TEXT_TYPE = 'text/plain';
export const OPENMETRICS_TYPE = 'application/openmetrics-text';
export const PROTOBUF_TYPE = 'application/vnd.google.protobuf';
export const PROTOBUF_MESSAGE = 'io.prometheus.client.MetricFamily';
export const PROTOBUF_ENCODING = 'delimited';

const TEXT_CONTENT_TYPE = `${TEXT_TYPE}; version=0.0.4; charset=utf-8`;
const PROTOBUF_CONTENT_TYPE = `${PROTOBUF_TYPE}; proto=${PROTOBUF_MESSAGE}; encoding=${PROTOBUF_ENCODING}`;

/** The schemes of prometheus/common, by which names that are not legacy ones are written. */
const ESCAPING_SCHEMES: ReadonlySet<string> = new Set(['allow-utf-8', 'underscores', 'dots', 'values']);

export type OpenMetricsVersion = '0.0.1' | '1.0.0';

export const TEXT: Exposition = { format: 'text', contentType: TEXT_CONTENT_TYPE };
export const OPENMETRICS: Exposition = openMetricsExposition('1.0.0', undefined);
export const PROTOBUF: Exposition = { format: 'protobuf', contentType: PROTOBUF_CONTENT_TYPE };

/** What client libraries send word for word, so that most answers need no parsing. */
const WELL_KNOWN: ReadonlyMap<string, Exposition> = new Map([
  ['text/plain', TEXT],
  ['text/plain; version=0.0.4', TEXT],
  ['text/plain;version=0.0.4;charset=utf-8', TEXT],
  ...[TEXT, OPENMETRICS, PROTOBUF, openMetricsExposition('0.0.1', undefined)].map(
    (exposition) => [exposition.contentType, exposition] as const,
  ),
]);

/**
 * The format of an instance's answer by its Content-Type; undefined for a type that is no exposition, upon which the
 * caller fails the scrape and names it.
 *
 * A missing or unreadable type and any `text/plain` count as text 0.0.4, as Prometheus 2 has it.
 */
export function classifyContentType(value: string | undefined): Exposition | undefined {
  if (value === undefined) return TEXT;
  return WELL_KNOWN.get(value) ?? classify(parseMediaType(value));
}

/** Writes the scheme into a canonical type; an unknown one is left out, since nobody could follow it. */
export function withEscaping(exposition: Exposition, escaping: string | undefined): Exposition {
  if (!isEscapingScheme(escaping)) return exposition;
  return { format: exposition.format, contentType: `${exposition.contentType}; escaping=${escaping}` };
}

export function isEscapingScheme(value: string | undefined): value is string {
  return value !== undefined && ESCAPING_SCHEMES.has(value);
}

export function openMetricsExposition(version: OpenMetricsVersion, escaping: string | undefined): Exposition {
  const contentType = `${OPENMETRICS_TYPE}; version=${version}; charset=utf-8`;
  return withEscaping({ format: 'openmetrics', contentType }, escaping);
}

function classify({ type, parameters }: MediaType): Exposition | undefined {
  const escaping = parameters.get('escaping');
  switch (type) {
    case '':
    case TEXT_TYPE:
      return withEscaping(TEXT, escaping);
    case OPENMETRICS_TYPE:
      return openMetricsExposition(openMetricsVersion(parameters.get('version')), escaping);
    case PROTOBUF_TYPE:
      return isMetricFamilies(parameters) ? withEscaping(PROTOBUF, escaping) : undefined;
    default:
      return undefined;
  }
}

/**
 * Prometheus ignores the version of an answer (facts/prometheus.md 2.3), so a type that it takes when it scrapes the
 * application itself must not fail through us. Any version from 1 on is sent on as 1.0.0: we never ask for a newer
 * one, so such a label is a mistake or a compatible minor. No version means 0.0.1 (facts/prometheus.md 2.1).
 */
function openMetricsVersion(version: string | undefined): OpenMetricsVersion {
  return version === undefined || version === '' || version.startsWith('0.') ? '0.0.1' : '1.0.0';
}

/** Absent parameters count as these: there is no other message in use, and Prometheus does not look. */
function isMetricFamilies(parameters: ReadonlyMap<string, string>): boolean {
  const message = parameters.get('proto') ?? PROTOBUF_MESSAGE;
  const encoding = parameters.get('encoding') ?? PROTOBUF_ENCODING;
  return message === PROTOBUF_MESSAGE && encoding === PROTOBUF_ENCODING;
}
