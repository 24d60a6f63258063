// Packs the tarball, looks at what is in it, installs it into an empty folder and starts it under each supported Node.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRuntimePackages } from './runtime-packages.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NODE_VERSIONS = ['20', '22', '24'];
const START_WITHIN_MS = 30_000;
const NPM_WITHIN_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'promregator-package-'));
try {
  const tarball = pack();
  checkContents(tarball.files);
  install(tarball.path);
  for (const version of NODE_VERSIONS) await checkStart(version);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  const [{ filename, files }] = JSON.parse(npm(ROOT, 'pack', '--json', '--pack-destination', folder));
  return { path: join(folder, filename), files: files.map((file) => file.path) };
}

function checkContents(files) {
  const strays = files.filter((file) => /\.test\.|\.ts$/.test(file) && !file.endsWith('.d.ts'));
  expect(strays.length === 0, `the package holds what it should not: ${strays.join(', ')}`);
  for (const wanted of [
    'dist/src/main.js',
    'dist/src/main.d.ts',
    'dist/src/main.js.map',
    'dist/simulator/simulator.js',
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'promregator.schema.json',
    'docs/configuration.md',
    'deploy/cloud-foundry/push.sh',
    'deploy/prometheus/alerts.yml',
  ]) {
    expect(files.includes(wanted), `the package lacks ${wanted}`);
  }
  console.log(`${files.length} files in the package`);
}

function install(tarball) {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  npm(folder, 'install', '--omit=dev', '--prefer-offline', '--no-fund', '--no-audit', '--loglevel=error', tarball);
  const packages = installedIn(join(folder, 'node_modules')).filter((name) => name !== 'promregator');
  const listed = readRuntimePackages(ROOT).packages.map(({ name }) => name);
  expect(
    packages.sort().join() === listed.sort().join(),
    `the bill of materials lists ${listed.join(' ')}, and installed are ${packages.join(' ')}`,
  );
  console.log(`${packages.length} packages installed: ${packages.join(' ')}`);
}

/** Names of packages, those of a scope with it. */
function installedIn(modules) {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((own) => `${name}/${own}`) : [name],
    );
}

/** `--version` says the version of package.json, and `demo` without Prometheus serves all targets of the simulator. */
async function checkStart(version) {
  const { version: ours } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const bin = join(folder, 'node_modules', '.bin', 'promregator');
  expect(existsSync(bin), 'the package installs no promregator');
  const node = npm(folder, 'exec', '--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath').trim();
  const said = execFileSync(node, [bin, '--version'], { encoding: 'utf8' });
  expect(said.includes(ours), `under Node ${version} --version says ${JSON.stringify(said)}`);
  const child = spawn(node, [bin, 'demo', '--port=0', '--no-prometheus'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  try {
    const url = await waitFor(
      () => /Promregator\s+(http:\S+)/.exec(output.text)?.[1],
      () => output.text,
    );
    const targets = await (await fetch(new URL('discovery', url))).json();
    expect(targets.length > 1, `under Node ${version} /discovery lists ${targets.length} targets`);
    const { __metrics_path__: path } = targets[0].labels;
    const scrape = await fetch(new URL(path, url));
    expect(scrape.status === 200, `under Node ${version} a scrape gives ${scrape.status}: ${await scrape.text()}`);
    console.log(`Node ${version}: ${targets.length} targets, and the first can be scraped`);
  } finally {
    child.kill('SIGTERM');
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
  }
  expect(child.exitCode === 0, `under Node ${version} it ends with ${child.exitCode} after SIGTERM:\n${output.text}`);
}

function collect(child) {
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output.text += chunk));
  return output;
}

async function waitFor(find, describe) {
  const deadline = Date.now() + START_WITHIN_MS;
  while (Date.now() < deadline) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it did not start in ${START_WITHIN_MS} ms:\n${describe()}`);
}

function npm(cwd, ...args) {
  // npm may wait for a registry without end.
  return execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: NPM_WITHIN_MS,
  });
}

function expect(condition, sentence) {
  if (!condition) throw new Error(sentence);
}
