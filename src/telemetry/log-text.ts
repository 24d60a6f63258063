import { visibleLine } from '../base/visible-text.js';

/** A value that can stand without quotes: nobody can take it for two fields. */
const PLAIN = /^[^\s"=\\]+$/;

/** Columns: the longest level, and the longest of our loggers' names. */
const LEVEL_WIDTH = 5;
const LOGGER_WIDTH = 10;

/** One JSON line of pino as a line for people: `2026-11-22T06:00:00.000Z INFO  foundation  message key=value`. */
export function textLine(json: string): string {
  const event: unknown = JSON.parse(json);
  if (typeof event !== 'object' || event === null) return `${visibleLine(json.trimEnd())}\n`;
  const { time, level, logger = 'main', message, ...fields } = event as Readonly<Record<string, unknown>>;
  const head = `${time} ${String(level).toUpperCase().padEnd(LEVEL_WIDTH)} ${String(logger).padEnd(LOGGER_WIDTH)}`;
  const tail = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(value)}`);
  return `${visibleLine(`${head}  ${message}${tail.join('')}`)}\n`;
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return PLAIN.test(text) ? text : JSON.stringify(text);
}
