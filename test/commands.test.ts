// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Ended, runTyped, type Typed } from './support/run-program.js';
import { temporaryFolder } from './support/temporary-folder.js';

const HIDDEN = 'hunter2secret';
const KNOWN = '{cipher}d93dd725143e187804e4105a681706c1185c58f92086bf55aa830e61c0527060';
const KEY = { ENCRYPT_KEY: 'mySecretKey' };

const folder = temporaryFolder();
const files = {
  'good.yml':
    'cf: {api_host: "${API:api.example.org}", username: u, passwordFile: pw}\npromregator.targets: [{orgName: o}]\n',
  'bad.yml': `cf: {api_host: a, username: u, password: ${HIDDEN}}\nserver.port: http\npromregator.targets: [{orgName: "\${ORG}"}]\n`,
  'warned.yml': 'cf: {api_host: a, username: u, password: p}\nservre.port: 1\nserver.tomcat.threads.max: 5\n',
  'key.yml': 'encrypt.key: mySecretKey\nserver.port: http\n',
  'bad-key.yml': 'encrypt.salt: x\n',
  pw: `${HIDDEN}\n`,
  'key.txt': 'mySecretKey\n',
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
afterAll(() => folder.remove());

function run(typed: Omit<Typed, 'cwd'>): Promise<Ended> {
  return runTyped({ ...typed, cwd: folder.path });
}

describe('check-config', () => {
  test.each<[string, Typed, number, RegExp]>([
    ['a good file', { args: ['good.yml'] }, 0, /^The configuration is good\.$/m],
    ['each value with its source', { args: ['good.yml'] }, 0, /^cf\.api_host +api\.example\.org +good\.yml:1:16$/m],
    [
      'both places of what a placeholder led to',
      { args: ['good.yml'], env: { API: 'x.y' } },
      0,
      /^cf\.api_host +x\.y +environment API, by good\.yml:1:16$/m,
    ],
    ['secrets masked', { args: ['good.yml'] }, 0, /^cf\.password +<secret> +\/.*\/pw, by good\.yml:1:\d+$/m],
    [
      'ciphers masked',
      { args: ['good.yml', `--server.address=${KNOWN}`], env: KEY },
      0,
      /^server\.address +<secret> +command line --server\.address$/m,
    ],
    ['defaults', { args: ['good.yml'] }, 0, /^promregator\.defaultInternalRoutePort +8080 +default$/m],
    [
      'what the arguments say, as serve reads them',
      { args: ['--config.file=good.yml', '--promregator.discovery.port=443'] },
      0,
      /^promregator\.discovery\.port +443 +command line --promregator\.discovery\.port$/m,
    ],
    ['the file by a word apart', { args: ['--config.file', 'good.yml'] }, 0, /^files: good\.yml$/m],
    [
      'the environment',
      { args: ['good.yml'], env: { SERVER_PORT: '7' } },
      0,
      /^server\.port +7 +environment SERVER_PORT$/m,
    ],
    [
      'problems, all of them',
      { args: ['bad.yml'] },
      78,
      /^error: bad\.yml:2:14: server\.port: found "http"[\s\S]*^error: bad\.yml:3:\d+: promregator\.targets\[0\]\.orgName: found the placeholder \$\{ORG\}, which has no value[\s\S]*^2 problem\(s\)/m,
    ],
    ['a bad file still as far as it got', { args: ['bad.yml'] }, 78, /^cf\.api_host +a +bad\.yml:1:16$/m],
    [
      'warnings and what is ignored',
      { args: ['warned.yml'] },
      0,
      /^warning: warned\.yml:2:1: servre[\s\S]*^ignored: server\.tomcat\.threads\.max \(/m,
    ],
    ['a file that is not there', { args: ['none.yml'] }, 78, /^error: .*none\.yml: found no such file/m],
    ['a form that there is not', { args: ['good.yml', '--format=xml'] }, 64, /^$/],
    ['a second file', { args: ['good.yml', HIDDEN] }, 78, /^error: .*found a word that is no option/m],
    ['--help', { args: ['--help'] }, 0, /--format=text\|json/],
    ['--version', { args: ['--version'] }, 0, /^promregator \d/],
  ])('says %s', async (_, typed, code, stdout) => {
    const ended = await run({ ...typed, args: ['check-config', ...typed.args] });
    expect(ended.stdout).toMatch(stdout);
    expect(ended.code).toBe(code);
    expect(ended.stdout + ended.stderr).not.toContain(HIDDEN);
  });

  test.each([[['--format=json']], [['--format', 'json']]])('%s for programs', async (format) => {
    const good = await run({ args: ['check-config', 'good.yml', ...format] });
    expect(JSON.parse(good.stdout)).toMatchObject({
      ok: true,
      problems: [],
      files: ['good.yml'],
      effective: expect.arrayContaining([
        { path: 'cf.api_host', value: 'api.example.org', source: 'good.yml:1:16' },
        { path: 'cf.password', value: '<secret>', source: expect.stringMatching(/pw, by good\.yml/) },
        { path: 'cf.client_id', value: null, source: 'default' },
      ]),
    });
    const bad = await run({ args: ['check-config', ...format, '--config.file=bad.yml'] });
    expect(bad.code).toBe(78);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      ok: false,
      problems: [{ place: 'bad.yml:2:14', file: 'bad.yml', line: 2, column: 14, path: 'server.port' }, {}],
    });
    expect(good.stdout + bad.stdout).not.toContain(HIDDEN);
  });
});

describe('encrypt and decrypt', () => {
  test.each<[string, Typed, number, RegExp, RegExp]>([
    ['decrypt the known answer', { args: ['decrypt'], env: KEY, stdin: KNOWN }, 0, /^mysecret\n$/, /^$/],
    [
      'without {cipher}, with a line break',
      { args: ['decrypt'], env: KEY, stdin: `${KNOWN.slice(8)}\n` },
      0,
      /^mysecret\n$/,
      /^$/,
    ],
    ['by the key of a file', { args: ['decrypt', '--config.file=key.yml'], stdin: KNOWN }, 0, /^mysecret\n$/, /^$/],
    [
      'by the key of a file, named apart',
      { args: ['decrypt', '--config.file', 'key.yml'], stdin: KNOWN },
      0,
      /^mysecret\n$/,
      /^$/,
    ],
    [
      'by ENCRYPT_KEY_FILE',
      { args: ['decrypt'], env: { ENCRYPT_KEY_FILE: join(folder.path, 'key.txt') }, stdin: KNOWN },
      0,
      /^mysecret\n$/,
      /^$/,
    ],
    [
      'encrypt with {cipher} in front',
      { args: ['encrypt'], env: KEY, stdin: 'a\n' },
      0,
      /^\{cipher\}[0-9a-f]{64}\n$/,
      /^$/,
    ],
    ['refuse an argument', { args: ['encrypt', HIDDEN], env: KEY, stdin: 'a' }, 64, /^$/, /read from stdin/],
    [
      'refuse an argument behind the file',
      { args: ['decrypt', '--config.file', 'key.yml', HIDDEN], stdin: 'a' },
      64,
      /^$/,
      /read from stdin/,
    ],
    ['need a key', { args: ['encrypt'], stdin: HIDDEN }, 78, /^$/, /there is no key: set ENCRYPT_KEY/],
    [
      'tell a key file that is not there',
      { args: ['encrypt'], env: { ENCRYPT_KEY_FILE: 'none' }, stdin: 'a' },
      78,
      /^$/,
      /ENCRYPT_KEY_FILE: encrypt\.keyFile: found no such file in "\/run\/secrets"/,
    ],
    [
      'tell a salt that is none',
      { args: ['encrypt', '--config.file=bad-key.yml'], env: KEY, stdin: 'a' },
      78,
      /^$/,
      /bad-key\.yml:1:15: encrypt\.salt/,
    ],
    ['need something on stdin', { args: ['encrypt'], env: KEY, stdin: '\n' }, 64, /^$/, /nothing on stdin/],
    ['tell what is no UTF-8', { args: ['encrypt'], env: KEY, stdin: Uint8Array.of(0xff) }, 1, /^$/, /no UTF-8/],
    [
      'tell a wrong key',
      { args: ['decrypt'], env: { ENCRYPT_KEY: 'x' }, stdin: KNOWN },
      1,
      /^$/,
      /the key or its salt does not fit/,
    ],
    ['tell what is no cipher', { args: ['decrypt'], env: KEY, stdin: HIDDEN }, 1, /^$/, /no hex text/],
    ['encrypt --help', { args: ['encrypt', '--help'] }, 0, /ENCRYPT_KEY_FILE/, /^$/],
    ['decrypt --version', { args: ['decrypt', '--version'] }, 0, /^promregator \d/, /^$/],
  ])('%s', async (_, typed, code, stdout, stderr) => {
    const ended = await run(typed);
    expect(ended.stderr).toMatch(stderr);
    expect(ended.stdout).toMatch(stdout);
    expect(ended.code).toBe(code);
    expect(ended.stdout + ended.stderr).not.toContain(HIDDEN);
  });

  test('give back what went in', async () => {
    const text = 'grüße \n 🙂\n';
    const { stdout: cipher } = await run({ args: ['encrypt'], env: KEY, stdin: `${text}\n` });
    expect((await run({ args: ['decrypt'], env: KEY, stdin: cipher })).stdout).toBe(`${text}\n`);
  });
});
