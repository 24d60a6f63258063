// The file system of the container image, without a container engine: goes through deploy/container/Containerfile and does
// in folders what it says. Stands in for the two images that it begins with: this machine's node, sh and env with their
// libraries. RUN happens on this machine, in the folder of WORKDIR, so that its paths have to be relative ones.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONTAINERFILE = join(ROOT, 'deploy/container/Containerfile');
const USAGE = `node scripts/image-files.mjs --output=FOLDER [--compiled] [--build-arg=NAME=VALUE …]

  --output=FOLDER   gets files/, the file system, and image.json, what the image says of itself; must be empty or missing
  --compiled        takes dist/ as it is here in place of the stage that compiles
`;

/** What the two images hold of which ours makes use. */
const STAND_INS = {
  NODE_IMAGE: { '/usr/local/bin/node': process.execPath },
  BASE_IMAGE: { '/bin/sh': '/bin/sh', '/usr/bin/env': '/usr/bin/env' },
};

const { values } = readArguments();
const output = resolve(values.output);
const stages = build(parse(readFileSync(CONTAINERFILE, 'utf8')));
const last = stages.at(-1);
copyTree(last.folder, join(output, 'files'));
addLibraries(join(output, 'files'));
writeFileSync(join(output, 'image.json'), `${JSON.stringify(last.image, undefined, 2)}\n`);
rmSync(join(output, 'stages'), { recursive: true });
for (const { said, bytes } of last.layers) console.log(`${(bytes / 1e6).toFixed(1)} MB  ${said}`);

function readArguments() {
  const options = {
    output: { type: 'string' },
    compiled: { type: 'boolean' },
    'build-arg': { type: 'string', multiple: true },
  };
  try {
    const read = parseArgs({ options });
    if (read.values.output === undefined) throw new Error('--output is missing');
    if (existsSync(read.values.output) && readdirSync(read.values.output).length > 0) {
      throw new Error(`${read.values.output} is not empty`);
    }
    return read;
  } catch (error) {
    process.stderr.write(`image-files: ${error.message}\n\n${USAGE}`);
    process.exit(64);
  }
}

/** Instructions in their order, lines that go on put together. */
function parse(text) {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const whole = lines.join('\n').replaceAll('\\\n', ' ').split('\n');
  return whole.flatMap((line) => {
    const [, name, rest] = /^([A-Z]+)\s+(.*\S)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, rest }];
  });
}

function build(instructions) {
  const args = Object.fromEntries((values['build-arg'] ?? []).map((each) => each.split(/=(.*)/s)));
  const built = [];
  for (const { name, rest } of instructions) {
    if (name === 'ARG') {
      const [key, fallback = ''] = rest.split(/=(.*)/s);
      args[key] ??= fallback;
    } else if (name === 'FROM') built.push(beginStage(rest, built.length));
    else follow({ name, text: rest.replace(/\$\{(\w+)\}/g, (_, key) => args[key] ?? '') }, built);
  }
  return built;
}

/** One that begins with another of ours has this machine's programs, too: nothing of ours is in that one. */
function beginStage(rest, count) {
  const [, from, , name] = /^(\S+)(\s+AS\s+(\S+))?$/.exec(rest);
  const folder = join(output, 'stages', String(count));
  mkdirSync(folder, { recursive: true });
  for (const [place, program] of Object.entries(STAND_INS[from.replace(/\W/g, '')] ?? {})) {
    cpSync(realpathSync(program), makeWay(join(folder, place)));
  }
  return { name, folder, workdir: '/', layers: [], image: { env: {}, labels: {}, volumes: [] } };
}

/** @param {{ name: string, text: string }} instruction */
function follow({ name, text }, built) {
  const stage = built.at(-1);
  const { image } = stage;
  const here = join(stage.folder, stage.workdir);
  const isCompiled = values.compiled && stage.name === 'build';
  if (name === 'WORKDIR') {
    stage.workdir = text;
    image.workdir = text;
    mkdirSync(join(stage.folder, text), { recursive: true });
  } else if (name === 'COPY') stage.layers.push({ said: `COPY ${text}`, bytes: copy(text, { stage, built }) });
  else if (name === 'RUN' && isCompiled) cpSync(join(ROOT, 'dist'), join(here, 'dist'), { recursive: true });
  else if (name === 'RUN') execFileSync('sh', ['-ec', text], { cwd: here, stdio: ['ignore', 2, 2] });
  else if (name === 'ENV') Object.assign(image.env, pairs(text));
  else if (name === 'LABEL') Object.assign(image.labels, pairs(text));
  else if (name === 'VOLUME') image.volumes.push(...JSON.parse(text));
  else if (name === 'ENTRYPOINT') image.entrypoint = JSON.parse(text);
  else if (name === 'HEALTHCHECK') image.healthCheck = JSON.parse(text.slice(text.indexOf('CMD') + 3));
  else if (name === 'USER') image.user = text;
  else if (name === 'STOPSIGNAL') image.stopSignal = text;
  else if (name === 'EXPOSE') image.port = Number(text);
  else throw new Error(`Containerfile: there is no way to do ${name} here`);
}

function copy(text, { stage, built }) {
  const words = text.split(/\s+/);
  const from = words[0].startsWith('--from=') ? words.shift().slice('--from='.length) : undefined;
  const source = from === undefined ? ROOT : built.find(({ name }) => name === from).folder;
  const target = words.pop();
  const place = join(stage.folder, target.startsWith('/') ? '' : stage.workdir, target);
  const intoFolder = target.endsWith('/') || words.length > 1;
  let bytes = 0;
  for (const word of words) {
    const file = join(source, word);
    const isFolder = lstatSync(file).isDirectory();
    copyTree(file, makeWay(intoFolder && !isFolder ? join(place, basename(file)) : place));
    bytes += sizeOf(file);
  }
  return bytes;
}

/** With the modes of folders, as COPY keeps them: cpSync of Node 24 makes them anew. */
function copyTree(from, to) {
  const filter = (each) => !each.endsWith('.test.ts');
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter });
  if (!lstatSync(from).isDirectory()) return;
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(entry.parentPath, entry.name);
    chmodSync(join(to, relative(from, folder)), lstatSync(folder).mode);
  }
}

function makeWay(file) {
  mkdirSync(dirname(file), { recursive: true });
  return file;
}

function pairs(text) {
  return Object.fromEntries(
    [...text.matchAll(/([\w.-]+)=(?:"([^"]*)"|(\S+))/g)].map(([, key, quoted, bare]) => [key, quoted ?? bare]),
  );
}

function sizeOf(file) {
  const stats = lstatSync(file);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(file).reduce((sum, name) => sum + sizeOf(join(file, name)), 0);
}

/** Of the programs that stand in, where the loader looks for them. */
function addLibraries(folder) {
  for (const program of Object.values(STAND_INS).flatMap((each) => Object.values(each))) {
    const listed = execFileSync('ldd', [program], { encoding: 'utf8' });
    for (const [, library] of listed.matchAll(/(\/\S+) \(0x/g)) {
      if (!existsSync(join(folder, library))) cpSync(realpathSync(library), makeWay(join(folder, library)));
    }
  }
}
