import { describe, expect, test } from 'vitest';
import { CodedError } from '../base/errors.js';
import { Secret } from '../base/secret.js';
import { createLog, type Log, type LogLevels, type RootLog } from './log.js';
import type { LogFormat } from './log-shapes.js';

const INFO: LogLevels = { root: 'info', loggers: new Map() };

function collect(format: LogFormat, levels: LogLevels = INFO): { readonly log: RootLog; readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    log: createLog({ levels, outputs: [{ format, destination: { write: (line) => lines.push(line) } }] }),
  };
}

/** Without the time, which is checked once below. */
function textOf(write: (log: Log) => void, levels: LogLevels = INFO): string {
  const { log, lines } = collect('text', levels);
  write(log);
  return lines.map((line) => line.slice('2026-11-22T06:00:00.000Z '.length)).join('');
}

const refused = new CodedError('x', 'listing apps', { cause: new Error('refused') });

describe('as text', () => {
  test.each<[string, (log: Log) => void, string]>([
    ['the root', (log) => log.info('starting'), 'INFO  main        starting\n'],
    ['a child', (log) => log.child('foundation').warn('slow'), 'WARN  foundation  slow\n'],
    ['a grandchild', (log) => log.child('a').child('b').error('bad'), 'ERROR a.b         bad\n'],
    [
      'fields',
      (log) => log.info('m', { plain: 'a-1', number: 3, spaced: 'a b', quoted: 'a"b', empty: '', equals: 'a=b' }),
      'INFO  main        m plain=a-1 number=3 spaced="a b" quoted="a\\"b" empty="" equals="a=b"\n',
    ],
    ['nested fields', (log) => log.info('m', { o: { a: [1] } }), 'INFO  main        m o="{\\"a\\":[1]}"\n'],
    ['what is not there', (log) => log.info('m', { a: undefined, b: null }), 'INFO  main        m b=null\n'],
    [
      'errors in words',
      (log) => log.error('m', { error: refused }),
      'ERROR main        m error="listing apps: refused"\n',
    ],
    ['thrown texts', (log) => log.error('m', { error: 'boom\nbang' }), 'ERROR main        m error="boom bang"\n'],
    ['secrets', (log) => log.info('m', { token: new Secret('hunter2') }), 'INFO  main        m token=<secret>\n'],
    [
      'names that are taken',
      (log) => log.info('m', { level: 1, time: 2, logger: 3, message: 4 }),
      'INFO  main        m level_=1 time_=2 logger_=3 message_=4\n',
    ],
    [
      'line breaks and controls',
      (log) => log.info('a\nb\r\u001b[31m\u2028\u0085\u202ec', { 'k\n': 'v\nw\u009b' }),
      'INFO  main        a\\nb\\r\\u001b[31m\\u2028\\u0085\\u202ec k\\n="v\\nw\\u009b"\n',
    ],
  ])('%s', (_, write, text) => {
    expect(textOf(write)).toBe(text);
  });

  test('begins with the time', () => {
    const { log, lines } = collect('text');
    log.info('m');
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO {2}main/);
  });
});

describe('as JSON', () => {
  test('has time, level, logger, message and the fields', () => {
    const { log, lines } = collect('json');
    log.child('foundation').info('read', { pages: 3, error: refused, token: new Secret('hunter2') });
    expect(lines).toHaveLength(1);
    const { time, ...event } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(event).toEqual({
      level: 'info',
      logger: 'foundation',
      message: 'read',
      pages: 3,
      error: 'listing apps: refused',
      token: '<secret>',
    });
  });

  test('is one line whatever the texts, and gives them back', () => {
    const { log, lines } = collect('json');
    const text = 'a\nb\u2028c\u0085d\u007fe\u0000"\\';
    log.info(text, { [text]: text });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
    expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029](?!$)/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: text, [text]: text });
  });

  test('survives a circle', () => {
    const { log, lines } = collect('json');
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    log.info('m', { circle });
    expect(lines).toHaveLength(1);
  });
});

describe('levels', () => {
  const all = (log: Log): void => {
    for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) log[level](level);
  };
  const levels = (
    root: LogLevels['root'],
    loggers: readonly (readonly [string, LogLevels['root']])[] = [],
  ): LogLevels => ({
    root,
    loggers: new Map(loggers),
  });
  test.each([
    ['the root', levels('info'), '', 3],
    ['all', levels('trace'), '', 5],
    ['nothing', levels('off'), '', 0],
    ['inherited', levels('warn'), 'a', 2],
    ['its own', levels('warn', [['a', 'debug']]), 'a', 4],
    ['from above', levels('warn', [['a', 'debug']]), 'a.b.c', 4],
    [
      'the longest',
      levels('warn', [
        ['a', 'debug'],
        ['a.b', 'error'],
      ]),
      'a.b',
      1,
    ],
    ['not by half a name', levels('warn', [['a', 'debug']]), 'ab', 2],
    ['off', levels('warn', [['a', 'off']]), 'a', 0],
    ['on where the root is off', levels('off', [['a', 'error']]), 'a', 1],
  ])('%s', (_, given, name, count) => {
    const { log, lines } = collect('json', given);
    all(name === '' ? log : log.child(name));
    expect(lines).toHaveLength(count);
  });

  test('can be asked for', () => {
    const { log } = collect('text', levels('info', [['a', 'debug']]));
    expect([log.isEnabled('debug'), log.isEnabled('info'), log.child('a').isEnabled('debug')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('at DEBUG errors have their stack, on the same line', () => {
    const text = textOf((log) => log.error('m', { error: refused }), levels('debug'));
    expect(text).toMatch(/stack="[^\n]*log\.test\.ts[^\n]*"\n$/);
    expect(text.split('\n')).toHaveLength(2);
  });
});

describe('while it runs', () => {
  test('loggers that were handed out go along with a change', () => {
    const { log, lines } = collect('text');
    const child = log.child('a').child('b');
    child.debug('before');
    const after: string[] = [];
    log.configure({
      levels: { root: 'error', loggers: new Map([['a', 'debug']]) },
      outputs: [{ format: 'json', destination: { write: (line) => after.push(line) } }],
    });
    child.debug('after');
    log.info('not');
    expect(lines).toEqual([]);
    expect(after.map((line) => JSON.parse(line).message)).toEqual(['after']);
  });
});

describe('the last line of a program that cannot go on', () => {
  const OFF: LogLevels = { root: 'off', loggers: new Map() };

  test.each<[LogFormat, object]>([
    ['json', { level: 'fatal' }],
    ['ecs', { log: { level: 'FATAL', logger: 'main' } }],
    ['gelf', { level: 2 }],
    ['logstash', { level: 'FATAL', level_value: 40_000 }],
  ])('comes as %s whatever the level, with the stack', (format, expected) => {
    const { log, lines } = collect(format, OFF);
    log.fatal('the end', { error: new Error('boom') });
    expect(lines.map((line) => JSON.parse(line))).toEqual([expect.objectContaining(expected)]);
    expect(lines[0]).toContain('Error: boom\\n');
  });
});
