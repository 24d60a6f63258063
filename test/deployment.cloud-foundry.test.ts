// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about

import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { startSimulator } from '../simulator/simulator.js';
import { freePort } from '../src/base/free-port.js';
import { startRegistry } from './support/deployment/registry.js';
import { requireProgram } from './support/prometheus.js';
import { configFor } from './support/promregator-process.js';
import { runTyped } from './support/run-program.js';
import { newFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DEPLOY = join(ROOT, 'deploy/cloud-foundry');

const read = (file: string): string => readFileSync(join(DEPLOY, file), 'utf8');

const size = z.string().regex(/^\d+(?:K|M|G)B?$/i);
const endpoint = z.string().startsWith('/');

/**
 * What the API takes of a manifest for one web process: the keys of "The manifest schema" in the documentation of CAPI v3
 * and of "App manifest attribute reference" in that of Cloud Foundry. Other names it would pass over.
 */
const manifest = z.strictObject({
  version: z.literal(1),
  applications: z.array(
    z.strictObject({
      name: z.string(),
      path: z.string().optional(),
      buildpacks: z.array(z.string()).optional(),
      docker: z.strictObject({ image: z.string(), username: z.string().optional() }).optional(),
      command: z.string().optional(),
      instances: z.int().min(2),
      memory: size,
      disk_quota: size,
      stack: z.string().optional(),
      env: z.record(z.string(), z.string()).optional(),
      'health-check-type': z.enum(['http', 'port', 'process']),
      'health-check-http-endpoint': endpoint,
      'health-check-invocation-timeout': z.int().optional(),
      'health-check-interval': z.int().optional(),
      // 180 s is what platforms allow at most.
      timeout: z.int().max(180),
      'readiness-health-check-type': z.enum(['http', 'port', 'process']),
      'readiness-health-check-http-endpoint': endpoint,
      'readiness-health-check-invocation-timeout': z.int().optional(),
      'readiness-health-check-interval': z.int().optional(),
      routes: z.array(z.strictObject({ route: z.string(), protocol: z.enum(['http1', 'http2', 'tcp']).optional() })),
      services: z.array(z.string()),
    }),
  ),
});

/** As the command line of Cloud Foundry puts variables in: `((name))`, of a flat file. */
function withVariables(text: string): string {
  const values = z.record(z.string(), z.union([z.string(), z.number()])).parse(parse(read('vars.example.yml')));
  return text.replace(/\(\((\w+)\)\)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`vars.example.yml has no ${name}`);
    return String(value);
  });
}

const MANIFESTS = ['manifest.yml', 'manifest-container.yml'] as const;

describe('the manifests', () => {
  test.each(MANIFESTS)('%s is what Cloud Foundry takes', (file) => {
    const text = withVariables(read(file));
    const [application] = manifest.parse(parse(text)).applications;
    expect(application).toMatchObject({
      'health-check-type': 'http',
      'health-check-http-endpoint': '/-/healthy',
      'readiness-health-check-type': 'http',
      'readiness-health-check-http-endpoint': '/-/ready',
    });
    // One second unless said (facts/cloud-foundry.md 6), and one late answer of a busy cell ends an instance.
    expect(application?.['health-check-invocation-timeout']).toBeGreaterThan(4);
    expect(application?.['readiness-health-check-invocation-timeout']).toBeGreaterThan(4);
    // Ruby reads YAML 1.1, Go 1.1 with parts of 1.2.
    expect(parse(text, { version: '1.1' })).toEqual(parse(text, { version: '1.2' }));
    // The API refuses anchors.
    expect(text.replace(/#.*/g, '')).not.toMatch(/[&*]\w/);
  });

  test('one starts Promregator as npm start and its own first line do', () => {
    const { command } = z
      .object({ applications: z.tuple([z.object({ command: z.string() })]) })
      .parse(parse(read('manifest.yml'))).applications[0];
    expect(JSON.parse(read('app/package.json')).scripts.start).toBe(command);
    const [firstLine = ''] = readFileSync(join(ROOT, 'src/main.ts'), 'utf8').split('\n');
    expect(command).toBe(
      `exec ${firstLine.replace('#!/usr/bin/env -S ', '')} node_modules/promregator/dist/src/main.js`,
    );
  });

  test('name the service that the configuration reads', () => {
    const { service } = parse(read('vars.example.yml'));
    expect(read('app/promregator.yml')).toContain(`\${vcap.services.${service}.credentials.password}`);
  });
});

/** What Cloud Foundry tells an application of itself (facts/cloud-foundry.md 6). */
function environment(own: {
  readonly guid: string;
  readonly org: string;
  readonly space: string;
  readonly name: string;
  readonly api: string;
  readonly password: string;
}): Record<string, string> {
  return {
    VCAP_APPLICATION: JSON.stringify({
      cf_api: own.api,
      application_id: own.guid,
      application_name: own.name,
      application_uris: ['promregator.apps.example.com'],
      organization_name: own.org,
      space_name: own.space,
      instance_index: 0,
    }),
    VCAP_SERVICES: JSON.stringify({
      'user-provided': [
        {
          name: 'promregator-cf',
          instance_name: 'promregator-cf',
          label: 'user-provided',
          tags: [],
          credentials: { username: 'promregator', password: own.password },
        },
      ],
    }),
    CF_INSTANCE_INDEX: '0',
    MEMORY_LIMIT: '512m',
    LANG: 'en_US.UTF-8',
  };
}

describe('the configurations', () => {
  test('of Promregator has nothing but what the platform says, and no mistake', async () => {
    const own = {
      guid: 'a-guid',
      org: 'acme',
      space: 'monitoring',
      name: 'promregator',
      api: 'https://api.example.com',
      password: 'x',
    };
    const args = ['check-config', join(DEPLOY, 'app/promregator.yml')];
    const { code, stdout, stderr } = await runTyped({ args, env: { ...environment(own), PORT: '8080' } });
    expect({ code, problems: stderr }).toEqual({ code: 0, problems: expect.not.stringContaining('error') });
    expect(stdout).toMatch(/cf\.api_host\s+https:\/\/api\.example\.com\s/);
    expect(stdout).toMatch(/targets\[0]\.path\s+\/promregatorMetrics\s/);
    expect(stdout).toMatch(/ownMetricsEndpoint\s+false\s/);
  });

  test.each(['http_sd_configs', 'file_sd_configs'])('of Prometheus is what it takes, with %s', (way) => {
    requireProgram('promtool');
    const folder = newFolder();
    const text = read('prometheus.yml').replace('../prometheus/', join(ROOT, 'deploy/prometheus/'));
    const chosen =
      way === 'http_sd_configs'
        ? text
        : text
            .replace(/ {4}http_sd_configs:\n.*\n/, '')
            .replace(/^ {4}# (file_sd_configs:| {2}- files:.*)$/gm, '    $1');
    expect(chosen).toMatch(new RegExp(`^    ${way}:`, 'm'));
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, chosen);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'config', file], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).not.toContain('FAILED');
    expect(status).toBe(0);
  });
});

describe('the folder that is pushed', () => {
  test('starts by the manifest, is healthy and ready, and drains when it is told to stop', async () => {
    const installed = await stage();
    const simulator = await startSimulator({ applications: 3, instances: 1 });
    onTestFinished(() => simulator.stop());
    const [us] = simulator.world.applications();
    if (us === undefined) throw new Error('the world has no application');
    const { space } = us;
    const file = join(installed, 'promregator.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('orgName: acme', `orgName: ${space.organization.name}`));
    const own = {
      guid: us.guid,
      org: space.organization.name,
      space: space.name,
      name: us.name,
      api: simulator.apiHost,
      password: simulator.password,
    };
    const { cf, promregator } = configFor(simulator);
    const { targets, ...world } = z.looseObject({ targets: z.unknown() }).parse(promregator);
    const { tls_config } = z.looseObject({ tls_config: z.unknown() }).parse(cf);
    const port = await freePort();
    const { command } = z
      .object({ applications: z.tuple([z.object({ command: z.string() })]) })
      .parse(parse(read('manifest.yml'))).applications[0];
    const child = spawn('bash', ['-c', command], {
      cwd: installed,
      env: {
        ...environment(own),
        PATH: process.env['PATH'],
        PORT: String(port),
        // What is of this world: where its names lead, and who signed its certificates.
        SPRING_APPLICATION_JSON: JSON.stringify({ cf: { tls_config }, promregator: world }),
      },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const closed = once(child, 'close');
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    const url = `http://127.0.0.1:${port}`;
    const status = async (path: string): Promise<number> =>
      await fetch(url + path).then(
        (answer) => answer.status,
        () => 0,
      );
    await waitUntil(async () => (await status('/-/ready')) === 200, {
      within: 20_000,
      every: 50,
      describe: () => output,
    });
    expect(await status('/-/healthy')).toBe(200);
    const answer = await fetch(`${url}/discovery`, {
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'promregator.example.com' },
    });
    const groups = z
      .array(z.object({ targets: z.array(z.string()), labels: z.record(z.string(), z.string()) }))
      .parse(await answer.json());
    expect(groups.find(({ labels }) => labels['instance'] === `${us.guid}:0`)).toMatchObject({
      targets: ['promregator.example.com:443'],
      labels: { __scheme__: 'https', __metrics_path__: `/singleTargetMetrics/${us.guid}/0` },
    });
    child.kill('SIGTERM');
    await waitUntil(async () => (await status('/-/ready')) === 503, {
      within: 5_000,
      every: 20,
      describe: () => output,
    });
    // Four seconds for the routers to notice; scrapes go on.
    expect(await status('/discovery')).toBe(200);
    expect(await closed).toEqual([0, null]);
    expect(output).not.toMatch(/"level":"(?:error|fatal)"/);
  }, 60_000);
});

/** As the Node buildpack stages it: a copy of the folder, without what is for developers (facts/cloud-foundry.md 6). */
async function stage(): Promise<string> {
  const folder = newFolder();
  const installed = join(folder, 'app');
  cpSync(join(DEPLOY, 'app'), installed, { recursive: true });
  const packed = await runNpm(ROOT, ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
  const [{ filename }] = z.tuple([z.object({ filename: z.string() })]).parse(JSON.parse(packed));
  copyFileSync(join(folder, filename), join(installed, 'promregator.tgz'));
  await runNpm(installed, ['install', '--no-fund', '--no-audit', `--cache=${join(folder, 'cache')}`], {
    NODE_ENV: 'production',
    NPM_CONFIG_PRODUCTION: 'true',
    NPM_CONFIG_REGISTRY: await startRegistry(),
  });
  return installed;
}

/** Gives what it prints; another end than 0 is an error. */
async function runNpm(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const npm = promisify(execFile);
  return (await npm('npm', args, { cwd, env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env } }))
    .stdout;
}
