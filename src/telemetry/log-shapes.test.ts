import { expect, test } from 'vitest';
import { VERSION } from '../base/version.js';
import { type LogFormat, shapeOfLines } from './log-shapes.js';

const EVENT = {
  level: 'warn',
  time: '2026-11-22T06:00:00.500Z',
  logger: 'foundation.token',
  message: 'slow',
  kind: 'apps',
  count: 3,
  id: 'x',
  log: 'taken',
};

function shaped(format: LogFormat): unknown {
  return JSON.parse(shapeOfLines(format)(`${JSON.stringify(EVENT)}\n`));
}

test('json is what pino wrote', () => {
  expect(shaped('json')).toEqual(EVENT);
});

test('ecs', () => {
  expect(shaped('ecs')).toEqual({
    '@timestamp': EVENT.time,
    log: { level: 'WARN', logger: 'foundation.token' },
    process: { pid: process.pid },
    service: { name: 'promregator', version: VERSION },
    message: 'slow',
    kind: 'apps',
    count: 3,
    id: 'x',
    log_: 'taken',
    ecs: { version: '8.11' },
  });
});

test('gelf', () => {
  expect(shaped('gelf')).toMatchObject({
    version: '1.1',
    short_message: 'slow',
    timestamp: Date.parse(EVENT.time) / 1000,
    level: 4,
    _level_name: 'WARN',
    _log_logger: 'foundation.token',
    _kind: 'apps',
    _count: 3,
    _id_: 'x',
  });
});

test('logstash', () => {
  expect(shaped('logstash')).toEqual({
    '@timestamp': EVENT.time,
    '@version': '1',
    message: 'slow',
    logger_name: 'foundation.token',
    level: 'WARN',
    level_value: 30_000,
    kind: 'apps',
    count: 3,
    id: 'x',
    log: 'taken',
  });
});

test.each<LogFormat>(['json', 'ecs', 'gelf', 'logstash'])('%s is one line whatever the texts', (format) => {
  const line = shapeOfLines(format)(
    `${JSON.stringify({ ...EVENT, message: 'a\nb\u2028c\u0085d\u202ee', 'k\n': 'v\n' })}\n`,
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e](?!$)/);
});
