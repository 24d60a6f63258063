import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { readTokenAnswer } from './token-answer.js';

const any = fc.oneof(fc.jsonValue({ maxDepth: 2 }), anyText());
const seconds = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer().map(String),
  fc.constantFrom<unknown>(0, -1, 0.5, 1e306, 1e308, '9'.repeat(400), '1e3', null),
);
const mostly = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: any });
const document = fc.record(
  {
    access_token: mostly(fc.oneof(fc.base64String({ minLength: 1 }), fc.constant('x'.repeat(20_000)))),
    token_type: mostly(fc.constantFrom('Bearer', 'bearer', 'MAC', null)),
    expires_in: mostly(seconds),
    error: mostly(fc.constantFrom('invalid_client', 'server_error', 'invalid_request')),
    error_description: any,
  },
  { requiredKeys: ['access_token'] },
);
const body = fc.oneof(
  { weight: 4, arbitrary: document.map((json) => JSON.stringify(json)) },
  { weight: 1, arbitrary: anyText() },
);
const headers = fc.record({ 'content-type': fc.string(), location: fc.string() }, { requiredKeys: [] });

describe('the answer of a token service', () => {
  test('is a token that a header can carry and a life that a clock can count, or words', () => {
    const status = fc.oneof(
      fc.constantFrom(200, 200, 200, 302, 400, 401, 403, 500),
      fc.integer({ min: 100, max: 599 }),
    );
    fc.assert(
      fc.property(status, headers, body, (code, all, text) => {
        const answer = readTokenAnswer({ status: code, headers: all, body: Buffer.from(text) });
        if (answer.kind !== 'granted') {
          expect(answer.words).toMatch(new RegExp(`^${code} `));
          return;
        }
        expect(code).toBe(200);
        expect(answer.token).toMatch(/^[\x21-\x7e]{1,16384}$/);
        expect(answer.lifetimeMs).toBeGreaterThanOrEqual(1000);
        expect(Number.isFinite(answer.lifetimeMs)).toBe(true);
      }),
      propertyRuns(1000),
    );
  });

  test('gives what was granted, as a number or as a text', () => {
    fc.assert(
      fc.property(
        fc.base64String({ minLength: 1 }),
        fc.integer({ min: 1, max: 31_536_000 }),
        fc.boolean(),
        (token, life, asText) => {
          const json = { access_token: token, token_type: 'bearer', expires_in: asText ? String(life) : life };
          const answer = readTokenAnswer({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(json)) });
          expect(answer).toEqual({ kind: 'granted', token, lifetimeMs: life * 1000 });
        },
      ),
      propertyRuns(),
    );
  });
});
