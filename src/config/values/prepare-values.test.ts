// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { writeTree } from '../../../test/support/config/write-tree.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { formatOrigin } from '../origin.js';
import { formatPath } from '../path.js';
import { type Findings, formatProblem } from '../report.js';
import { secret, text, texts } from '../schema/option.js';
import { type ObjectShape, shapeOf } from '../shape.js';
import { leavesOf } from '../tree.js';
import { prepareValues } from './prepare-values.js';

const KNOWN = '{cipher}d93dd725143e187804e4105a681706c1185c58f92086bf55aa830e61c0527060';
const KEY = { key: 'mySecretKey' };

/** Options of each kind, so that the rows do not follow the schema's changes. */
const shape = objectShape(
  z.object({
    a: text().optional(),
    my_name: text().optional(),
    list: texts().default([]),
    login: z.object({ password: secret().optional(), client_secret: secret().optional() }).prefault({}),
    users: z.array(z.object({ password: secret().optional() })).default([]),
    tokens: z.array(secret()).default([]),
    levels: z.record(z.string(), text()).prefault({}),
    encrypt: z.object({ key: secret().optional(), salt: text().optional() }).prefault({}),
  }),
);

function objectShape(schema: z.ZodType): ObjectShape {
  const made = shapeOf(schema);
  if (made.kind !== 'object') throw new TypeError('an object');
  return made;
}

interface Given {
  readonly tree: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

interface Prepared extends Findings {
  /** `path=text`, with `!` behind what is secret and the places behind `@` where they are asked for. */
  readonly values: readonly string[];
  readonly places: readonly string[];
}

async function prepare({ tree, env = {}, files = {} }: Given): Promise<Prepared> {
  const findings: Findings = { problems: [], warnings: [] };
  const readFile = async (path: string): Promise<string> => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    return content;
  };
  const root = await prepareValues({ root: writeTree(tree), shape, env, cwd: '/work', readFile }, findings);
  const leaves = leavesOf(root).filter(([, leaf]) => !leaf.faulty);
  return {
    ...findings,
    values: leaves.map(([path, leaf]) => `${formatPath(path)}=${leaf.text}${leaf.secret ? '!' : ''}`),
    places: leaves.map(([path, { origin, through }]) =>
      [formatPath(path), formatOrigin(origin), ...(through === undefined ? [] : [formatOrigin(through)])].join(' < '),
    ),
  };
}

const VCAP_SERVICES = JSON.stringify({
  'user-provided': [
    { name: 'my.db', label: 'user-provided', tags: ['x', 'y'], credentials: { password: '$' + '{a}', c: KNOWN } },
    { label: 'no name', credentials: { hosts: [{ port: 1 }], deep: { ok: true, none: null } } },
  ],
});

describe('placeholders', () => {
  test.each<[string, Given, readonly string[]]>([
    ['an option of ours, relaxed', { tree: { a: '${MY-NAME}', my_name: 'x' } }, ['a=x', 'my_name=x']],
    [
      'an option that nobody knows',
      { tree: { a: '${my.pass-word}', my: { passWord: 'x' } } },
      ['a=x', 'my.passWord=x'],
    ],
    ['an item of a list', { tree: { a: '${list[1]}', list: ['x', 'y'] } }, ['a=y', 'list[0]=x', 'list[1]=y']],
    ['a free name', { tree: { a: '${levels.x.y}', levels: { 'x.y': 'z' } } }, ['a=z', 'levels.x.y=z']],
    ['a variable by its name', { tree: { a: '${Some_Var}' }, env: { Some_Var: 'x' } }, ['a=x']],
    [
      'a variable by dots',
      { tree: { a: '${my.password.os.variable}' }, env: { MY_PASSWORD_OS_VARIABLE: 'x' } },
      ['a=x!'],
    ],
    ['a variable without dashes', { tree: { a: '${my.pass-word}' }, env: { MY_PASSWORD: 'x' } }, ['a=x!']],
    ['a variable with dashes as underscores', { tree: { a: '${my.pass-word}' }, env: { MY_PASS_WORD: 'x' } }, ['a=x']],
    ['a variable of a numbered item', { tree: { a: '${x[0].y}' }, env: { X_0_Y: 'x' } }, ['a=x']],
    ['the environment before a file', { tree: { a: '${b}', b: 'file' }, env: { B: 'env' } }, ['a=env', 'b=file']],
    ['an empty variable', { tree: { a: 'x${B:c}' }, env: { B: '' } }, ['a=x']],
    ['a fallback', { tree: { a: '${B:c}' } }, ['a=c']],
    ['an empty fallback', { tree: { a: '${B:}' } }, ['a=']],
    ['a fallback for a name whose piece has no value', { tree: { a: '${b${C}d:e}' } }, ['a=e']],
    ['nested in name and fallback', { tree: { a: '${x${B}:${D:e}}' }, env: { B: '1' } }, ['a=e']],
    ['a name made of another', { tree: { a: '${my.${B}}', my: { c: 'd' } }, env: { B: 'c' } }, ['a=d', 'my.c=d']],
    ['a name that holds a colon', { tree: { a: '${b:c}' }, env: { 'b:c': 'x' } }, ['a=x']],
    ['several', { tree: { a: '${B}-${C}' }, env: { B: 'x', C: 'y' } }, ['a=x-y']],
    ['a chain', { tree: { a: '${b}', b: '${c}', c: 'd' } }, ['a=d', 'b=d', 'c=d']],
    ['an escape', { tree: { a: '\\${B}' }, env: { B: 'x' } }, ['a=${B}']],
    ['an escape behind a placeholder', { tree: { a: '${b}', b: '\\${c}' } }, ['a=${c}', 'b=${c}']],
    [
      'in lists and free names',
      { tree: { list: ['${B}'], levels: { x: '${B}' } }, env: { B: 'y,z' } },
      ['list[0]=y,z', 'levels.x=y,z'],
    ],
    ['a whole list', { tree: { list: '${B}' }, env: { B: 'y,z' } }, ['list=y,z']],
    ['none where nobody reads', { tree: { spring: { x: '${B} ${C:d}' } } }, ['spring.x=${B} ${C:d}']],
    ['an expression', { tree: { a: '^(a|b)$' } }, ['a=^(a|b)$']],
    [
      'the space',
      { tree: { a: '${vcap.application.space_name}' }, env: { VCAP_APPLICATION: '{"space_name":"s"}' } },
      ['a=s'],
    ],
    [
      'credentials, as they stand',
      { tree: { a: '${vcap.services.my.db.credentials.password}' }, env: { VCAP_SERVICES } },
      ['a=${a}!'],
    ],
    [
      'other fields of a service',
      {
        tree: { a: '${vcap.services.my.db.tags[1]} ${vcap.services.my-db.tags:no} ${vcap.services.my.db.tags}' },
        env: { VCAP_SERVICES },
      },
      ['a=y no x,y'],
    ],
    [
      'services by label, deep and odd values',
      {
        tree: {
          a: '${vcap.services.no name.credentials.hosts[0].port}${vcap.services.no name.credentials.deep.ok}${vcap.services.no name.credentials.deep.none}',
        },
        env: { VCAP_SERVICES },
      },
      ['a=1true!'],
    ],
  ])('%s', async (_, given, expected) => {
    const prepared = await prepare(given);
    expect(prepared.problems.map(formatProblem)).toEqual([]);
    expect(prepared.warnings).toEqual([]);
    expect(prepared.values).toEqual(expected);
  });

  test('values keep the place where they are written', async () => {
    const prepared = await prepare({ tree: { a: '${b:${C}}', list: ['x${C}'], my_name: 'n' }, env: { C: 'x' } });
    expect(prepared.places).toEqual([
      'a < environment C < f.yml:a',
      'list[0] < f.yml:list[0]',
      'my_name < f.yml:my_name',
    ]);
  });

  test.each<[string, Given, readonly string[]]>([
    [
      'none',
      { tree: { a: 'x${HOST}' } },
      [
        'f.yml:a: a: found the placeholder ${HOST}, which has no value, expected a value for it in the environment, in a file or on the command line; set it, or write a fallback: ${HOST:…}',
      ],
    ],
    [
      'none, at the end of a chain',
      { tree: { a: '${b:x}', b: '${c}' } },
      [expect.stringMatching(/^f\.yml:b: a: found the placeholder \$\{c\}/)],
    ],
    [
      'none of a secret',
      { tree: { login: { password: '${MY_PW}' } } },
      [expect.stringContaining('the placeholder ${MY_PW}')],
    ],
    [
      'what may be a piece of a password',
      { tree: { login: { password: 'x${hunter2}' } } },
      [
        'f.yml:login.password: login.password: found a placeholder without a value, expected a value for it in the environment, in a file or on the command line; set it, or write \\${ where a text is meant',
      ],
    ],
    [
      'itself',
      { tree: { a: '${a}' } },
      [
        'f.yml:a: a: found placeholders that lead in a circle: a -> a, expected each to lead to a value; write the value itself in one of them',
      ],
    ],
    [
      'a circle',
      { tree: { a: '${b}', b: 'x${c:y}', c: '${b}' } },
      [expect.stringContaining('in a circle: b -> c -> b')],
    ],
    [
      'too much',
      {
        tree: {
          a: '${b19}',
          ...Object.fromEntries(
            Array.from({ length: 20 }, (_, n) => [`b${n}`, n === 0 ? 'xxxx' : `\${b${n - 1}}\${b${n - 1}}`]),
          ),
        },
      },
      [expect.stringContaining('more than 1048576 characters')],
    ],
    [
      'too deep',
      {
        tree: { a: '${b39}', ...Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`b${n}`, `\${b${n - 1}}`])) },
      },
      [expect.stringContaining('deeper than 32')],
    ],
  ])('that lead to %s', async (_, given, expected) => {
    expect((await prepare(given)).problems.map(formatProblem)).toEqual(expected);
  });

  test.each(['{hunter2', '[]', '"hunter2"'])(
    'VCAP_SERVICES that holds %s is one warning that does not quote it',
    async (VCAP) => {
      const { warnings } = await prepare({ tree: { a: '${vcap.services.x:y}' }, env: { VCAP_SERVICES: VCAP } });
      expect(warnings.map(formatProblem)).toEqual([
        'environment VCAP_SERVICES: found a text that is no JSON object (not shown), expected the JSON object that Cloud Foundry gives; it is passed over',
      ]);
    },
  );

  test('end, and never throw, whatever leads where', async () => {
    const piece = fc.constantFrom('${', '}', ':', 'a', 'b', 'c.d', '\\', '${a}', '${b:', '${c.d}', '{cipher}', '00');
    const written = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(written, written, written, written, async (a, b, d, key) => {
        await prepare({ tree: { a, b, c: { d }, encrypt: { key } }, env: { B: a, C_D: b } });
      }),
      propertyRuns(1000),
    );
  });
});

describe('ciphers', () => {
  const encrypt = { key: KEY.key };

  test.each<[string, Given, readonly string[]]>([
    ['by encrypt.key', { tree: { a: KNOWN, encrypt } }, ['a=mysecret!', 'encrypt.key=mySecretKey']],
    [
      'by a key behind a placeholder',
      { tree: { a: KNOWN, encrypt: { key: '${K}' } }, env: { K: KEY.key } },
      ['a=mysecret!', 'encrypt.key=mySecretKey'],
    ],
    [
      'by a file of the platform',
      { tree: { a: KNOWN, encrypt: { keyFile: 'k' } }, files: { '/run/secrets/k': `${KEY.key}\n` } },
      ['a=mysecret!', 'encrypt.key=mySecretKey!'],
    ],
    [
      'by a file elsewhere',
      { tree: { a: KNOWN, encrypt: { keyFile: '/k' } }, files: { '/k': KEY.key } },
      ['a=mysecret!', 'encrypt.key=mySecretKey!'],
    ],
    [
      'by a salt',
      { tree: { a: KNOWN, encrypt: { ...encrypt, salt: 'DEADBEEF' } } },
      ['a=mysecret!', 'encrypt.key=mySecretKey', 'encrypt.salt=DEADBEEF'],
    ],
    [
      'behind a placeholder',
      { tree: { a: '${B}', encrypt }, env: { B: KNOWN } },
      ['a=mysecret!', 'encrypt.key=mySecretKey'],
    ],
    ['as a fallback', { tree: { a: `\${B:${KNOWN}}`, encrypt } }, ['a=mysecret!', 'encrypt.key=mySecretKey']],
    [
      'within a text',
      { tree: { a: 'x-${B}', encrypt }, env: { B: KNOWN } },
      ['a=x-mysecret!', 'encrypt.key=mySecretKey'],
    ],
    [
      'of digits behind a placeholder',
      { tree: { a: '{cipher}${B}', encrypt }, env: { B: KNOWN.slice(8) } },
      ['a=mysecret!', 'encrypt.key=mySecretKey'],
    ],
    [
      'of a service',
      { tree: { a: '${vcap.services.my.db.credentials.c}', encrypt }, env: { VCAP_SERVICES } },
      ['a=mysecret!', 'encrypt.key=mySecretKey'],
    ],
    [
      'in a file of a secret',
      { tree: { login: { passwordFile: 'p' }, encrypt }, files: { '/work/p': KNOWN } },
      ['login.password=mysecret!', 'encrypt.key=mySecretKey'],
    ],
  ])('%s', async (_, given, expected) => {
    const prepared = await prepare(given);
    expect(prepared.problems.map(formatProblem)).toEqual([]);
    expect(prepared.values).toEqual(expected);
  });

  test.each<[string, Given, string]>([
    [
      'no key',
      { tree: { a: KNOWN } },
      'f.yml:a: a: found an encrypted value ({cipher}), and no key, expected the key that it was encrypted with; set ENCRYPT_KEY in the environment, ENCRYPT_KEY_FILE, or encrypt.key',
    ],
    [
      'a wrong key',
      { tree: { list: [KNOWN], encrypt: { key: 'x' } } },
      'f.yml:list[0]: list[0]: found an encrypted value ({cipher}) that the key does not fit, expected the key, and the salt, that it was encrypted with; correct ENCRYPT_KEY, or encrypt it again by promregator encrypt',
    ],
    [
      'no hex text',
      { tree: { a: '{cipher}hunter2', encrypt } },
      'f.yml:a: a: found an encrypted value ({cipher}) that is no hex text, expected pairs of the digits 0 to 9 and a to f; encrypt it again by promregator encrypt',
    ],
    [
      'too short',
      { tree: { a: '${B}', encrypt }, env: { B: KNOWN.slice(0, 40) } },
      'environment B: a: found an encrypted value ({cipher}) of a length that none has, expected at least 64 digits, and a multiple of 32; look whether some of it is missing, or encrypt it again by promregator encrypt',
    ],
    [
      'an encrypted key',
      { tree: { encrypt: { key: KNOWN } } },
      'f.yml:encrypt.key: encrypt.key: found an encrypted value ({cipher}), and no key, expected the key that it was encrypted with; set ENCRYPT_KEY in the environment, ENCRYPT_KEY_FILE, or encrypt.key',
    ],
    [
      'a salt that is none',
      { tree: { encrypt: { ...encrypt, salt: 'x' } } },
      'f.yml:encrypt.salt: encrypt.salt: found a salt that is no hex text, expected pairs of the digits 0 to 9 and a to f',
    ],
    [
      'an RSA key',
      { tree: { encrypt: { key: '-----BEGIN RSA PRIVATE KEY-----' } } },
      'f.yml:encrypt.key: encrypt.key: found an RSA key, expected a pass phrase, since values are encrypted by AES here',
    ],
    [
      'no key file',
      { tree: { encrypt: { keyFile: 'k' } } },
      'f.yml:encrypt.keyFile: encrypt.keyFile: found no such file in "/run/secrets", expected the name of a file that holds the secret (the name is not shown, since a word without a slash may be the secret itself; ./ before it shows it)',
    ],
  ])('with %s', async (_, given, expected) => {
    expect((await prepare(given)).problems.map(formatProblem)).toEqual([expected]);
  });
});

describe('files of secrets', () => {
  test.each<[string, Given, readonly string[], readonly string[]]>([
    [
      'take one line break off',
      { tree: { login: { passwordFile: 'p' } }, files: { '/work/p': ' a\n\r\n' } },
      ['login.password= a\n!'],
      ['login.password < /work/p < f.yml:login.passwordFile'],
    ],
    [
      'of names with underscores',
      { tree: { login: { client_secret_file: '/p' } }, files: { '/p': 'a' } },
      ['login.client_secret=a!'],
      ['login.client_secret < /p < f.yml:login.client_secret_file'],
    ],
    [
      'named by placeholders',
      { tree: { login: { passwordFile: '${D}/p' } }, env: { D: '/d' }, files: { '/d/p': '${a}' } },
      ['login.password=${a}!'],
      [expect.any(String)],
    ],
    [
      'in items of lists',
      { tree: { users: [{ passwordFile: '/p' }] }, files: { '/p': 'a' } },
      ['users[0].password=a!'],
      [expect.any(String)],
    ],
    [
      'of lists, a line each',
      { tree: { tokensFile: '/p' }, files: { '/p': 'a\n\n b \n' } },
      ['tokens[0]=a!', 'tokens[1]=b!'],
      ['tokens[0] < /p < f.yml:tokensFile', 'tokens[1] < /p < f.yml:tokensFile'],
    ],
    [
      'beside an option without a value',
      { tree: { login: { password: '', passwordFile: '/p' } }, files: { '/p': 'a' } },
      ['login.password=a!'],
      [expect.any(String)],
    ],
    [
      'without a name are none',
      { tree: { login: { password: 'x', passwordFile: '' } } },
      ['login.password=x'],
      [expect.any(String)],
    ],
  ])('%s', async (_, given, values, places) => {
    const prepared = await prepare(given);
    expect(prepared.problems.map(formatProblem)).toEqual([]);
    expect(prepared.values).toEqual(values);
    expect(prepared.places).toEqual(places);
  });

  test.each<[string, Given, string]>([
    [
      'that are not there',
      { tree: { login: { passwordFile: 'p' } } },
      'f.yml:login.passwordFile: login.passwordFile: found no such file in "/work", expected the name of a file that holds the secret (the name is not shown, since a word without a slash may be the secret itself; ./ before it shows it)',
    ],
    [
      'that are empty',
      { tree: { login: { passwordFile: '/p' } }, files: { '/p': '\n' } },
      'f.yml:login.passwordFile: login.passwordFile: found an empty file: "/p", expected the name of a file that holds the secret',
    ],
    [
      'that are lists',
      { tree: { login: { passwordFile: ['p'] } } },
      'f.yml:login.passwordFile: login.passwordFile: found a list, expected the name of one file',
    ],
  ])('%s are an error', async (_, given, expected) => {
    expect((await prepare(given)).problems.map(formatProblem)).toEqual([expected]);
  });
});
