import { z } from 'zod';
import { knownTo, secret, text } from './option.js';

/** Of one of the four groups of endpoints. */
export function authSchema(what: string) {
  return z
    .enum(['NONE', 'BASIC', 'BEARER'])
    .optional()
    .describe(`Who may call ${what}: anybody (unless set), a user with password, or who has a token.`)
    .meta(knownTo('all', 'there is no BEARER there.'));
}

const HASHES = 'as a text or as a bcrypt hash ({bcrypt}$2… or $2…)';

/** Users and tokens that guarded endpoints admit. */
export const authenticationSchema = z
  .object({
    basic: z
      .object({
        username: text().default('promregator').describe('User that guarded endpoints admit.').meta(knownTo('all')),
        password: secret()
          .optional()
          .describe(`Password of that user, ${HASHES}; random and printed at start unless set.`)
          .meta(knownTo('all', 'there as a text only.')),
      })
      .prefault({}),
    users: z
      .array(
        z.object({
          username: text().optional().describe('A further user that guarded endpoints admit.'),
          password: secret().optional().describe(`Password of that user, ${HASHES}.`),
        }),
      )
      .default([]),
    bearer: z
      .object({
        tokens: z.array(secret()).default([]).describe('Tokens that endpoints guarded by BEARER admit.'),
      })
      .prefault({}),
  })
  .prefault({});
