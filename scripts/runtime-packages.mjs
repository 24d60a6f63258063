// What an installation runs beside our own code, by package-lock.json and the manifests that are installed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that ask for no more than their text and the names of the authors. An expression with OR needs one of them. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'];

/** Scripts that npm runs when it installs a package from the registry. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

const REGISTRY = 'https://registry.npmjs.org/';
const FOLDER = 'node_modules/';

/**
 * Ourselves, and every package that runs beside us, by name; `problems` has a sentence for each thing that is not as it should be.
 * The lock names no host where the installer is set up so (`omit-lockfile-registry-resolved`): then the registry is the
 * installer's, and the SHA-512 says whether what it hands out is the same.
 */
export function readRuntimePackages(root) {
  const manifest = readJson(join(root, 'package.json'));
  const { packages: entries } = readJson(join(root, 'package-lock.json'));
  const problems = [...disagreements(manifest, entries['']), ...unsafeEntries(entries)];
  const packages = Object.entries(entries)
    .filter(([place, entry]) => place !== '' && entry.dev !== true)
    .map(([place, entry]) => describePackage(root, place, entry, entries));
  problems.push(...packages.flatMap(problemsOf));
  return { manifest, packages, problems };
}

function disagreements(manifest, root) {
  return ['name', 'version', 'license', 'dependencies', 'devDependencies']
    .filter((key) => JSON.stringify(sorted(manifest[key])) !== JSON.stringify(sorted(root[key])))
    .map((key) => `package-lock.json has other ${key} than package.json: run npm install`);
}

function sorted(value) {
  return typeof value === 'object' ? Object.entries(value).sort() : value;
}

/** Those for development too: they run where we build. */
function unsafeEntries(entries) {
  return Object.entries(entries).flatMap(([place, entry]) => {
    if (place === '') return [];
    const { integrity, resolved, link } = entry;
    if (link === true) return [`${place} is a link, which no registry holds`];
    if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '')) return [`${place} has no SHA-512 in package-lock.json`];
    if (resolved !== undefined && !resolved.startsWith(REGISTRY)) return [`${place} comes from ${resolved}`];
    return [];
  });
}

function describePackage(root, place, entry, entries) {
  const manifestFile = join(root, place, 'package.json');
  const installed = existsSync(manifestFile) ? readJson(manifestFile) : undefined;
  const name = place.slice(place.lastIndexOf(FOLDER) + FOLDER.length);
  return {
    name,
    version: entry.version,
    // As SPDX has it: around a whole expression no brackets are needed.
    license: (entry.license ?? '').replace(/^\((.*)\)$/, '$1'),
    sha512: Buffer.from((entry.integrity ?? '').slice('sha512-'.length), 'base64').toString('hex'),
    source: sourceOf(installed),
    needs: Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .map((needed) => placeOf(needed, place, entries))
      .filter((needed) => needed !== undefined)
      .map((needed) => `${needed.slice(needed.lastIndexOf(FOLDER) + FOLDER.length)}@${entries[needed].version}`),
    runsScripts: entry.hasInstallScript === true || hasInstallScript(root, place, installed),
    installed: installed?.version,
    bringsLicense: installed !== undefined && readdirSync(join(root, place)).some((file) => /^licen[cs]e/i.test(file)),
  };
}

/** Where Node would find it: in the nearest folder above. */
function placeOf(name, from, entries) {
  for (let above = from; ; above = above.slice(0, Math.max(0, above.lastIndexOf(`/${FOLDER}`)))) {
    const place = above === '' ? `${FOLDER}${name}` : `${above}/${FOLDER}${name}`;
    if (entries[place] !== undefined) return place;
    if (above === '') return undefined;
  }
}

/** npm compiles what has a binding.gyp, also without a script that says so. */
function hasInstallScript(root, place, installed) {
  if (installed === undefined) return false;
  return (
    INSTALL_SCRIPTS.some((name) => installed.scripts?.[name] !== undefined) ||
    existsSync(join(root, place, 'binding.gyp'))
  );
}

function sourceOf(installed) {
  const { repository } = installed ?? {};
  const named = typeof repository === 'string' ? repository : repository?.url;
  return named
    ?.replace(/^github:/, 'https://github.com/')
    .replace(/^git\+/, '')
    .replace(/^git:/, 'https:')
    .replace(/^ssh:\/\/git@/, 'https://')
    .replace(/\.git$/, '');
}

function problemsOf({ name, version, license, runsScripts, installed }) {
  const problems = [];
  if (runsScripts) problems.push(`${name} runs a script when it is installed`);
  if (!license.split(' OR ').some((each) => PERMISSIVE.includes(each))) {
    problems.push(`${name} has the licence ${license || 'nobody knows'}, which is none of ${PERMISSIVE.join(', ')}`);
  }
  if (installed !== version) {
    problems.push(`${name} ${version} is in package-lock.json, and ${installed ?? 'nothing'} is installed: run npm ci`);
  }
  return problems;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
