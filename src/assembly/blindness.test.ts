import { expect, test } from 'vitest';
import { ApiError } from '../foundation/api-error.js';
import { perKind, type ResourceKind } from '../foundation/resources.js';
import { isBlind } from './blindness.js';

interface Row {
  readonly what: string;
  readonly error?: ApiError;
  readonly failures?: number;
  /** Lists that are read as ever. */
  readonly fine?: readonly ResourceKind[];
  readonly blind: boolean;
}

const UNREACHABLE = new ApiError('api_unreachable', 'refused');

const ROWS: readonly Row[] = [
  { what: 'no list can be read', blind: true },
  { what: 'lists that rarely change are not asked for', fine: ['organizations', 'spaces', 'domains'], blind: true },
  { what: 'it may be over soon', failures: 2, blind: false },
  ...(['apps', 'processes', 'routes'] as const).map((kind) => ({ what: `${kind} come`, fine: [kind], blind: false })),
  ...(['api_status', 'api_paused', 'api_answer', 'login_refused', 'login_failed', 'list_incomplete'] as const).map(
    (code) => ({ what: `it is ${code}`, error: new ApiError(code, 'said no'), blind: false }),
  ),
  ...[
    { what: 'UAA gives no answer', details: { cause: new Error('reset') }, blind: true },
    { what: 'the way to UAA cannot be asked for', details: { cause: UNREACHABLE }, blind: true },
    { what: 'the API says no', details: { cause: new ApiError('api_status', 'said no') }, blind: false },
    { what: 'UAA says no', details: { status: 503, cause: new Error('503') }, blind: false },
  ].map(({ what, details, blind }) => ({
    what: `there is no token, since ${what}`,
    error: new ApiError('login_failed', 'no token', details),
    blind,
  })),
];

test.each(ROWS)('$what: blind $blind', ({ error = UNREACHABLE, failures = 3, fine = [], blind }) => {
  const lists = perKind((kind) => (fine.includes(kind) ? { failures: 0, error: undefined } : { failures, error }));
  expect(isBlind(lists)).toBe(blind);
});
