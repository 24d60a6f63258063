import type { ExpositionFormat } from './content-type.js';
import { type FamilyHead, formatNumber } from './metric-family.js';
import { OPENMETRICS_EOF, openMetricsHead } from './write-openmetrics.js';
import { textHead } from './write-text.js';

/** What we say about one scrape, in the answer to that scrape. */
export interface ScrapeOutcome {
  readonly up: 0 | 1;
  readonly durationSeconds: number;
}

export const UP: FamilyHead = {
  name: 'promregator_up',
  help: 'Whether Promregator got metrics from the instance (1) or not (0).',
  type: 'gauge',
};

export const SCRAPE_DURATION: FamilyHead = {
  name: 'promregator_scrape_duration_seconds',
  help: 'Time that Promregator took to get metrics from the instance.',
  type: 'gauge',
};

/** The names that nobody else may export in the same answer. */
export const OWN_SAMPLE_NAMES = [UP.name, SCRAPE_DURATION.name] as const;

const TEXT_UP = `${textHead(UP)}${UP.name} `;
const TEXT_DURATION = `\n${textHead(SCRAPE_DURATION)}${SCRAPE_DURATION.name} `;
const OPENMETRICS_UP = `${openMetricsHead(UP)}${UP.name} `;
/**
 * The empty unit (its trailing blank is part of it) ends the one of the application's last family, which Prometheus
 * would hand on to ours (facts/prometheus.md 3.2).
 */
const OPENMETRICS_UP_AFTER = `${openMetricsHead(UP)}# UNIT ${UP.name} \n${UP.name} `;
const OPENMETRICS_DURATION = `\n${openMetricsHead(SCRAPE_DURATION)}${SCRAPE_DURATION.name} `;
/** A type that does no harm to whoever inherits it: the application's families that have no TYPE (facts 3.2, 3.4). */
const OPENMETRICS_END = '\n# TYPE promregator_end unknown\n';

const PROTOBUF_UP = gaugeMessage(UP);
const PROTOBUF_TEMPLATE = Buffer.concat([PROTOBUF_UP, gaugeMessage(SCRAPE_DURATION)]);
const DOUBLE_LENGTH = 8;

/**
 * Our samples in the form that goes behind an instance's body: in text beginning with a line break, in case the body
 * lacks the last one (a blank line is harmless there); in OpenMetrics without, since there it is fatal, and without
 * `# EOF`; in protobuf as delimited messages.
 */
export function ownSamples(format: ExpositionFormat, outcome: ScrapeOutcome): Buffer {
  switch (format) {
    case 'text':
      return Buffer.from(`\n${textSamples(outcome)}`, 'latin1');
    case 'openmetrics':
      return Buffer.from(
        `${OPENMETRICS_UP_AFTER}${outcome.up}${OPENMETRICS_DURATION}${formatDuration(outcome)}\n`,
        'latin1',
      );
    case 'protobuf':
      return protobufSamples(outcome);
  }
}

/** Our OpenMetrics samples in the form that goes ahead of a body that cannot be looked into (facts/prometheus.md 3.4). */
export function leadingOpenMetricsSamples(outcome: ScrapeOutcome): Buffer {
  return Buffer.from(`${openMetricsSamples(outcome)}${OPENMETRICS_END}`, 'latin1');
}

/** Our samples as a whole document: for a failed scrape that is to be told as metrics, and for an empty body. */
export function ownDocument(format: ExpositionFormat, outcome: ScrapeOutcome): Buffer {
  switch (format) {
    case 'text':
      return Buffer.from(textSamples(outcome), 'latin1');
    case 'openmetrics':
      return Buffer.from(`${openMetricsSamples(outcome)}\n${OPENMETRICS_EOF}`, 'latin1');
    case 'protobuf':
      return protobufSamples(outcome);
  }
}

function textSamples(outcome: ScrapeOutcome): string {
  return `${TEXT_UP}${outcome.up}${TEXT_DURATION}${formatDuration(outcome)}\n`;
}

function openMetricsSamples(outcome: ScrapeOutcome): string {
  return `${OPENMETRICS_UP}${outcome.up}${OPENMETRICS_DURATION}${formatDuration(outcome)}`;
}

/** Microseconds are as exact as a clock under load is; below a second they are written without the engine's search for digits. */
function formatDuration({ durationSeconds }: ScrapeOutcome): string {
  const micros = Math.round(durationSeconds * 1e6);
  if (micros > 0 && micros < 1e6) return `0.${String(micros).padStart(6, '0')}`;
  return formatNumber(micros / 1e6);
}

function protobufSamples(outcome: ScrapeOutcome): Buffer {
  const messages = Buffer.from(PROTOBUF_TEMPLATE);
  messages.writeDoubleLE(outcome.up, PROTOBUF_UP.length - DOUBLE_LENGTH);
  messages.writeDoubleLE(outcome.durationSeconds, messages.length - DOUBLE_LENGTH);
  return messages;
}

/**
 * A delimited `io.prometheus.client.MetricFamily` with one gauge without labels. Its value is the last eight bytes, so
 * that a copy needs two numbers written and no encoder. Each length here fits into one byte.
 */
function gaugeMessage(head: FamilyHead): Buffer {
  const name = Buffer.from(head.name);
  const help = Buffer.from(head.help);
  const gauge = [0x09, 0, 0, 0, 0, 0, 0, 0, 0];
  const metric = [0x12, gauge.length, ...gauge];
  const message = [0x0a, name.length, ...name, 0x12, help.length, ...help, 0x18, 0x01, 0x22, metric.length, ...metric];
  return Buffer.from([...varint(message.length), ...message]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
