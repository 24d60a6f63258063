import { describe, expect, test } from 'vitest';
import { MANDATORY_ENV, type Written } from '../../../test/support/config/load-written.js';
import { configOf, problemsOf, reveal, warningsOf } from '../../../test/support/config/outcome.js';

const NOBODY = { users: [], madeUpUser: undefined, tokens: [], everything: false };
const OPEN = { discovery: 'NONE', endpoint: 'NONE', metrics: 'NONE', cacheInvalidate: 'NONE' };
const HASH = `$2y$10$${'a'.repeat(53)}`;

const authentication = (text: string): string => `promregator.authentication: ${text}`;
const plain = (username: string, password: string): unknown => ({ username, password, form: 'plain' });

describe('who may call us', () => {
  test.each<[string, Written, unknown]>([
    ['everybody unless set', {}, { ...NOBODY, auth: OPEN }],
    [
      'each of the four by itself',
      {
        yaml: 'promregator: {discovery.auth: basic, endpoint.auth: BEARER, cache.invalidate.auth: none, authentication.bearer.tokens: [t]}',
      },
      {
        ...NOBODY,
        auth: { ...OPEN, discovery: 'BASIC', endpoint: 'BEARER' },
        madeUpUser: 'promregator',
        tokens: ['t'],
      },
    ],
    [
      'a password is made up for the user that is named',
      { yaml: `promregator.metrics.auth: BASIC\n${authentication('{basic.username: me}')}` },
      { ...NOBODY, auth: { ...OPEN, metrics: 'BASIC' }, madeUpUser: 'me' },
    ],
    [
      'several users',
      {
        yaml: authentication('{basic.password: p, users: [{username: a, password: q}, {username: b, password: 012}]}'),
      },
      { ...NOBODY, auth: OPEN, users: [plain('promregator', 'p'), plain('a', 'q'), plain('b', '012')] },
    ],
    [
      'none is made up beside others',
      { yaml: `promregator.metrics.auth: BASIC\n${authentication('{users: [{username: a, password: q}]}')}` },
      { ...NOBODY, auth: { ...OPEN, metrics: 'BASIC' }, users: [plain('a', 'q')] },
    ],
    [
      'hashes, with and without prefix',
      { yaml: authentication(`{basic.password: "{bcrypt}${HASH}", users: [{username: a, password: "${HASH}"}]}`) },
      {
        ...NOBODY,
        auth: OPEN,
        users: ['promregator', 'a'].map((username) => ({ username, password: HASH, form: 'bcrypt' })),
      },
    ],
    [
      'a password that only looks like a hash',
      {
        yaml: authentication(
          '{basic.password: "{noop}$2y$x", users: [{username: a, password: "{x}y"}, {username: b, password: $2z$}]}',
        ),
      },
      { ...NOBODY, auth: OPEN, users: [plain('promregator', '$2y$x'), plain('a', '{x}y'), plain('b', '$2z$')] },
    ],
    [
      'a password in a file, tokens in the environment',
      {
        yaml: authentication('{basic.passwordFile: /run/p}'),
        env: {
          ...MANDATORY_ENV,
          PROMREGATOR_AUTHENTICATION_BEARER_TOKENS_0: 't',
          PROMREGATOR_AUTHENTICATION_BEARER_TOKENS_1: 'u',
        },
        files: { '/run/p': 'p\n' },
      },
      { ...NOBODY, auth: OPEN, users: [plain('promregator', 'p')], tokens: ['t', 'u'] },
    ],
  ])('%s', async (_, written, expected) => {
    expect(reveal((await configOf(written)).inbound)).toEqual(expected);
  });

  test.each<[string, Written, readonly string[]]>([
    [
      'a guard of its own that is none',
      { yaml: 'promregator.endpoint.auth: DIGEST' },
      ['promregator.yml:1:28: promregator.endpoint.auth: found "DIGEST", expected one of NONE, BASIC, BEARER'],
    ],
    [
      'BEARER without tokens',
      { yaml: 'promregator.endpoint.auth: BEARER' },
      [
        expect.stringMatching(
          /promregator\.authentication\.bearer\.tokens: found nothing, expected at least one token, since an auth option says BEARER/,
        ),
      ],
    ],
    [
      'a user twice',
      { yaml: authentication('{basic.password: p, users: [{username: promregator, password: q}]}') },
      [
        'promregator.yml:1:68: promregator.authentication.users[0].username: found "promregator", expected a name that no earlier one has; give it another name',
      ],
    ],
    [
      'a user without password',
      { yaml: authentication('{users: [{username: a}]}') },
      [
        'promregator.yml:1:38: promregator.authentication.users[0].password: found nothing, expected the password of the user',
      ],
    ],
    [
      'a colon in a name',
      { yaml: authentication('{users: [{username: "a:b", password: p}]}') },
      [expect.stringContaining('users[0].username: found a name with a colon or a control character')],
    ],
    [
      'a hash that was cut',
      { yaml: authentication(`{basic.password: "${HASH.slice(0, -1)}"}`) },
      [
        'promregator.yml:1:46: promregator.authentication.basic.password: found an incomplete bcrypt hash (not shown), expected 60 characters, such as $2y$10$ and 53 more; make one by promregator hash-password; in a shell, put it into single quotes',
      ],
    ],
    [
      'a hash of another kind',
      { yaml: authentication('{basic.password: "{pbkdf2}hunter2"}') },
      [
        'promregator.yml:1:46: promregator.authentication.basic.password: found a hash of form {pbkdf2}, expected a password, or a hash of form {bcrypt}; make one by promregator hash-password',
      ],
    ],
    [
      'a token with a space',
      { yaml: authentication('{bearer.tokens: ["hunter 2"]}') },
      [
        'promregator.yml:1:46: promregator.authentication.bearer.tokens[0]: found a value (not shown), expected a token of printable ASCII characters without spaces',
      ],
    ],
  ])('%s', async (_, written, expected) => {
    expect(await problemsOf(written)).toEqual(expected);
  });

  test('a hash that takes long is said', async () => {
    const yaml = authentication(`{basic.password: "${HASH.replace('$10$', '$17$')}"}`);
    expect(await warningsOf({ yaml })).toContainEqual(expect.stringContaining('found a hash of cost 17'));
  });

  test('a user of the older option whom nobody admits is said', async () => {
    const yaml = authentication('{basic.username: me, users: [{username: a, password: p}]}');
    expect(await warningsOf({ yaml })).toContainEqual(expect.stringContaining('found a user without password'));
  });
});
