// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
import { describe, expect, test } from 'vitest';
import { loadWritten, MANDATORY_ENV, type Written } from '../../test/support/config/load-written.js';
import type { Config } from './config.js';
import { formatProblem } from './report.js';

const HIDDEN = 'hunter2secret';
/** HIDDEN, encrypted by `promregator encrypt` with the key k. */
const CIPHER = '{cipher}da4e6868fc40f9c65ef9db67c325b181630d59e78d0ca7f61bb522271c34851e';
const ENCRYPT_KEY = 'k';

const targets = (text: string): string => `promregator: {targets: [${text}]}`;

function password({ foundations }: Config): string | undefined {
  const credentials = foundations[0]?.credentials;
  return credentials?.grant === 'password' ? credentials.password.reveal() : undefined;
}

const { CF_PASSWORD: _, ...WITHOUT_PASSWORD } = MANDATORY_ENV;

describe('what stands in place of a value', () => {
  test.each<[string, Written, (config: Config) => unknown, unknown]>([
    ['a variable', { yaml: 'cf.password: ${MY_PW}', env: { ...WITHOUT_PASSWORD, MY_PW: 'a' } }, password, 'a'],
    ['a variable of the option itself', { yaml: 'cf.password: ${CF_PASSWORD}' }, password, 'pa$$word1'],
    ['a switch of Java', { yaml: 'cf.password: ${my.pw}', env: WITHOUT_PASSWORD, args: ['-Dmy.pw=a'] }, password, 'a'],
    [
      'an argument before the environment',
      { yaml: 'cf.password: ${my.pw}', env: { ...WITHOUT_PASSWORD, MY_PW: 'env' }, args: ['--my.pw=a'] },
      password,
      'a',
    ],
    [
      'a cipher in a file',
      { yaml: `cf.password: '${CIPHER}'`, env: { ...WITHOUT_PASSWORD, ENCRYPT_KEY } },
      password,
      HIDDEN,
    ],
    ['a cipher in the environment', { env: { ...MANDATORY_ENV, CF_PASSWORD: CIPHER, ENCRYPT_KEY } }, password, HIDDEN],
    [
      'a cipher by the key of the file',
      { yaml: 'encrypt.key: k', env: { ...MANDATORY_ENV, CF_PASSWORD: CIPHER } },
      password,
      HIDDEN,
    ],
    [
      'a cipher by a key of the platform',
      { env: { ...MANDATORY_ENV, CF_PASSWORD: CIPHER, ENCRYPT_KEY_FILE: 'x' }, files: { '/run/secrets/x': 'k\n' } },
      password,
      HIDDEN,
    ],
    [
      'a cipher behind a placeholder',
      { yaml: 'cf.password: ${PW}', env: { ...WITHOUT_PASSWORD, PW: CIPHER, ENCRYPT_KEY } },
      password,
      HIDDEN,
    ],
    [
      'a file',
      { yaml: 'cf.password-file: secrets/pw', env: WITHOUT_PASSWORD, files: { '/work/secrets/pw': 'a\n' } },
      password,
      'a',
    ],
    [
      'a file by the environment',
      { env: { ...WITHOUT_PASSWORD, CF_PASSWORD_FILE: '/pw' }, files: { '/pw': 'a' } },
      password,
      'a',
    ],
    [
      'a file by an argument',
      { env: WITHOUT_PASSWORD, args: ['--cf.passwordFile=/pw'], files: { '/pw': 'a' } },
      password,
      'a',
    ],
    [
      'the environment before a file that a file names',
      { yaml: 'cf.passwordFile: /pw', files: { '/pw': 'a' } },
      password,
      'pa$$word1',
    ],
    [
      'a file that the environment names before the file',
      { yaml: 'cf.password: b', env: { ...WITHOUT_PASSWORD, CF_PASSWORD_FILE: '/pw' }, files: { '/pw': 'a' } },
      password,
      'a',
    ],
    [
      'the command line before the environment',
      { args: ['--cf.passwordFile=/pw'], files: { '/pw': 'a' } },
      password,
      'a',
    ],
    [
      'JSON before the environment that holds it',
      {
        env: { ...WITHOUT_PASSWORD, CF_PASSWORD_FILE: '/pw', SPRING_APPLICATION_JSON: '{"cf":{"password":"b"}}' },
        files: { '/pw': 'a' },
      },
      password,
      'b',
    ],
    [
      'a file for a profile before the others',
      {
        yaml: 'cf.password: b',
        env: { ...WITHOUT_PASSWORD, SPRING_PROFILES_ACTIVE: 'x' },
        files: { '/work/promregator-x.yml': 'cf.passwordFile: /pw', '/pw': 'a' },
      },
      password,
      'a',
    ],
    [
      'a file of an item',
      {
        yaml: 'promregator.targetAuthenticators: [{id: x, type: basic, basic: {username: u, passwordFile: /pw}}]',
        files: { '/pw': 'a' },
      },
      (c) => {
        const found = c.authenticators.byId.get('x');
        return found?.type === 'basic' && found.password.reveal();
      },
      'a',
    ],
    [
      'texts with commas',
      { yaml: targets('{preferredRouteRegex: "${ROUTES}"}'), env: { ...MANDATORY_ENV, ROUTES: 'a.*,b' } },
      (c) => c.rules[0]?.preferredRouteRegex.map(({ source }) => source),
      ['a.*', 'b'],
    ],
    [
      'a name in a rule',
      {
        yaml: targets('{orgName: "${vcap.application.organization_name}"}'),
        env: { ...MANDATORY_ENV, VCAP_APPLICATION: '{"organization_name":"o"}' },
      },
      (c) => c.rules[0]?.organization,
      { kind: 'name', name: 'o' },
    ],
    [
      'nothing, in an expression that ends in a dollar',
      { yaml: targets('{orgRegex: "^(a|b)$"}') },
      (c) => c.rules[0]?.organization.kind,
      'expression',
    ],
  ])('%s', async (_, written, pick, expected) => {
    const outcome = await loadWritten(written);
    if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join('\n'));
    expect(pick(outcome.config)).toEqual(expected);
    expect(JSON.stringify(outcome.effective)).not.toContain(HIDDEN);
  });

  test('the files of secrets are watched apart from those of the configuration', async () => {
    const { watched } = await loadWritten({
      yaml: 'cf.passwordFile: pw',
      env: WITHOUT_PASSWORD,
      files: { '/work/pw': 'a' },
    });
    expect(watched.material).toContain('/work/pw');
    expect(watched.configuration).toContain('/work/promregator.yml');
    expect(watched.configuration).not.toContain('/work/pw');
  });
});

describe('what is wrong with it', () => {
  test.each<[string, Written, readonly unknown[]]>([
    [
      'a placeholder without a value, once',
      { yaml: 'cf: {password: "${NO_PW}"}', env: WITHOUT_PASSWORD },
      [
        expect.stringMatching(
          /^promregator\.yml:1:16: cf\.password: found the placeholder \$\{NO_PW\}, which has no value/,
        ),
      ],
    ],
    [
      'one in a rule',
      { yaml: targets('{orgName: "${ORG}"}') },
      [
        expect.stringMatching(
          /^promregator\.yml:1:35: promregator\.targets\[0\]\.orgName: found the placeholder \$\{ORG\}/,
        ),
      ],
    ],
    [
      'one in a list',
      { yaml: 'promregator.trustedProxies: [10.0.0.0/8, "${X}"]' },
      [expect.stringContaining('promregator.trustedProxies[1]: found the placeholder ${X}')],
    ],
    [
      'a value of the wrong type, at its own place',
      { yaml: 'server.port: ${P}', env: { ...MANDATORY_ENV, P: 'http' } },
      ['environment P: server.port: found "http", expected a whole number from 0 to 65535'],
    ],
    [
      'a secret beside its file, in one source',
      { yaml: 'cf: {passwordFile: pw, password: hunter2}', files: { '/work/pw': 'x' }, env: WITHOUT_PASSWORD },
      [
        'promregator.yml:1:20: cf.passwordFile: found a file beside cf.password (set at promregator.yml:1:34), expected one of the two; remove one, or its variable from the environment',
      ],
    ],
    [
      'both in the environment',
      { env: { ...MANDATORY_ENV, CF_PASSWORD_FILE: '/pw' }, files: { '/pw': 'a' } },
      [expect.stringContaining('cf.passwordFile: found a file beside cf.password (set at environment CF_PASSWORD)')],
    ],
    [
      'a salt that is none, and nothing of the ciphers',
      { env: { ...MANDATORY_ENV, CF_PASSWORD: CIPHER, ENCRYPT_KEY, ENCRYPT_SALT: 'x' } },
      [
        'environment ENCRYPT_SALT: encrypt.salt: found a salt that is no hex text, expected pairs of the digits 0 to 9 and a to f',
      ],
    ],
    [
      'a file of the key that is not there, and nothing of the ciphers',
      { env: { ...MANDATORY_ENV, CF_PASSWORD: CIPHER, ENCRYPT_KEY_FILE: '/k' } },
      [
        'environment ENCRYPT_KEY_FILE: encrypt.keyFile: found no such file: "/k", expected the name of a file that holds the secret',
      ],
    ],
    [
      'what Spring makes up',
      { yaml: targets('{id: "${random.uuid}"}') },
      [
        'promregator.yml:1:30: promregator.targets[0].id: found the placeholder ${random.uuid}, which has no value, expected a value for it in the environment, in a file or on the command line; write the value itself, since nothing is random here',
      ],
    ],
    [
      'a file that is not there, once',
      { env: { ...WITHOUT_PASSWORD, CF_PASSWORD_FILE: '/pw' } },
      [expect.stringMatching(/^environment CF_PASSWORD_FILE: cf\.passwordFile: found no such file: "\/pw"/)],
    ],
    [
      'an encrypted number, not shown',
      { yaml: `server.port: '${CIPHER}'`, env: { ...MANDATORY_ENV, ENCRYPT_KEY } },
      ['promregator.yml:1:14: server.port: found a value (not shown), expected a whole number from 0 to 65535'],
    ],
    [
      'an encrypted address, not shown',
      { yaml: `promregator.trustedProxies: ['${CIPHER}']`, env: { ...MANDATORY_ENV, ENCRYPT_KEY } },
      [expect.stringContaining('promregator.trustedProxies[0]: found <secret>, expected an address')],
    ],
  ])('%s', async (_, written, expected) => {
    const outcome = await loadWritten(written);
    const said = outcome.ok ? [] : outcome.problems.map(formatProblem);
    expect(said).toEqual(expected);
    expect(JSON.stringify([outcome.effective, said, outcome.warnings])).not.toContain(HIDDEN);
  });
});
