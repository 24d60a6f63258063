import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { serve } from '../outbound/serve.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MOST_BYTES = 64 * 1024 * 1024;

const lock = z.object({ packages: z.record(z.string(), z.unknown()) });
const manifest = z.looseObject({ name: z.string(), version: z.string() });

type Manifest = z.infer<typeof manifest>;

/**
 * The npm registry's API for reading (https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md), with what is
 * installed here, until the test ends: what npm does is tried without a network that may be slow or away.
 */
export async function startRegistry(): Promise<string> {
  const packages = installedPackages();
  const { origin } = await serve(({ url = '', headers: { host } }, response) => {
    const path = decodeURIComponent(url).slice(1);
    const [, tarball] = /^(.*)\.tgz$/.exec(path) ?? [];
    const [folder] = [...packages].find(([, { name, version }]) => `${name}/-/${version}` === tarball) ?? [];
    if (folder !== undefined) {
      response.end(pack(folder));
      return;
    }
    const versions = [...packages.values()].filter(({ name }) => name === path);
    const described = versions.map((each) => {
      const dist = { tarball: `http://${host}/${each.name}/-/${each.version}.tgz` };
      return [each.version, { ...each, dist }];
    });
    response.writeHead(versions.length === 0 ? 404 : 200, { 'content-type': 'application/json' });
    const tags = { latest: versions[0]?.version };
    response.end(JSON.stringify({ name: path, 'dist-tags': tags, versions: Object.fromEntries(described) }));
  });
  return origin;
}

/** npm takes what is in the one folder of a tarball, and calls it `package` itself. */
function pack(folder: string): Buffer {
  const args = ['--create', '--gzip', `--directory=${folder}`, '--transform=s,^\\.,package,', '.'];
  return execFileSync('tar', args, { maxBuffer: MOST_BYTES });
}

/** By folder. */
function installedPackages(): ReadonlyMap<string, Manifest> {
  const { packages } = lock.parse(readJson(join(ROOT, 'package-lock.json')));
  const folders = Object.keys(packages)
    .filter((place) => place !== '')
    .map((place) => join(ROOT, place));
  const here = folders.filter((folder) => existsSync(join(folder, 'package.json')));
  return new Map(here.map((folder) => [folder, manifest.parse(readJson(join(folder, 'package.json')))]));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
