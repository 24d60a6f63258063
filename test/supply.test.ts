import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { newFolder } from './support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(cwd: string, program: string, ...args: readonly string[]): Ended {
  return spawnSync(program, args, { cwd, encoding: 'utf8' });
}

const component = z.object({
  purl: z.string(),
  hashes: z.array(z.object({ alg: z.string(), content: z.string() })),
  licenses: z.array(
    z.object({
      expression: z.string().optional(),
      license: z.object({ id: z.string().optional(), name: z.string().optional() }).optional(),
    }),
  ),
});
const bill = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.5'),
  components: z.array(component),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()).default([]) })),
});

describe('what we ship besides our own code', () => {
  test('is listed in docs/third-party.md, all under permissive licences and without install scripts', () => {
    expect(run(ROOT, process.execPath, 'scripts/write-licenses.mjs', '--check')).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  test('is in package-lock.json to the last package, in versions that fit', () => {
    expect(run(ROOT, 'npm', 'ls', '--all', '--package-lock-only')).toMatchObject({ status: 0 });
  });

  test('is pinned in package.json', () => {
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    );
    expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  // npm leaves out what is also an optional peer of something for development (npm 11: yaml); check-package.mjs compares
  // with what is installed.
  test('stands in the bill of materials as npm tells it', () => {
    const [ours, npms] = [
      run(ROOT, process.execPath, 'scripts/write-sbom.mjs'),
      run(ROOT, 'npm', 'sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only'),
    ].map(({ stdout }) => facts(bill.parse(JSON.parse(stdout))));
    expect(npms?.length).toBeGreaterThan(20);
    expect(ours).toEqual(expect.arrayContaining([...(npms ?? [])]));
  });
});

/** One line for each package and for each need of one. */
function facts({ components, dependencies }: z.infer<typeof bill>): readonly string[] {
  return [
    ...components.map(({ purl, hashes, licenses }) => {
      const said = licenses.map(({ expression, license }) => expression ?? license?.id ?? license?.name);
      // npm keeps the brackets of the manifest.
      return JSON.stringify([purl, hashes, said.map((each) => each?.replace(/^\((.*)\)$/, '$1'))]);
    }),
    ...dependencies.flatMap(({ ref, dependsOn }) => dependsOn.map((need) => `${ref} needs ${need}`)),
  ];
}

const SHA512 = `sha512-${'A'.repeat(86)}==`;

/** A project with one package, `dep`, and what is changed in it. */
interface Project {
  readonly rootEntry?: object;
  readonly entry?: object;
  readonly installed?: object;
  readonly files?: Readonly<Record<string, string>>;
}

const PROJECTS: readonly (readonly [string, Project, string])[] = [
  ['a script that the lock tells of', { entry: { hasInstallScript: true } }, 'dep runs a script when it is installed'],
  [
    'a script of its manifest',
    { installed: { scripts: { postinstall: 'x' } } },
    'dep runs a script when it is installed',
  ],
  ['something to compile', { files: { 'node_modules/dep/binding.gyp': '' } }, 'dep runs a script when it is installed'],
  [
    'a licence that asks for more',
    { entry: { license: 'GPL-3.0-only' } },
    'dep has the licence GPL-3.0-only, which is none of',
  ],
  ['two licences at once', { entry: { license: 'MIT AND GPL-2.0' } }, 'dep has the licence MIT AND GPL-2.0'],
  ['no licence', { entry: { license: undefined } }, 'dep has the licence nobody knows'],
  ['no checksum', { entry: { integrity: undefined } }, 'node_modules/dep has no SHA-512'],
  [
    'a checksum of the past',
    { entry: { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' } },
    'node_modules/dep has no SHA-512',
  ],
  [
    'a repository for a registry',
    { entry: { resolved: 'git+ssh://git@example.org/dep.git#1' } },
    'dep comes from git+ssh://',
  ],
  [
    'another host',
    { entry: { resolved: 'http://registry.example.org/dep.tgz' } },
    'dep comes from http://registry.example.org',
  ],
  ['a link', { entry: { link: true } }, 'node_modules/dep is a link'],
  [
    'a lock of other dependencies',
    { rootEntry: { dependencies: {} } },
    'package-lock.json has other dependencies than package.json',
  ],
  [
    'another version than locked',
    { installed: { version: '2.0.0' } },
    'dep 1.0.0 is in package-lock.json, and 2.0.0 is installed',
  ],
];

test('a project with nothing wrong has a bill of materials', () => {
  const { status, stderr } = run(project({}), process.execPath, 'scripts/write-sbom.mjs');
  expect([status, stderr]).toEqual([0, '']);
});

test.each(PROJECTS)('a package with %s is refused', (_, changes, words) => {
  const { status, stderr } = run(project(changes), process.execPath, 'scripts/write-sbom.mjs');
  expect([status, stderr]).toEqual([1, expect.stringContaining(words)]);
});

function project({ rootEntry, entry, installed, files }: Project): string {
  const folder = newFolder();
  const manifest = { name: 'ours', version: '1.0.0', license: 'Apache-2.0', dependencies: { dep: '1.0.0' } };
  const packages = {
    '': { ...manifest, ...rootEntry },
    'node_modules/dep': { version: '1.0.0', license: 'MIT', integrity: SHA512, ...entry },
  };
  const written: Readonly<Record<string, string>> = {
    'package.json': JSON.stringify(manifest),
    'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages }),
    'node_modules/dep/package.json': JSON.stringify({ name: 'dep', version: '1.0.0', ...installed }),
    ...files,
  };
  for (const [name, text] of Object.entries(written)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true });
  return folder;
}

describe('the audit, where the registry', () => {
  const weakness = {
    id: 1,
    url: 'https://example.org/advisory',
    title: 'Reads too much',
    severity: 'high',
    vulnerable_versions: '<99',
    cwe: [],
    cvss: { score: 0, vectorString: null },
  };

  test.each<[string, number, string, number, RegExp]>([
    ['knows of nothing', 200, '{}', 0, /^no known weakness in \d+ packages$/m],
    ['knows of a weakness', 200, JSON.stringify({ undici: [weakness] }), 1, /^undici \(high\): Reads too much, https/m],
    ['answers no such questions', 405, '', 0, /^not answered by this registry: .*405/m],
    ['answers a page', 200, '<html></html>', 0, /^not answered by this registry: /m],
  ])('%s', async (_, status, body, code, words) => {
    const registry = createServer((request, response) => {
      request.resume();
      const asked = request.url?.includes('/security/advisories/bulk') === true;
      response.writeHead(asked ? status : 404, { 'content-type': 'application/json' }).end(asked ? body : '{}');
    });
    registry.listen(0, '127.0.0.1');
    await once(registry, 'listening');
    onTestFinished(() => void registry.close());
    const address = registry.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const env = { ...process.env, npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_cache: newFolder() };
    const child = spawn(process.execPath, [join(ROOT, 'scripts/audit.mjs')], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const [exitCode] = await once(child, 'close');
    expect([exitCode, output]).toEqual([code, expect.stringMatching(words)]);
  });
});

const RELEASE = 'scripts/release.mjs';

describe('a release', () => {
  const whole = 'makes of one commit one package, with checksums and a bill of materials that fit';
  test(whole, { timeout: 120_000 }, () => {
    const repository = repositoryOfNow();
    const image = join(newFolder(), 'image.tar');
    writeFileSync(image, 'layers');
    const folders = ['first', 'second'].map((name) => join(newFolder(), name));
    for (const folder of folders) {
      const args = ['--rehearsal', `--output=${folder}`, `--image=${image}`];
      expect(run(repository, process.execPath, RELEASE, ...args)).toMatchObject({ status: 0 });
    }
    const [first, second] = folders.map((folder) => readFileSync(join(folder, 'SHA256SUMS'), 'utf8'));
    expect(first).toBe(second);
    expect(first?.match(/ \S+$/gm)).toEqual([' image.tar', ' promregator-0.1.0.cdx.json', ' promregator-0.1.0.tgz']);
    for (const folder of folders) {
      expect(run(folder, 'sha256sum', '--check', '--strict', 'SHA256SUMS')).toMatchObject({ status: 0 });
    }
  });

  const replace = (repository: string, file: string, from: RegExp, to: string): void => {
    const path = join(repository, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
    git(repository, 'commit', '--quiet', '--all', `--message=Change ${file}`);
  };

  test.each<[string, (repository: string) => unknown, readonly string[], RegExp]>([
    [
      'of a tree with a file that nobody committed',
      (repository) => writeFileSync(join(repository, 'new.md'), ''),
      ['--rehearsal'],
      /the tree has what is not committed:\n\?\? new\.md/,
    ],
    [
      'of a changed tree',
      (repository) => appendFileSync(join(repository, 'README.md'), ' '),
      ['--rehearsal'],
      / M README\.md/,
    ],
    ['that the changelog does not date', () => undefined, [], /CHANGELOG\.md begins with "## 0\.1\.0 \/ unreleased"/],
    [
      'that the changelog does not know',
      (repository) => replace(repository, 'CHANGELOG.md', /^## 0\.1\.0/m, '## 0.0.9'),
      ['--rehearsal'],
      /should with "## 0\.1\.0 \//,
    ],
    [
      'that would tell another version',
      (repository) => replace(repository, 'src/base/version.ts', /0\.1\.0/, '0.2.0'),
      ['--rehearsal'],
      /package\.json is of 0\.1\.0, and src\/base\/version\.ts says 0\.2\.0/,
    ],
    [
      'of a version that another commit has',
      (repository) => {
        git(repository, 'tag', 'v0.1.0');
        replace(repository, 'README.md', /$/, ' ');
      },
      ['--rehearsal'],
      /v0\.1\.0 is the tag of another commit/,
    ],
    ['into a folder that is there', () => undefined, ['--rehearsal', '--output=src'], /src is there already/],
    ['with an image that is not', () => undefined, ['--rehearsal', '--image=none.tar'], /there is no image none\.tar/],
    ['with an option that there is not', () => undefined, ['--force'], /Unknown option '--force'/],
  ])('%s is refused, and nothing is written', (_, change, args, words) => {
    const repository = smallRepository();
    change(repository);
    const { status, stderr } = run(repository, process.execPath, RELEASE, ...args);
    expect([status, stderr]).toEqual([1, expect.stringMatching(words)]);
    expect(readdirSync(repository)).not.toContain('release');
  });
});

/** A repository of one commit: the files as they lie here, which need not be in a repository of ours. */
function repositoryOfNow(): string {
  const folder = join(newFolder(), 'repository');
  const left = ['.git', 'node_modules', 'dist'].map((name) => join(ROOT, name));
  cpSync(ROOT, folder, { recursive: true, filter: (path) => !left.includes(path) });
  commitAll(folder);
  return folder;
}

/** What a release looks at before it begins. */
function smallRepository(): string {
  const folder = project({
    files: {
      'package.json': JSON.stringify({ name: 'ours', version: '0.1.0' }),
      'src/base/version.ts': "export const VERSION = '0.1.0';\n",
      'CHANGELOG.md': '# Changelog\n\n## 0.1.0 / unreleased\n\n## 0.0.9 / 2026-01-01\n',
      'README.md': 'Ours\n',
    },
  });
  commitAll(folder);
  return folder;
}

function commitAll(folder: string): void {
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message=Begin'],
  ]) {
    expect(git(folder, ...args)).toMatchObject({ status: 0, stderr: '' });
  }
}

function git(cwd: string, ...args: readonly string[]): Ended {
  return run(
    cwd,
    'git',
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.org',
    '-c',
    'commit.gpgsign=false',
    ...args,
  );
}
