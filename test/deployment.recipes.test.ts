import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../src/config/load-config.js';
import { formatProblem } from '../src/config/report.js';
import { newFolder } from './support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DEPLOY = join(ROOT, 'deploy');

const read = (file: string): string => readFileSync(join(DEPLOY, file), 'utf8');

/** What the image declares; the recipes have to fit. */
const CONTAINERFILE = read('container/Containerfile');
const ENV = /ENV PROMREGATOR_CONFIG_DIR=(\S+)/.exec(CONTAINERFILE)?.[1] ?? '';
const VOLUME = /VOLUME \["(\S+)"]/.exec(CONTAINERFILE)?.[1] ?? '';
const IMAGE = `promregator:${JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version}`;
/** The program is over by then, however long it drains. */
const OVER_AFTER_SECONDS = 9;

/** Problems and warnings of a configuration with variables as a recipe gives them; every secret file is there. */
async function complaints(text: string, env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const outcome = await loadConfig({
    args: ['--config.file=promregator.yml'],
    env,
    cwd: '/',
    readFile: async (path) => Buffer.from(path.endsWith('.yml') ? text : 'a-secret'),
    listFolder: async () => [],
  });
  return [...(outcome.ok ? [] : outcome.problems), ...outcome.warnings]
    .map(formatProblem)
    .filter((problem) => !problem.includes('where everybody who reaches us'));
}

describe('compose.yml', () => {
  const service = z.strictObject({
    image: z.literal(IMAGE),
    restart: z.literal('unless-stopped'),
    ports: z.array(z.string().startsWith('127.0.0.1:')),
    environment: z.record(z.string(), z.string()),
    secrets: z.array(z.string()),
    volumes: z.array(z.string()),
    read_only: z.literal(true),
    cap_drop: z.tuple([z.literal('ALL')]),
    security_opt: z.tuple([z.literal('no-new-privileges:true')]),
    mem_limit: z.string(),
    stop_grace_period: z.string().regex(/^\d+s$/),
  });
  /** Names of https://github.com/compose-spec/compose-spec/blob/main/spec.md, those that are used. */
  const compose = z.strictObject({
    services: z.strictObject({ promregator: service }),
    secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
    volumes: z.record(z.string(), z.strictObject({})),
  });

  test('fits the image, and is reached by this machine only', async () => {
    const file = compose.parse(parse(read('container/compose.yml')));
    const { promregator } = file.services;
    expect(Object.keys(file.secrets).sort()).toEqual([...promregator.secrets].sort());
    expect(promregator.volumes.map((volume) => volume.split(':')[1])).toEqual([`${ENV}/promregator.yml`, VOLUME]);
    expect(Number.parseInt(promregator.stop_grace_period, 10)).toBeGreaterThan(OVER_AFTER_SECONDS);
    expect(promregator.environment['CF_PASSWORD_FILE']).toBe('/run/secrets/cf_password');
    expect(promregator.secrets).toContain(promregator.environment['ENCRYPT_KEY_FILE']);
    const text = 'cf: {api_host: api.example.org, username: collector}\npromregator: {targets: [{orgName: acme}]}\n';
    expect(await complaints(text, promregator.environment)).toEqual([]);
  });
});

describe('the derived image', () => {
  test('adds one file, where the image reads it', () => {
    const instructions = read('container/Containerfile.derived')
      .split('\n')
      .filter((line) => /^[A-Z]+ /.test(line));
    expect(instructions).toEqual([
      `ARG PROMREGATOR_IMAGE=${IMAGE}`,
      `FROM \${PROMREGATOR_IMAGE}`,
      `ADD my-promregator.yml ${ENV}/promregator.yml`,
    ]);
  });
});

describe('what the image is built from', () => {
  test('passes its .dockerignore, and nothing else does', () => {
    const lines = read('container/Containerfile.dockerignore').trim().split('\n');
    const kept = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const needed = [...CONTAINERFILE.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files = '']) =>
      files.split(' '),
    );
    expect(needed.length).toBeGreaterThan(8);
    expect(needed.filter((file) => !kept.some((each) => file === each || file.startsWith(`${each}/`)))).toEqual([]);
    expect(needed.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    expect(lines[0]).toBe('**');
  });
});

describe('promregator.service', () => {
  const unit = read('systemd/promregator.service');
  const settings = (name: string): readonly string[] =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);

  test('is what systemd takes, but for the program that is not installed here', () => {
    const folder = newFolder();
    // Of a machine without systemd nothing can be said; its words are in docs/high-availability.md.
    if (spawnSync('systemd-analyze', ['--version']).error !== undefined) return;
    writeFileSync(join(folder, 'promregator'), '#!/bin/sh\n');
    chmodSync(join(folder, 'promregator'), 0o755);
    const file = join(folder, 'promregator.service');
    writeFileSync(file, unit.replace(/^ExecStart=.*$/m, `ExecStart=${join(folder, 'promregator')}`));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const score = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file], {
      encoding: 'utf8',
    });
    expect(score.status, score.stdout).toBe(0);
  });

  test('gives time to end, and starts again what a new start may mend', () => {
    expect(Number(settings('TimeoutStopSec')[0])).toBeGreaterThan(OVER_AFTER_SECONDS);
    expect(settings('Restart')).toEqual(['on-failure']);
    expect(settings('RestartPreventExitStatus')).toEqual(['78 64']);
  });

  test('gives variables that Promregator knows', async () => {
    const env = Object.fromEntries(
      settings('Environment').map((pair) => {
        const [name = '', value = ''] = pair.replace('%d', '/run/credentials').replace('%S', '/var/lib').split('=');
        return [name, value];
      }),
    );
    expect(env).toMatchObject({ PROMREGATOR_CONFIG_DIR: '/etc/promregator' });
    const text = 'cf: {api_host: api.example.org, username: collector}\npromregator: {targets: [{orgName: acme}]}\n';
    expect(await complaints(text, env)).toEqual([]);
  });
});

describe('the objects for Kubernetes', () => {
  const documents = parseAllDocuments(read('kubernetes/promregator.yaml'));
  const object = z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.looseObject({ name: z.string() }),
  });
  const objects = new Map(documents.map((document) => [object.parse(document.toJS()).kind, document.toJS()]));

  const probe = z.strictObject({
    httpGet: z.strictObject({ path: z.string(), port: z.literal('http') }),
    periodSeconds: z.int().optional(),
  });
  const mount = z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() });
  const container = z.looseObject({
    image: z.literal(IMAGE),
    env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
    livenessProbe: probe,
    readinessProbe: probe,
    securityContext: z.strictObject({
      allowPrivilegeEscalation: z.literal(false),
      readOnlyRootFilesystem: z.literal(true),
      capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
    }),
    volumeMounts: z.array(mount),
  });
  const deployment = z.looseObject({
    spec: z.looseObject({
      replicas: z.int().min(2),
      selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
      strategy: z.strictObject({
        rollingUpdate: z.strictObject({ maxSurge: z.int().min(1), maxUnavailable: z.literal(0) }),
      }),
      template: z.looseObject({
        metadata: z.strictObject({ labels: z.record(z.string(), z.string()) }),
        spec: z.looseObject({
          terminationGracePeriodSeconds: z.int().min(OVER_AFTER_SECONDS + 1),
          securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
          containers: z.tuple([container]),
          volumes: z.array(z.looseObject({ name: z.string() })),
        }),
      }),
    }),
  });

  /** Names of https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config. */
  const jobs = z.strictObject({
    scrape_configs: z.tuple([
      z.strictObject({
        job_name: z.string(),
        metrics_path: z.literal('/promregatorMetrics'),
        kubernetes_sd_configs: z.tuple([
          z.strictObject({ role: z.literal('pod'), namespaces: z.strictObject({ names: z.array(z.string()) }) }),
        ]),
        relabel_configs: z.tuple([
          z.strictObject({ source_labels: z.array(z.string()), regex: z.string(), action: z.literal('keep') }),
          z.strictObject({ source_labels: z.array(z.string()), target_label: z.literal('instance') }),
        ]),
      }),
    ]),
  });

  test('are whole, and select each other', () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    expect([...objects.keys()]).toEqual(['ConfigMap', 'Deployment', 'Service', 'PodDisruptionBudget']);
    const { spec } = deployment.parse(objects.get('Deployment'));
    const labels = { 'app.kubernetes.io/name': 'promregator' };
    expect([spec.selector.matchLabels, spec.template.metadata.labels]).toEqual([labels, labels]);
    expect(objects.get('Service').spec.selector).toEqual(labels);
    expect(objects.get('PodDisruptionBudget').spec).toEqual({ minAvailable: 1, selector: { matchLabels: labels } });
  });

  test('run the image as it is meant', async () => {
    const { spec } = deployment.parse(objects.get('Deployment')).spec.template;
    const [only] = spec.containers;
    expect(only.livenessProbe.httpGet.path).toBe('/-/healthy');
    expect(only.readinessProbe.httpGet.path).toBe('/-/ready');
    expect(only.volumeMounts.map(({ mountPath }) => mountPath)).toEqual([ENV, '/run/secrets/promregator', VOLUME]);
    expect(only.volumeMounts.map(({ name }) => name)).toEqual(spec.volumes.map(({ name }) => name));
    const env = Object.fromEntries(only.env.map(({ name, value }) => [name, value]));
    expect(await complaints(objects.get('ConfigMap').data['promregator.yml'], env)).toEqual([]);
  });

  test('are those that the job for their own metrics keeps', () => {
    const page = readFileSync(join(ROOT, 'docs/high-availability.md'), 'utf8');
    const text = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].find(([, each]) => each?.includes('kubernetes_sd'))?.[1];
    const [job] = jobs.parse(parse(text ?? '')).scrape_configs;
    const [keep] = job.relabel_configs;
    const { metadata, spec } = deployment.parse(objects.get('Deployment')).spec.template;
    const [{ ports }] = z
      .tuple([z.looseObject({ ports: z.array(z.looseObject({ name: z.string() })) })])
      .parse(spec.containers);
    const seen = ports.map(({ name }) => `${metadata.labels['app.kubernetes.io/name']};${name}`);
    expect(seen).toEqual([keep.regex]);
    expect(keep.source_labels).toEqual([
      `__meta_kubernetes_pod_label_${'app.kubernetes.io/name'.replace(/\W/g, '_')}`,
      '__meta_kubernetes_pod_container_port_name',
    ]);
    expect(parse(objects.get('ConfigMap').data['promregator.yml']).promregator.discovery.ownMetricsEndpoint).toBe(
      false,
    );
  });
});

test('every file of deploy/ has its test', () => {
  const tests = readdirSync(join(ROOT, 'test')).filter((file) =>
    /^(?:deployment\..*|prometheus-rules|alerts)\.test\.ts$/.test(file),
  );
  const texts = tests.map((file) => readFileSync(join(ROOT, 'test', file), 'utf8')).join('\n');
  const files = readdirSync(DEPLOY, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const indirectly = ['.cfignore', '.gitignore', 'health-check.mjs', 'promregator.tgz', 'vars.yml'];
  const names = files.map(({ name }) => basename(name)).filter((name) => !indirectly.includes(name));
  expect(names.filter((name) => !texts.includes(name))).toEqual([]);
});
