// Makes a fresh clone ready to run: dependencies, build and, where asked for, the partner programs of demo and tests.
// Plain JavaScript, since it runs before there is a compiler. Does nothing where nothing is to be done.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Debian packages and the programs in them that we call. */
const PARTNERS = {
  prometheus: { package: 'prometheus', programs: ['prometheus', 'promtool'] },
  openssl: { package: 'openssl', programs: ['openssl'] },
  curl: { package: 'curl', programs: ['curl'] },
  wrk: { package: 'wrk', programs: ['wrk'] },
  nginx: { package: 'nginx-light', programs: ['nginx'] },
  redis: { package: 'redis-server', programs: ['redis-server', 'redis-cli'] },
};

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

function run(command, args, env = {}) {
  execFileSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
}

function isOnPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function newestChange(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
}

function changedAt(file) {
  return existsSync(join(ROOT, file)) ? statSync(join(ROOT, file)).mtimeMs : 0;
}

function installDependencies() {
  if (changedAt('node_modules/.package-lock.json') >= changedAt('package-lock.json')) return;
  if (lstatSync(join(ROOT, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    say('node_modules is a link: npm ci would empty what it leads to, so that is left to you');
    return;
  }
  say('installing dependencies (npm ci)');
  run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error']);
}

function build() {
  const sources = ['src', 'simulator', 'bench'].map((folder) => newestChange(join(ROOT, folder)));
  if (
    changedAt('dist/src/main.js') > Math.max(...sources, changedAt('tsconfig.build.json'), changedAt('tsconfig.json'))
  )
    return;
  say('compiling (npm run build)');
  run('npm', ['run', '--silent', 'build']);
}

function installPartners(names) {
  const missing = names.filter((name) => PARTNERS[name]?.programs.some((program) => !isOnPath(program)));
  if (missing.length === 0) return;
  const packages = missing.map((name) => PARTNERS[name].package);
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    say(
      `not here: ${packages.join(', ')}. As root on Debian: apt-get install ${packages.join(' ')}. What needs them will say so.`,
    );
    return;
  }
  say(`installing Debian packages: ${packages.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  try {
    run('apt-get', ['-qq', '-o', 'Acquire::Retries=3', 'update'], env);
    run('apt-get', ['-qq', '-y', '--no-install-recommends', 'install', ...packages], env);
  } catch (error) {
    say(`apt-get failed (${error.message}); what needs ${packages.join(', ')} will say so.`);
  }
}

const partners =
  process.argv
    .find((argument) => argument.startsWith('--partners='))
    ?.slice('--partners='.length)
    .split(',') ?? [];
installPartners(partners);
installDependencies();
build();
