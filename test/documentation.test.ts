// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../src/config/load-config.js';
import { formatProblem } from '../src/config/report.js';
import { OWN_METRICS } from '../src/telemetry/own-metrics.js';
import { requireProgram } from './support/prometheus.js';
import { temporaryFolder } from './support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NAMES = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const PAGES = ['README.md', ...NAMES.map((name) => `docs/${name}`)];

/** The validator is zod's own: it turns a JSON Schema back into a schema, so that no package is needed for it. */
const editorSchema = z.fromJSONSchema(JSON.parse(readFileSync(join(ROOT, 'promregator.schema.json'), 'utf8')));

interface Sample {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

/** What the pages show as YAML. */
const SAMPLES: readonly Sample[] = PAGES.flatMap((page) => {
  const content = readFileSync(join(ROOT, page), 'utf8');
  return [...content.matchAll(/^```yaml\n(.*?)^```/gms)].map(({ index, 1: text = '' }) => ({
    page,
    line: content.slice(0, index).split('\n').length,
    text,
  }));
});

const named = (samples: readonly Sample[]): readonly (readonly [string, string])[] =>
  samples.map(({ page, line, text }) => [`${page}:${line}`, text]);
const OURS = named(
  SAMPLES.filter(({ text }) => /^(?:cf|foundations|promregator|server|log|logging|web)[.:]/m.test(text)),
);
const OF_PROMETHEUS = named(SAMPLES.filter(({ text }) => /^scrape_configs:/m.test(text)));

describe('configurations that the documentation shows', () => {
  test('are found', () => {
    expect(OURS.length).toBeGreaterThan(6);
    expect(OF_PROMETHEUS.length).toBeGreaterThan(2);
  });

  test.each(OURS)('%s is what promregator.schema.json takes', (_, text) => {
    for (const document of parseAllDocuments(text))
      expect(editorSchema.safeParse(document.toJS()).error).toBeUndefined();
  });

  test.each(OURS)('%s is what the program takes', async (_, text) => {
    const outcome = await loadConfig({
      args: ['--config.file=promregator.yml', '--server.address=127.0.0.1'],
      env: {
        SPRING_PROFILES_ACTIVE: 'prod',
        CF_INSTANCE_CERT: '/etc/cert',
        CF_INSTANCE_KEY: '/etc/key',
        VCAP_SERVICES: '{"user-provided":[{"name":"promregator-scraping","credentials":{"password":"a-secret"}}]}',
      },
      cwd: '/',
      readFile: async (path) => Buffer.from(path.endsWith('.yml') ? text : 'a-secret'),
      listFolder: async () => [],
    });
    const problems = [...(outcome.ok ? [] : outcome.problems), ...outcome.warnings].map(formatProblem);
    expect(problems.filter((problem) => !MISSING.test(problem))).toEqual([]);
  });

  test.each(OF_PROMETHEUS)('%s is what Prometheus takes', (_, text) => {
    const path = join(folder.path, 'prometheus.yml');
    writeFileSync(path, knowsKubernetes() ? text : text.replace(KUBERNETES, 'static_configs: []\n'));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'config', path], { encoding: 'utf8' });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });

  /** Debian's has been built without. */
  function knowsKubernetes(): boolean {
    const path = join(folder.path, 'kubernetes.yml');
    writeFileSync(path, 'scrape_configs: [{job_name: a, kubernetes_sd_configs: [{role: pod}]}]');
    return spawnSync('promtool', ['check', 'config', path]).status === 0;
  }

  const folder = temporaryFolder();
  beforeAll(() => requireProgram('promtool'));
  afterAll(() => folder.remove());
});

/** With all that is indented more. */
const KUBERNETES = /kubernetes_sd_configs:.*\n(?: {6}.*\n)+/;

/** What a part of a configuration lacks: the mandatory options, the platform, and certificates in its files. */
const MISSING = /: (?:cf\.(?:api_host|username|password)|promregator\.targets|[\w.[\]]*(?:ca|cert|key)_file): /;

test.each(Object.values(OWN_METRICS).map((metric) => [metric.name, metric] as const))(
  'operating.md tells of %s with type and labels',
  (name, { type, labels }) => {
    const ofInstances = labels.length === 5;
    const words = ofInstances ? 'the five' : labels.map((label) => `\`${label}\``).join(', ') || '–';
    const page = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8');
    expect(page).toContain(`\n| \`${name}\` | ${type} | ${words} | `);
  },
);

describe('promregator.schema.json and the program agree on', () => {
  const cf = 'cf: {api_host: a.example.org, username: u, password: p}\npromregator.targets: [{}]\n';

  test.each<[string, 'taken' | 'refused', string]>([
    ['a number as a text', 'taken', 'server: {port: "9000"}'],
    ['a placeholder for a number', 'taken', 'server: {port: "${NOPE:9000}"}'],
    ['a number with a unit', 'refused', 'promregator: {scraping: {maxProcessingTime: 5s}}'],
    ['a number that is too large', 'refused', 'server: {port: 99999}'],
    ['a word for true', 'taken', 'promregator: {metrics: {internal: "yes"}}'],
    ['a word that is neither true nor false', 'refused', 'promregator: {metrics: {internal: maybe}}'],
    ['a choice in another case', 'taken', 'promregator: {authenticator: {type: NONE}}'],
    ['a choice that there is not', 'refused', 'promregator: {discovery: {auth: DIGEST}}'],
    ['an unquoted null for a type', 'taken', 'promregator: {authenticator: {type: null}}'],
    ['one text with commas for a list', 'taken', 'promregator: {trustedProxies: "10.0.0.0/8, 10.1.0.0/16"}'],
    ['a name made of digits', 'taken', 'promregator: {targets: [{orgName: 4711}]}'],
    ['a rule in other spellings', 'taken', 'promregator: {targets: [{org-name: a, SPACE_NAME: b, tls_config.ca: ""}]}'],
    ['an unknown name in a rule', 'refused', 'promregator: {targets: [{appName: a}]}'],
    ['a list for a name', 'refused', 'promregator: {targets: [{applicationName: [a, b]}]}'],
    ['rules as one map', 'refused', 'promregator: {targets: {orgName: a}}'],
    ['a file for a secret', 'taken', 'promregator: {authentication: {basic: {passwordFile: pw}}}'],
    ['levels, flat and nested', 'taken', 'logging: {level: {root: WARN, org: {cloudfoundry: debug}}}'],
    ['a level that there is not', 'refused', 'logging: {level: {root: LOUD}}'],
  ])('%s', async (_, expected, text) => {
    const rest = text.includes('targets') ? (cf.split('\n')[0] ?? '') : cf;
    const whole = `${rest}\n${text}\n`;
    const outcome = await loadConfig({
      args: ['--config.file=promregator.yml'],
      env: {},
      cwd: '/',
      readFile: async (path) => Buffer.from(path.endsWith('.yml') ? whole : 'a-secret'),
      listFolder: async () => [],
    });
    expect(outcome.ok ? 'taken' : 'refused').toBe(expected);
    expect(editorSchema.safeParse(parse(whole)).success ? 'taken' : 'refused').toBe(expected);
  });
});

describe('links of pages in the package', () => {
  const pack = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8' });
  const files = z
    .tuple([z.object({ files: z.array(z.object({ path: z.string() })) })])
    .parse(JSON.parse(pack.stdout))[0]
    .files.map(({ path }) => path);
  const pages = new Map(
    files
      .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
      .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
  );

  const links = [...pages].flatMap(([page, text]) =>
    [...text.matchAll(/]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
      ([, path = '', anchor]) => [page, path === '' ? page : join(dirname(page), path), anchor] as const,
    ),
  );

  /** As it stands in the address of a page on GitHub and in npm's registry. */
  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-');

  test('are found', () => {
    expect(pages.size).toBeGreaterThan(10);
    expect(links.length).toBeGreaterThan(50);
  });

  test('lead to files of the package', () => {
    const dead = links.filter(([, path]) => !files.some((file) => file === path || file.startsWith(`${path}/`)));
    expect(dead).toEqual([]);
  });

  test('lead to headings', () => {
    const dead = links.filter(([, path, anchor]) => {
      if (anchor === undefined) return false;
      const headings = [...(pages.get(path) ?? '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
        anchorOf(heading),
      );
      return !headings.includes(anchor);
    });
    expect(dead).toEqual([]);
  });
});

describe('security.md', () => {
  /** Attack, who, what happens, proofs; rows of the tables of entries only. */
  const entries = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
    .split(/^## Entries$/m)
    .slice(1)
    .join('')
    .split('\n')
    .filter((line) => /^\| (?!attack )/.test(line))
    .map((line) => line.slice(2, -2).split(' | '));

  test('has entries of every kind, each with its proof', () => {
    expect(entries.length).toBeGreaterThan(35);
    expect(entries.filter((cells) => cells.length !== 4 || cells.some((cell) => cell.trim() === ''))).toEqual([]);
  });

  const proofs = entries.flatMap(([, , , proof = '']) => proof.split('<br>'));

  test.each(proofs.filter((proof) => proof.trim() !== ''))('%s is a test that there is', (proof) => {
    const [, file = '', name = ''] = /^\s*`(\S+\.test\.ts)` · (.+?)\s*$/.exec(proof) ?? [];
    const path = join(ROOT, file);
    expect([proof, existsSync(path)]).toEqual([proof, true]);
    const source = readFileSync(path, 'utf8');
    // A title stands between quotes; that of a row may be a part of its values.
    expect(["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`))).toBe(true);
  });
});
