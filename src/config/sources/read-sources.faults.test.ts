import { describe, expect, test } from 'vitest';
import type { Written } from '../../../test/support/config/load-written.js';
import { readWrittenSources } from '../../../test/support/config/read-written-sources.js';
import { type Findings, formatProblem } from '../report.js';
import { rootShape } from '../root-shape.js';
import { createFileAccess } from './file-access.js';
import { readSources } from './read-sources.js';

const TOO_DEEP = 'found values nested deeper than 64, expected a configuration that a person wrote';
const SECOND = 'expected each option once; remove one of them';
const EQUAL = 'expected equal indentation in one map or list';
const TAB = 'found a tab as indentation, expected spaces; replace tabs by spaces';
const NO_ANCHOR =
  'found an alias (*name) that no & defines before it, expected a value; a text that begins with * needs quotes';
const CIRCLE = 'found an alias (*name) within what it stands for, expected an alias of a value elsewhere';

describe('depth that would end the process', () => {
  test.each<[string, Written, string]>([
    ['lists', { yaml: '- '.repeat(20_000) }, 'promregator.yml:1:132'],
    ['brackets', { yaml: `a: ${'['.repeat(50_000)}` }, 'promregator.yml:1:69'],
    ['braces that are closed', { yaml: `${'{a: '.repeat(65)}1${'}'.repeat(65)}` }, 'promregator.yml:1:262'],
    ['names of several words', { yaml: '? '.repeat(50_000) }, 'promregator.yml:1:132'],
    [
      'lines',
      { yaml: Array.from({ length: 1000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n') },
      'promregator.yml:66:67',
    ],
    [
      'JSON',
      { env: { SPRING_APPLICATION_JSON: `{"a": ${'['.repeat(50_000)}${']'.repeat(50_000)}}` } },
      'environment SPRING_APPLICATION_JSON:1:72',
    ],
    [
      'a text in the environment',
      { env: { X: '- '.repeat(20_000) }, args: ['--spring.config.import=env:X[.yml]'] },
      'environment X:1:132',
    ],
  ])('%s', async (_, written, place) => {
    expect((await readWrittenSources(written)).problems).toEqual([`${place}: ${TOO_DEEP}`]);
  });

  test('as deep as it may be', async () => {
    const { problems, values } = await readWrittenSources({ yaml: `${'{a: '.repeat(64)}1${'}'.repeat(64)}` });
    expect([problems, Object.values(values)]).toEqual([[], ['1']]);
  });
});

describe('too much', () => {
  test.each<[string, Written, string]>([
    ['documents', { yaml: '---\n'.repeat(1001) }, 'promregator.yml:1001:1: found more than 1000 documents'],
    ['signs', { yaml: '#\n'.repeat(600_000) }, 'promregator.yml:500001:2: found more than 1000000 words and signs'],
    [
      'bytes',
      { yaml: '# 0123456789\n'.repeat(200_000) },
      'promregator.yml: found a file that cannot be taken: it is larger than 2 MiB',
    ],
    [
      'bytes of a secret',
      { yaml: 'spring.config.import: "configtree:/s/"', files: { '/s/cf.password': 'x'.repeat(1024 * 1024 + 1) } },
      '/s/cf.password: found a file that cannot be taken: it is larger than 1 MiB',
    ],
  ])('%s', async (_, written, problem) => {
    expect((await readWrittenSources(written)).problems).toEqual([expect.stringContaining(problem)]);
  });
});

describe('texts of YAML', () => {
  test.each<[string, string, readonly string[]]>([
    ['a star without an anchor', 'cf.username: *.prod', [`promregator.yml:1:14: cf.username: ${NO_ANCHOR}`]],
    ['the same for a number', 'server:\n  port: *x', [`promregator.yml:2:9: server.port: ${NO_ANCHOR}`]],
    ['the same in a list', 'promregator.targets:\n- *x', [`promregator.yml:2:3: promregator.targets[0]: ${NO_ANCHOR}`]],
    ['the same for a merge', 'server: {<<: *x}', [`promregator.yml:1:14: server: ${NO_ANCHOR}`]],
    ['an anchor behind its alias', 'a: *x\nb: &x 1', [`promregator.yml:1:4: a: ${NO_ANCHOR}`]],
    ['a list in itself', 'x: 1\na: &a [*a]', [`promregator.yml:2:8: a[0]: ${CIRCLE}`]],
    ['a map in itself', 'c: &c {d: *c}', [`promregator.yml:1:11: c.d: ${CIRCLE}`]],
    ['a map merged with itself', 'b: &b {<<: *b}', [`promregator.yml:1:12: b: ${CIRCLE}`]],
    ['one that is used twice', 'a: &a [*b]\nc: [*a, *a]', [`promregator.yml:1:8: a[0]: ${NO_ANCHOR}`]],
    [
      'a list twice in a map',
      'promregator:\n  targets: [{orgName: a}]\n  targets: [{spaceName: b}]',
      [
        `promregator.yml:3:3: promregator.targets: found a second value (the first is at promregator.yml:2:3), ${SECOND}`,
      ],
    ],
    [
      'a map twice in a document, spelled otherwise',
      'cf:\n  username: a\nCF:\n  password: b',
      [`promregator.yml:3:1: cf: found a second value (the first is at promregator.yml:1:1), ${SECOND}`],
    ],
    ['a map in two documents', 'cf:\n  username: a\n---\ncf:\n  password: b', []],
    ['flat and nested', 'cf.username: a\ncf:\n  password: b', []],
    ['tabs', 'a:\n\tb:\n\t- c: d\n\t  e: f', [2, 3, 4].map((line) => `promregator.yml:${line}:1: ${TAB}`)],
    ['a tab before an item', 'a:\n  b:\n\t- c: d', [`promregator.yml:3:1: ${TAB}`]],
    [
      "less than an item's name",
      'a:\n  b:\n    - c: d\n     e: f',
      [`promregator.yml:4:6: found a line indented less than its neighbour in line 3, ${EQUAL}`],
    ],
    [
      'less than an item',
      'a:\n  b:\n    - c: d\n   e: f',
      [`promregator.yml:4:4: found a line indented less than its neighbour in line 3, ${EQUAL}`],
    ],
    [
      'an item less than an item',
      'a:\n  b:\n    - c: d\n\n    # e\n    - e: f\n  - g: h',
      [`promregator.yml:7:3: found a line indented less than its neighbour in line 3, ${EQUAL}`],
    ],
    [
      'more than its neighbour',
      'a:\n  b: c\n   d: e',
      [`promregator.yml:3:4: found a line indented more than its neighbour in line 2, ${EQUAL}`],
    ],
    [
      'an open bracket',
      'a: {b: [1, 2\nc:\n  d: 1',
      [`promregator.yml:2:1: found a line indented unlike its neighbours, or a bracket that is never closed, ${EQUAL}`],
    ],
  ])('%s', async (_, yaml, problems) => {
    expect((await readWrittenSources({ yaml })).problems).toEqual(problems);
  });

  test('an alias means the last anchor of its name before it', async () => {
    const { values } = await readWrittenSources({ yaml: 'a: &x [&y 1]\nb: &y 2\nc: *x\nd: *y\ne: &y 3\nf: *y' });
    expect(values).toMatchObject({ 'c[0]': '1', d: '2', f: '3' });
  });

  test('many aliases take no time of their own', async () => {
    const { problems } = await readWrittenSources({ yaml: `a: &a 1\nb: [${'*a,'.repeat(40_000)}]` });
    // Looked for one by one, they took longer than a test may.
    expect(problems).toEqual([]);
  });
});

describe('encodings', () => {
  const latin = Buffer.from('cf:\n  username: Müller', 'latin1');
  const name = (bytes: Uint8Array, form = 'yml'): Written => ({ files: { [`/work/promregator.${form}`]: bytes } });

  test.each<[string, Written, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'YAML in ISO-8859-1',
      name(latin),
      {},
      ['promregator.yml:2:14: found a byte that is no part of UTF-8, expected a text in UTF-8; save the file in UTF-8'],
    ],
    ['YAML in UTF-16', name(Buffer.from('\uFEFFcf.username: ü', 'utf16le')), { 'cf.username': 'ü' }, []],
    ['YAML with a mark', name(Buffer.from('\uFEFFcf.username: ü')), { 'cf.username': 'ü' }, []],
    ['properties in UTF-8', name(Buffer.from('cf.username=ü'), 'properties'), { 'cf.username': 'ü' }, []],
    [
      'properties in ISO-8859-1',
      name(Buffer.from('cf.username=ü', 'latin1'), 'properties'),
      { 'cf.username': 'ü' },
      [],
    ],
    [
      'a secret in ISO-8859-1',
      { args: ['--spring.config.import=configtree:/s/'], files: { '/s/cf.password': latin } },
      {},
      ['/s/cf.password: found a file that cannot be taken: it is not encoded in UTF-8, expected a readable file'],
    ],
  ])('%s', async (_, written, values, problems) => {
    const outcome = await readWrittenSources(written);
    expect([outcome.values, outcome.problems]).toEqual([values, problems]);
  });
});

test.each([
  [
    'SPRING_APPLICATION_JSON leaves what is null to others',
    '{"cf":{"username":null},"server":{"port":2}}',
    { 'cf.username': 'file', 'server.port': '2' },
  ],
  ['and takes what is empty', '{"cf":{"username":""}}', { 'cf.username': '' }],
])('%s', async (_, json, values) => {
  const outcome = await readWrittenSources({ yaml: 'cf.username: file', env: { SPRING_APPLICATION_JSON: json } });
  expect(outcome.values).toEqual(values);
});

test.each([
  [
    'EISDIR',
    'a directory, expected a readable configuration file, since it was named or stands where we look; name the file in it; a location, unlike --config.file, may be a directory that ends in /',
  ],
  [
    'EACCES',
    'a file that this user may not read, expected a readable configuration file, since it was named or stands where we look',
  ],
  [
    'ELOOP',
    'links that lead in a circle, expected a readable configuration file, since it was named or stands where we look',
  ],
])('a file that fails by %s', async (code, sentence) => {
  const { problems } = await readWith(async () =>
    Promise.reject(Object.assign(new Error(`${code}: no words for people`), { code })),
  );
  expect(problems).toEqual([`a.yml: found ${sentence}`]);
});

test('each file is read once, since a pipe cannot be read twice', async () => {
  const reads: string[] = [];
  await readWith(async (path) => {
    reads.push(path);
    return Buffer.from('server.port: 1');
  });
  expect(reads.filter((path) => path === '/work/a.yml')).toHaveLength(1);
});

async function readWith(
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<{ readonly problems: readonly string[] }> {
  const missing = Object.assign(new Error('none'), { code: 'ENOENT' });
  const readOne = async (path: string): Promise<Uint8Array> => {
    if (path === '/work/a.yml') return readFile(path);
    throw missing;
  };
  const files = createFileAccess({ cwd: '/work', readFile: readOne, listFolder: async () => [] });
  const findings: Findings = { problems: [], warnings: [] };
  await readSources(
    { args: ['--config.file=a.yml', '--spring.profiles.active='], env: {}, files, shape: rootShape() },
    findings,
  );
  return { problems: findings.problems.map(formatProblem) };
}
