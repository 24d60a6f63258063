import { expect, test } from 'vitest';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { manualClock } from '../../test/support/manual-clock.js';
import { ApiError, type ApiErrorCode } from './api-error.js';
import { createListFaults } from './list-faults.js';
import type { ResourceKind } from './resources.js';

const DOWN = new ApiError('api_unreachable', 'refused');
const SLOW = new ApiError('api_status', 'overloaded', { status: 503 });
const OTHER = new ApiError('api_status', 'broken', { status: 500 });
const MINUTE = 60_000;
const TEN_MINUTES = 600_000;

/** A list that fails with this error, or one that can be read. */
type Event = readonly [ResourceKind, ApiError] | ResourceKind;

/** Rounds of events, with time between them as numbers. */
test.each<[string, readonly (readonly Event[] | number)[], readonly string[]]>([
  ['all is well', [['apps', 'spaces']], []],
  ['one list', [[['apps', DOWN]]], ['failed apps']],
  [
    'one line for one reason',
    [
      [
        ['apps', DOWN],
        ['routes', DOWN],
        ['spaces', DOWN],
      ],
    ],
    ['failed spaces, apps, routes'],
  ],
  [
    'one for each reason',
    [
      [
        ['apps', DOWN],
        ['routes', SLOW],
      ],
    ],
    ['failed apps', 'failed routes'],
  ],
  ['not again', [[['apps', DOWN]], [['apps', DOWN]], [['apps', DOWN]]], ['failed apps']],
  ['other status, other reason', [[['apps', SLOW]], [['apps', OTHER]]], ['failed apps', 'failed apps']],
  [
    'two reasons in turn',
    [[['apps', SLOW]], [['apps', DOWN]], [['apps', SLOW]], [['apps', DOWN]]],
    ['failed apps', 'failed apps'],
  ],
  [
    'a further list, not at once',
    [[['apps', DOWN]], [['spaces', DOWN]], MINUTE - 1, [['routes', DOWN]]],
    ['failed apps'],
  ],
  [
    'further lists, after a minute and once',
    [[['apps', DOWN]], [['spaces', DOWN]], MINUTE, [['routes', DOWN]], MINUTE, [['routes', DOWN]]],
    ['failed apps', 'failed spaces, apps, routes'],
  ],
  [
    'the end of lists that were not named yet',
    [[['apps', DOWN]], [['spaces', DOWN]], ['apps'], ['spaces']],
    ['failed apps', 'read apps, spaces'],
  ],
  [
    'again after ten minutes',
    [[['apps', DOWN]], TEN_MINUTES, [['apps', DOWN]], [['apps', DOWN]]],
    ['failed apps', 'failed apps'],
  ],
  ['not before', [[['apps', DOWN]], TEN_MINUTES - 1, [['apps', DOWN]]], ['failed apps']],
  [
    'the end',
    [
      [
        ['apps', DOWN],
        ['routes', DOWN],
      ],
      ['apps', 'routes'],
    ],
    ['failed apps, routes', 'read apps, routes'],
  ],
  [
    'the end, when all of them can be read',
    [
      [
        ['apps', DOWN],
        ['routes', DOWN],
      ],
      ['apps'],
      ['routes'],
    ],
    ['failed apps, routes', 'read apps, routes'],
  ],
  [
    'a new fault after the end',
    [[['apps', DOWN]], ['apps'], [['apps', DOWN]]],
    ['failed apps', 'read apps', 'failed apps'],
  ],
  [
    'one end of two reasons',
    [[['apps', DOWN]], [['apps', SLOW]], ['apps']],
    ['failed apps', 'failed apps', 'read apps'],
  ],
])('%s', (_, rounds, expected) => {
  const clock = manualClock();
  const logged = recordedLog();
  const faults = createListFaults({ clock, log: logged.log });
  for (const round of rounds) {
    if (typeof round === 'number') {
      clock.advance(round);
      continue;
    }
    for (const event of round) {
      if (typeof event === 'string') faults.succeeded(event);
      else faults.failed(event[0], { error: event[1], isOldInForce: true, failures: 1 });
    }
    faults.tell();
  }
  const told = logged.lines.map((line) => {
    const kinds = line.match(/kinds="?([a-z, ]+?)"?(?: [a-z]+=|\n|$)/i)?.[1];
    return `${line.includes('could not be read') ? 'failed' : 'read'} ${kinds}`;
  });
  expect(told).toEqual(expected);
});

test.each<[ApiErrorCode, string]>([
  ['api_unreachable', ' WARN '],
  ['list_incomplete', ' WARN '],
  ['login_failed', ' DEBUG '],
  ['login_refused', ' DEBUG '],
  ['api_paused', ' DEBUG '],
])('%s is told at%s: the others have been told of where they arose', (code, level) => {
  const logged = recordedLog();
  const faults = createListFaults({ clock: manualClock(), log: logged.log });
  faults.failed('apps', { error: new ApiError(code, 'said no'), isOldInForce: false, failures: 1 });
  faults.tell();
  expect(logged.lines[0]).toContain(level);
  expect(logged.lines[0]).not.toContain('stays in force');
});
