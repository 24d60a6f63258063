import { hostname } from 'node:os';
import { VERSION } from '../base/version.js';
import { visibleText } from '../base/visible-text.js';
import { textLine } from './log-text.js';

/** `ecs`, `gelf` and `logstash` are the structured formats of Spring Boot, for those whose pipelines read them. */
export type LogFormat = 'text' | 'json' | 'ecs' | 'gelf' | 'logstash';

/** Turns one JSON line of pino into the line that is written, each with its line break. */
export function shapeOfLines(format: LogFormat): (json: string) => string {
  switch (format) {
    case 'text':
      return textLine;
    case 'json':
      return visibleText;
    case 'ecs':
      return (json) => rewrite(json, ecsEvent);
    case 'gelf':
      return (json) => rewrite(json, gelfEvent);
    case 'logstash':
      return (json) => rewrite(json, logstashEvent);
  }
}

interface LogEvent {
  readonly time: string;
  readonly level: string;
  readonly logger: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function rewrite(json: string, event: (event: LogEvent) => Readonly<Record<string, unknown>>): string {
  const parsed: unknown = JSON.parse(json);
  if (typeof parsed !== 'object' || parsed === null) return visibleText(json);
  const { time, level, logger = 'main', message, ...fields } = parsed as Readonly<Record<string, unknown>>;
  const written = event({
    time: String(time),
    level: String(level).toUpperCase(),
    logger: String(logger),
    message: String(message),
    fields,
  });
  return visibleText(`${JSON.stringify(written)}\n`);
}

/** Elastic Common Schema 8.11, nested as Spring Boot 3.5 writes it. */
function ecsEvent({ time, level, logger, message, fields }: LogEvent): Readonly<Record<string, unknown>> {
  return {
    '@timestamp': time,
    log: { level, logger },
    process: { pid: process.pid },
    service: { name: 'promregator', version: VERSION },
    message,
    ...fieldsBeside(fields, ['@timestamp', 'log', 'process', 'service', 'message', 'ecs']),
    ecs: { version: '8.11' },
  };
}

/** Graylog Extended Log Format 1.1: further fields begin with `_`, times are seconds since 1970, levels are syslog's. */
function gelfEvent({ time, level, logger, message, fields }: LogEvent): Readonly<Record<string, unknown>> {
  const further = Object.entries(fields).map(([name, value]) => [
    // `_id` is not allowed by the format.
    `_${name === 'id' ? 'id_' : name}`,
    typeof value === 'number' ? value : typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return {
    version: '1.1',
    short_message: message,
    timestamp: Date.parse(time) / 1000,
    level: SYSLOG_LEVELS.get(level) ?? 6,
    _level_name: level,
    host: hostname(),
    _process_pid: process.pid,
    _log_logger: logger,
    ...Object.fromEntries(further),
  };
}

const SYSLOG_LEVELS: ReadonlyMap<string, number> = new Map([
  ['FATAL', 2],
  ['ERROR', 3],
  ['WARN', 4],
  ['INFO', 6],
  ['DEBUG', 7],
  ['TRACE', 7],
]);

/** Logstash's event format version 1; the values of levels are logback's, which knows no FATAL. */
function logstashEvent({ time, level, logger, message, fields }: LogEvent): Readonly<Record<string, unknown>> {
  return {
    '@timestamp': time,
    '@version': '1',
    message,
    logger_name: logger,
    level,
    level_value: LOGBACK_LEVELS.get(level) ?? 20_000,
    ...fieldsBeside(fields, ['@timestamp', '@version', 'message', 'logger_name', 'level', 'level_value']),
  };
}

const LOGBACK_LEVELS: ReadonlyMap<string, number> = new Map([
  ['FATAL', 40_000],
  ['ERROR', 40_000],
  ['WARN', 30_000],
  ['INFO', 20_000],
  ['DEBUG', 10_000],
  ['TRACE', 5_000],
]);

/** A field of a name that the format takes for itself gets a `_` behind it. */
function fieldsBeside(
  fields: Readonly<Record<string, unknown>>,
  taken: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [taken.includes(name) ? `${name}_` : name, value]),
  );
}
