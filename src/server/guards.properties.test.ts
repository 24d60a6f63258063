import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { Secret } from '../base/secret.js';
import { createBasicGuard } from './basic-guard.js';
import { createBearerGuard } from './bearer-guard.js';
import type { Guard } from './guard.js';

/** Whether the guard lets in who sends this header; who is not let in has an answer of 401. */
function admits(guard: Guard, authorization: string | undefined): boolean {
  const request = new IncomingMessage(new Socket());
  if (authorization !== undefined) request.headers.authorization = authorization;
  const response = new ServerResponse(request);
  const admitted = guard.admits(request, response);
  expect(response.statusCode).toBe(admitted === true ? 200 : 401);
  return admitted === true;
}

const basicGuard = (username: string, password: string): Guard =>
  createBasicGuard({
    users: [{ username, password: new Secret(password), form: 'plain' }],
    hashed: { fits: () => false },
  });

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const text = fc.string({ unit: 'grapheme' });
/** The first colon ends the user; a password may hold more. */
const passwords = fc.oneof(
  text,
  fc.array(text).map((parts) => parts.join(':')),
);
const user = text.filter((each) => !each.includes(':'));
const scheme = fc.constantFrom('Basic', 'basic', 'BASIC', 'Bearer', 'Digest', '');
const hostile = fc.oneof(
  fc
    .tuple(scheme, fc.constantFrom(' ', '   ', ''), fc.oneof(fc.base64String(), text, text.map(encoded)))
    .map((all) => all.join('')),
  anyText(),
);

describe('Basic', () => {
  test('admits the user with the password, in any spelling of the scheme', () => {
    fc.assert(
      fc.property(user, passwords, fc.constantFrom('Basic', 'basic', 'BASIC'), (username, password, word) => {
        expect(admits(basicGuard(username, password), `${word} ${encoded(`${username}:${password}`)}`)).toBe(true);
      }),
      propertyRuns(),
    );
  });

  test('refuses everybody else', () => {
    fc.assert(
      fc.property(
        user,
        text,
        fc.option(hostile, { nil: undefined }),
        user,
        text,
        (username, password, header, other, wrong) => {
          const guard = basicGuard(username, `${password}!`);
          expect(admits(guard, header)).toBe(
            header?.match(/^basic +(\S+)\s*$/i)?.[1] === encoded(`${username}:${password}!`),
          );
          const given = `${other}:${wrong}`;
          expect(admits(guard, `Basic ${encoded(given)}`)).toBe(given === `${username}:${password}!`);
        },
      ),
      propertyRuns(300),
    );
  });
});

describe('Bearer', () => {
  const token = fc.string({ unit: fc.constantFrom(...'aZ09-._~+/='), minLength: 1 });

  test('admits each of its tokens and no other', () => {
    fc.assert(
      fc.property(fc.array(token, { maxLength: 3 }), token, hostile, (tokens, other, header) => {
        const guard = createBearerGuard({ tokens: tokens.map((each) => new Secret(each)) });
        for (const each of tokens) expect(admits(guard, `Bearer ${each}`)).toBe(true);
        expect(admits(guard, `bearer ${other}`)).toBe(tokens.includes(other));
        expect(admits(guard, `Bearer ${other} ${other}`)).toBe(false);
        expect(admits(guard, header)).toBe(
          tokens.some((each) => /^bearer +\S+\s*$/i.test(header) && header.trim().endsWith(` ${each}`)),
        );
      }),
      propertyRuns(300),
    );
  });
});
