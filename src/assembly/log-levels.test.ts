import { expect, test } from 'vitest';
import type { LogLevel } from '../config/config.js';
import { logLevelsOf } from './log-levels.js';

const PROGRAM = 'org.cloudfoundry.promregator';

test.each<[string, LogLevel, readonly (readonly [string, string])[], readonly string[]]>([
  ['root', 'debug', [], []],
  [PROGRAM, 'debug', [], []],
  ['cloudfoundry-client', 'debug', [['foundation.api', 'debug']], []],
  ['cloudfoundry-client.wire', 'debug', [['foundation.api', 'debug']], []],
  [`${PROGRAM}.scanner.ReactiveTargetResolver.EmptyTarget`, 'error', [['discovery.empty-rule', 'error']], []],
  [`${PROGRAM}.scanner.CachingTargetResolver`, 'debug', [['discovery', 'debug']], []],
  [`${PROGRAM.toUpperCase()}.FETCHER`, 'trace', [['scraping', 'trace']], []],
  ['foundation.uaa', 'off', [['foundation.uaa', 'off']], []],
  ['scraping', 'fatal', [['scraping', 'error']], []],
  ['org.springframework', 'debug', [], ['org.springframework']],
  ['reactor.netty', 'trace', [], ['reactor.netty']],
])('logging.level.%s: %s', (name, level, loggers, unknown) => {
  const read = logLevelsOf({ level: 'info', loggers: new Map([[name, level]]) });
  expect([...read.levels.loggers]).toEqual(loggers);
  expect(read.unknown).toEqual(unknown);
});

test('the longer name wins, whatever the order', () => {
  const scanner = `${PROGRAM}.scanner`;
  const loggers = new Map<string, LogLevel>([
    [`${scanner}.Something`, 'error'],
    [scanner, 'debug'],
  ]);
  expect([...logLevelsOf({ level: 'info', loggers }).levels.loggers]).toEqual([['discovery', 'error']]);
});
