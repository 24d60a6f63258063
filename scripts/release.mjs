// Makes what a release consists of: the package, its bill of materials, the image where one is named, and SHA256SUMS.
// All of it comes from the commit and package-lock.json, in a folder of its own: what lies about here has no part in it,
// so that one commit gives one package, byte for byte, with the same Node and npm. See docs/releasing.md.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  constants,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { billOfMaterials } from './bill-of-materials.mjs';
import { readRuntimePackages } from './runtime-packages.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NPM_WITHIN_MS = 300_000;
const USAGE = `npm run release -- [--output=FOLDER] [--image=FILE] [--rehearsal]

  --output=FOLDER   where the files go; release/VERSION unless said; must not be there yet
  --image=FILE      the archive of the container image, which is laid beside them
  --rehearsal       the changelog may still say "unreleased"
`;

class Refusal extends Error {}

try {
  await release(readArguments());
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`release: ${error.message}\n`);
  process.exitCode = 1;
}

function readArguments() {
  const options = { output: { type: 'string' }, image: { type: 'string' }, rehearsal: { type: 'boolean' } };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Refusal(`${error.message}\n\n${USAGE}`);
  }
}

async function release({ output, image, rehearsal = false }) {
  const commit = checkTree();
  const version = checkVersion(rehearsal);
  const folder = resolve(output ?? join(ROOT, 'release', version));
  if (existsSync(folder)) throw new Refusal(`${folder} is there already: remove it, or name another by --output`);
  if (image !== undefined && !existsSync(image)) throw new Refusal(`there is no image ${image}`);
  mkdirSync(dirname(folder), { recursive: true });
  const source = mkdtempSync(join(tmpdir(), 'promregator-release-'));
  // Beside its place, so that it gets there whole or not at all.
  const unfinished = mkdtempSync(`${folder}.unfinished-`);
  try {
    checkOut(commit, source);
    const tarball = pack(source, unfinished);
    const found = readRuntimePackages(source);
    if (found.problems.length > 0) throw new Refusal(found.problems.join('\n'));
    writeFileSync(
      join(unfinished, `promregator-${version}.cdx.json`),
      `${JSON.stringify(billOfMaterials(found), undefined, 2)}\n`,
    );
    if (image !== undefined) copyFileSync(image, join(unfinished, basename(image)), constants.COPYFILE_FICLONE);
    const sums = await writeSums(unfinished);
    await verify(unfinished, { tarball, version });
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, folder);
    process.stdout.write(
      `${sums}in ${folder}, of commit ${commit}, made by Node ${process.version} and npm ${npm(ROOT, '--version').trim()}\n`,
    );
  } finally {
    rmSync(source, { recursive: true, force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The commit that all is made of: nothing may stand beside it that somebody could think to be in it. */
function checkTree() {
  const changed = git('status', '--porcelain').trimEnd();
  if (changed !== '') throw new Refusal(`the tree has what is not committed:\n${changed}`);
  return git('rev-parse', 'HEAD').trim();
}

/** All places agree, the changelog says when, and no other commit has the version already. */
function checkVersion(rehearsal) {
  const { version } = JSON.parse(read('package.json'));
  const told = /VERSION = '([^']*)'/.exec(read('src/base/version.ts'))?.[1];
  if (told !== version) throw new Refusal(`package.json is of ${version}, and src/base/version.ts says ${told}`);
  const [heading = 'nothing', newest, date] = /^## (\S+) \/ (\S+)$/m.exec(read('CHANGELOG.md')) ?? [];
  const dated = /^\d{4}-\d{2}-\d{2}$/.test(date ?? '');
  if (newest !== version || !(dated || (rehearsal && date === 'unreleased'))) {
    throw new Refusal(`CHANGELOG.md begins with "${heading}", and should with "## ${version} / year-month-day"`);
  }
  const tagged = git('tag', '--list', `v${version}`) !== '' && git('rev-list', '-n1', `v${version}`).trim();
  if (tagged && tagged !== git('rev-parse', 'HEAD').trim())
    throw new Refusal(`v${version} is the tag of another commit, ${tagged}`);
  return version;
}

function checkOut(commit, folder) {
  const archive = join(folder, 'source.tar');
  git('archive', '--format=tar', `--output=${archive}`, commit);
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  rmSync(archive);
}

/** Name of the package that is made in `target`. Scripts of packages have no part in it: none that runs here has any. */
function pack(source, target) {
  npm(source, 'ci', '--ignore-scripts', '--prefer-offline', '--no-fund', '--no-audit', '--loglevel=error');
  npm(source, 'run', '--silent', 'build');
  const [{ filename }] = JSON.parse(npm(source, 'pack', '--json', '--pack-destination', target));
  return filename;
}

/** As `sha256sum --check` takes it. */
async function writeSums(folder) {
  let sums = '';
  for (const name of readdirSync(folder).sort()) sums += `${await sumOf(join(folder, name))}  ${name}\n`;
  writeFileSync(join(folder, 'SHA256SUMS'), sums);
  return sums;
}

/** Reads again what lies there, as somebody who gets it would. */
async function verify(folder, { tarball, version }) {
  const lines = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
  for (const line of lines) {
    const [sum, name] = line.split('  ');
    if ((await sumOf(join(folder, name))) !== sum)
      throw new Refusal(`${name} is not what was written: is the disk full?`);
  }
  const inPackage = (file) =>
    execFileSync('tar', ['-xzOf', join(folder, tarball), `package/${file}`], { encoding: 'utf8' });
  const manifest = JSON.parse(inPackage('package.json'));
  const bill = JSON.parse(readFileSync(join(folder, `promregator-${version}.cdx.json`), 'utf8'));
  const listed = new Set(bill.components.map((each) => `${each.name}@${each.version}`));
  const wanted = Object.entries(manifest.dependencies).map(([name, range]) => `${name}@${range}`);
  const missing = wanted.filter((each) => !listed.has(each));
  if (missing.length > 0)
    throw new Refusal(`the package asks for what its bill of materials lacks: ${missing.join(', ')}`);
  for (const told of [
    manifest.version,
    bill.metadata.component.version,
    /VERSION = '([^']*)'/.exec(inPackage('dist/src/base/version.js'))?.[1],
  ]) {
    if (told !== version) throw new Refusal(`something in the package says version ${told} in place of ${version}`);
  }
}

async function sumOf(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function read(file) {
  return readFileSync(join(ROOT, file), 'utf8');
}

function git(...args) {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
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
