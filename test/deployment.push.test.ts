import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { newFolder } from './support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DEPLOY = join(ROOT, 'deploy/cloud-foundry');

const read = (file: string): string => readFileSync(join(DEPLOY, file), 'utf8');

test('is what POSIX shells take', () => {
  expect(spawnSync('sh', ['-n', join(DEPLOY, 'push.sh')], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});

interface Pushed {
  readonly code: number | null;
  /** Calls of `cf`, one a line; a file of credentials is shown by what is in it. */
  readonly calls: readonly string[];
  readonly stderr: string;
  readonly stdout: string;
  readonly folder: string;
}

interface Push {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly vars?: string;
  readonly packages?: readonly string[];
  /** What `cf service` says; another text than these two is that of another failure. */
  readonly service?: string;
  readonly pushFails?: true;
  /** Replaces the first text by the second in app/promregator.yml. */
  readonly configuration?: readonly [string, string];
}

function push({
  args = [],
  env = {},
  vars = read('vars.example.yml'),
  packages = ['promregator-0.1.0.tgz'],
  service = 'missing',
  pushFails,
  configuration: [from, to] = ['', ''],
}: Push): Pushed {
  const base = newFolder();
  const folder = join(base, 'it has spaces');
  cpSync(DEPLOY, folder, { recursive: true });
  // Words of command/translatableerror/service_instance_not_found_error.go of cloudfoundry/cli.
  const words = service === 'missing' ? 'FAILED\nService instance promregator-cf not found' : service;
  writeFileSync(join(base, 'words'), words);
  mkdirSync(join(base, 'bin'));
  mkdirSync(join(base, 'tmp'));
  const cf = `#!/bin/sh
{ while [ $# -gt 0 ]; do
  if [ "$before" = -p ]; then printf 'file %s %s ' "$(stat -c %a "$1")" "$(cat "$1")"; else printf '%s ' "$1"; fi
  [ -n "$first" ] || first=$1
  before=$1; shift
done; echo; } >>'${base}/calls'
case $(tail -n 1 '${base}/calls') in
'service '*) cat '${base}/words' >&2; exit ${service === 'there' ? 0 : 1} ;;
'push '*) exit ${pushFails ? 1 : 0} ;;
esac
`;
  writeFileSync(join(base, 'bin/cf'), cf);
  // With --prefix what is built here stands in for what would be installed.
  const npm = `#!/bin/sh
if [ "$2" = --prefix ]; then mkdir "$3/node_modules" && ln -s '${ROOT}' "$3/node_modules/promregator"
else echo "npm $* in $(basename "$PWD")" >>'${base}/calls'; fi
`;
  writeFileSync(join(base, 'bin/npm'), npm);
  const configFile = join(folder, 'app/promregator.yml');
  writeFileSync(configFile, readFileSync(configFile, 'utf8').replace(from, to));
  for (const program of ['cf', 'npm']) chmodSync(join(base, 'bin', program), 0o755);
  if (vars !== '') writeFileSync(join(folder, 'vars.yml'), vars);
  for (const name of packages) writeFileSync(join(folder, name), name);
  const { status, stdout, stderr } = spawnSync('sh', [join(folder, 'push.sh'), ...args], {
    cwd: base,
    encoding: 'utf8',
    env: { PATH: `${join(base, 'bin')}:${process.env['PATH']}`, TMPDIR: join(base, 'tmp'), ...env },
  });
  // What it wrote down for a moment is gone, however it ended.
  expect(readdirSync(join(base, 'tmp'))).toEqual([]);
  const calls = existsSync(join(base, 'calls')) ? readFileSync(join(base, 'calls'), 'utf8').trimEnd().split('\n') : [];
  return { code: status, calls: calls.map((call) => call.trimEnd().replaceAll(folder, '.')), stdout, stderr, folder };
}

const PUSH = 'push -f ./manifest.yml --vars-file ./vars.yml --strategy rolling';

test('lays the package, and pushes with no moment without a replica', () => {
  const { code, calls, folder } = push({});
  expect({ code, calls }).toEqual({ code: 0, calls: [PUSH] });
  expect(readFileSync(join(folder, 'app/promregator.tgz'), 'utf8')).toBe('promregator-0.1.0.tgz');
});

test('makes the service, the password being no argument', () => {
  const { calls } = push({ env: { CF_USERNAME: 'collector', CF_PASSWORD: 'a"b\\c' } });
  expect(calls).toEqual([
    'service promregator-cf',
    'create-user-provided-service promregator-cf -p file 600 {"username":"collector","password":"a\\"b\\\\c"}',
    PUSH,
  ]);
});

test('keeps the service up to date, with a password of a file', () => {
  const file = join(newFolder(), 'password');
  writeFileSync(file, 'secret\n');
  const { calls } = push({ env: { CF_USERNAME: 'collector', CF_PASSWORD_FILE: file }, service: 'there' });
  expect(calls[1]).toBe(
    'update-user-provided-service promregator-cf -p file 600 {"username":"collector","password":"secret"}',
  );
});

test('opens the way to internal routes, after the push', () => {
  const { calls } = push({ args: ['--policy=orders', '--policy=payments'] });
  expect(calls).toEqual([
    PUSH,
    'add-network-policy promregator orders --protocol tcp --port 8080',
    'add-network-policy promregator payments --protocol tcp --port 8080',
  ]);
});

test('installs the packages before the push where the platform cannot', () => {
  const { calls } = push({ args: ['--vendored'] });
  expect(calls).toEqual(['npm install --omit=dev --no-fund --no-audit in app', PUSH]);
});

test('pushes the image without a package', () => {
  const { code, calls } = push({ args: ['--container'], packages: [] });
  expect({ code, calls }).toEqual({ code: 0, calls: [PUSH.replace('manifest', 'manifest-container')] });
});

test.each<[string, string, string]>([
  ['a service that is there', 'there', 'cf update-user-provided-service promregator-cf -p FILE_'],
  ['one that is not', 'missing', 'cf create-user-provided-service promregator-cf -p FILE_'],
])('shows what it would do with %s, and changes nothing', (_, service, second) => {
  const { calls, stdout, folder } = push({
    args: ['--dry-run', '--vendored', '--policy=orders'],
    env: { CF_USERNAME: 'collector', CF_PASSWORD: 'pa$$word' },
    service,
  });
  expect(calls).toEqual(['service promregator-cf']);
  expect(stdout.replaceAll(folder, '.').trimEnd().split('\n')).toEqual([
    'rm -rf ./app/node_modules ./app/package-lock.json',
    'cp ./promregator-0.1.0.tgz ./app/promregator.tgz',
    'cd ./app',
    'npm install --omit=dev --no-fund --no-audit',
    expect.stringContaining(second),
    `cf ${PUSH}`,
    'cf add-network-policy promregator orders --protocol tcp --port 8080',
  ]);
  expect(readdirSync(join(folder, 'app')).sort()).toEqual(readdirSync(join(DEPLOY, 'app')).sort());
});

test.each<[string, readonly string[]]>([
  ['a dry run', ['--dry-run']],
  ['a push', []],
])('ends %s with the words of cf where it cannot say whether the service is there', (_, args) => {
  const { code, calls, stdout, stderr, folder } = push({
    args,
    env: { CF_USERNAME: 'collector', CF_PASSWORD: 'pa$$word' },
    service: "FAILED\nNo org targeted, use 'cf target -o ORG' to target an org.",
  });
  expect({ code, calls, stdout }).toEqual({ code: 1, calls: ['service promregator-cf'], stdout: '' });
  expect(stderr).toContain("No org targeted, use 'cf target -o ORG'");
  expect(stderr).toContain('push.sh: `cf service promregator-cf` fails, so that nothing is done');
  expect(existsSync(join(folder, 'app/promregator.tgz'))).toBe(false);
});

const OTHER_NAME = read('vars.example.yml').replace('promregator-cf', 'collector-cf');

test.each<[string, Push, string]>([
  ['a push', {}, ''],
  ['a push of an image, which has its configuration in it', { args: ['--container'], vars: OTHER_NAME }, ''],
  ['a push with another name of the service', { vars: OTHER_NAME }, "nothing of the service 'collector-cf' that"],
  ['a check of it', { args: ['--check'], vars: OTHER_NAME }, "nothing of the service 'collector-cf' that"],
])('%s says where the two files name different services', (_, given, words) => {
  const { stderr } = push(given);
  if (words === '') expect(stderr).toBe('');
  else expect(stderr).toContain(words);
});

const CHECKS: readonly (readonly [string, Push, number, string | RegExp])[] = [
  ['as it comes', { env: { CF_USERNAME: 'not-there' } }, 0, /targets\[0]\.spaceName +our-space +environment VCAP_APP/],
  [
    'with the credentials of a service that is not bound',
    { configuration: ['promregator-cf.credentials.password', 'another.credentials.password'] },
    78,
    /cf\.password: found the placeholder .*another/,
  ],
  ['with a name that is none', { configuration: ['orgName: acme', 'orgNam: acme'] }, 78, 'targets[1].orgNam: found'],
  [
    'by what the platform says',
    { env: { VCAP_APPLICATION: JSON.stringify({ cf_api: 'https://api.eu.example.org' }) } },
    78,
    /cf\.api_host +https:\/\/api\.eu\.example\.org/,
  ],
];

test.each(CHECKS)('checks the configuration %s, and pushes nothing', (_, given, exitCode, words) => {
  const { code, calls, stdout } = push({ args: ['--check'], ...given });
  expect({ code, calls }, stdout).toEqual({ code: exitCode, calls: [] });
  if (typeof words === 'string') expect(stdout).toContain(words);
  else expect(stdout).toMatch(words);
  expect(stdout).not.toMatch(/not-there|made-up/);
});

const REFUSALS: readonly (readonly [string, Push, string])[] = [
  ['no variables', { vars: '' }, 'vars.yml: copy vars.example.yml'],
  ['variables without a name', { vars: 'service: x\n' }, 'says no name or no service'],
  ['no package', { packages: [] }, 'there is no promregator-VERSION.tgz'],
  ['two packages', { packages: ['promregator-0.1.0.tgz', 'promregator-0.2.0.tgz'] }, 'name one by --package'],
  ['a package that is not there', { args: ['--package=/none.tgz'] }, 'there is no package /none.tgz'],
  ['a user without a password', { env: { CF_USERNAME: 'collector' } }, 'neither CF_PASSWORD_FILE nor CF_PASSWORD'],
  [
    'a file of a password that is not there',
    { env: { CF_USERNAME: 'collector', CF_PASSWORD_FILE: '/none' } },
    'CF_PASSWORD_FILE names /none, which is no file that can be read',
  ],
  ['a folder for it', { env: { CF_USERNAME: 'collector', CF_PASSWORD_FILE: '/' } }, 'is no file that can be read'],
  ['an empty one', { env: { CF_USERNAME: 'collector', CF_PASSWORD_FILE: '/dev/null' } }, 'holds its password'],
  ['several lines', { env: { CF_USERNAME: 'collector', CF_PASSWORD: 'a\nb' } }, 'the password has several lines'],
  ['a check without a package', { args: ['--check'], packages: [] }, 'there is no promregator-VERSION.tgz'],
  ['an unknown option', { args: ['--fast'] }, 'there is no option --fast'],
  ['a policy that is none', { args: ['--policy=a;b'] }, "'a;b' is no name"],
];

test.each(REFUSALS)('refuses %s before anything is done', (_, given, sentence) => {
  const { code, calls, stderr, folder } = push(given);
  expect({ code, calls }).toEqual({ code: 64, calls: [] });
  expect(existsSync(join(folder, 'app/promregator.tgz'))).toBe(false);
  expect(stderr).toContain(sentence);
});

test('ends when the push fails', () => {
  const { code, calls } = push({ args: ['--policy=orders'], pushFails: true });
  expect({ code, calls }).toEqual({ code: 1, calls: [PUSH] });
});
