import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { textLine } from '../src/telemetry/log-text.js';
import { HOSTILE_TEXTS, type HostileApplication, OBEYED, populate, wellFormed } from './support/hostile-world.js';
import { type Prometheus, startPrometheus } from './support/prometheus.js';
import { configFor, type PromregatorProcess } from './support/promregator-process.js';
import { scrape, startReady } from './support/ready-program.js';
import { runProgram } from './support/run-program.js';
import { checkMetrics } from './support/scrape/promtool.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

interface Element {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const META = '__meta_promregator_target_';

describe('names that tenants choose', () => {
  const folder = temporaryFolder();
  let simulator: Simulator;
  let config: { readonly cf: object; readonly promregator: object };
  let applications: readonly HostileApplication[];
  let program: PromregatorProcess;
  let prometheus: Prometheus;
  let document: readonly Element[];

  beforeAll(async () => {
    simulator = await startSimulator({ organizations: 0, spaces: 0, applications: 0 });
    // Before the hostile domains are there, which no operator would send anywhere.
    config = configFor(simulator, {
      cache: { file: join(folder.path, 'inventory') },
      // No expression: the dot of Java's matches no line break.
      targets: [{}],
    });
    applications = populate(simulator.world);
    program = await startReady({ config, args: ['--logging.level.root=DEBUG'] });
    document = await discovered(program);
    prometheus = await startPrometheus(() => [
      {
        job_name: 'cf',
        http_sd_configs: [{ url: `${program.url}/discovery`, refresh_interval: '1s' }],
        relabel_configs: [
          ['orgName', 'org'],
          ['spaceName', 'space'],
          ['applicationName', 'application'],
          // As it is usual, `(.*)`, it would not take a name with a line break.
        ].map(([from, to]) => ({ source_labels: [`${META}${from}`], target_label: to, regex: '(?s)(.*)' })),
      },
    ]);
  });

  afterAll(async () => {
    await prometheus?.stop();
    await program?.stop();
    await simulator?.stop();
    folder.remove();
  });

  function named(what: string): HostileApplication {
    const found = applications.find((application) => application.what === what);
    if (found === undefined) throw new Error(`no application is called by ${what}`);
    return found;
  }

  test('all are targets at our own address, and nothing else is', () => {
    const paths = applications.flatMap(({ good, failing }) => [good, failing]);
    const expected = [...paths.map((guid) => `/singleTargetMetrics/${guid}/0`), '/promregatorMetrics'];
    expect(document.map(({ labels }) => labels['__metrics_path__']).sort()).toEqual(expected.sort());
    expect(new Set(document.flatMap(({ targets }) => targets))).toEqual(new Set([new URL(program.url).host]));
  });

  test.each(HOSTILE_TEXTS)('%s is the value of labels as it was written', (what, text) => {
    const { good } = named(what);
    const labels = document.find((element) => element.labels[`${META}applicationId`] === good)?.labels ?? {};
    const name = wellFormed(text);
    expect([labels[`${META}orgName`], labels[`${META}spaceName`], labels[`${META}applicationName`]]).toEqual([
      name,
      name,
      name,
    ]);
    const own = Object.entries(labels).filter(([label]) => label.startsWith(`${META}app_`));
    const said = text.replace(/[^a-zA-Z0-9_]/gu, '_');
    // No key of Cloud Foundry begins with an underscore; this one is dropped where the API's answer is read.
    const expected = text === '__proto__' ? [] : [`${META}app_label_${said}`, `${META}app_annotation_${said}`];
    expect(own.map(([label]) => label)).toEqual(expected);
    for (const [label, value] of own)
      expect([/^[a-zA-Z_]\w*$/.test(label), name.startsWith(value)]).toEqual([true, true]);
  });

  // The head of a request holds 16 KB.
  test.each(HOSTILE_TEXTS.filter(([, text]) => text.length < 1_000))(
    '%s can be asked for as a part of /discovery',
    async (what, text) => {
      const { good, failing } = named(what);
      const query = new URLSearchParams({ org: text, space: text, application: text });
      const answer = await fetch(`${program.url}/discovery?${query}`);
      const found: readonly Element[] = JSON.parse(await answer.text());
      // A query is UTF-8, so what is not well-formed cannot be asked for.
      const expected = text === wellFormed(text) ? [good, failing] : [];
      expect(found.map(({ labels }) => labels[`${META}applicationId`]).sort()).toEqual(expected.sort());
    },
  );

  test('a real Prometheus takes the list, scrapes all and our own metrics, and keeps each name', async () => {
    const up = new Set(applications.map(({ good }) => `${good}:0`)).add(new URL(program.url).host);
    const targets = await waitUntil(
      async () => {
        const all = await prometheus.targets('cf');
        return all.filter(({ health }) => health !== 'unknown').length === document.length && all;
      },
      { within: 25_000, describe: () => prometheus.targets('cf') },
    );
    const healthy = targets.filter(({ health }) => health === 'up').map(({ labels }) => labels['instance']);
    expect(new Set(healthy)).toEqual(up);
    const names = targets.flatMap(({ labels }) => (labels['org'] === undefined ? [] : [labels['org']]));
    expect(new Set(names)).toEqual(new Set(HOSTILE_TEXTS.map(([, text]) => wellFormed(text))));
  });

  test('our own metrics name all of them, and neither promtool nor Prometheus finds anything wrong', async () => {
    const outcomes = await Promise.all(
      applications.flatMap(({ good, failing }) => [scrape(program, good), scrape(program, failing)]),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(applications.flatMap(() => [200, 502]));
    const text = await (await fetch(`${program.url}/promregatorMetrics`)).text();
    expect(checkMetrics(text)).toBe('');
    const lines = text.split('\n');
    expect(lines.filter((line) => /^promregator_(?:forged|other)/.test(line))).toEqual([]);
    const failures = lines.filter((line) => line.startsWith('promregator_request_failure_total{'));
    expect(failures).toHaveLength(applications.length);
    const seen = await waitUntil(
      async () => {
        const series = await prometheus.query('promregator_request_failure_total');
        return series.length === applications.length && series;
      },
      { within: 25_000, describe: () => prometheus.query('promregator_request_failure_total') },
    );
    const names = seen.map(({ metric }) => metric['app_name']);
    expect(new Set(names)).toEqual(new Set(HOSTILE_TEXTS.map(([, text]) => wellFormed(text))));
  });

  test.each(HOSTILE_TEXTS)('%s in a failed scrape is one line of plain text', async (what) => {
    const { status, text } = await scrape(program, named(what).failing);
    expect([status, text.indexOf('\n') === text.length - 1]).toEqual([502, true]);
    expect(text).not.toMatch(OBEYED);
    expect(text.length).toBeLessThan(1_000);
  });

  test('pages are JSON or a fixed text, never sniffed', async () => {
    for (const path of ['/debug/discovery', '/discovery', '/']) {
      const answer = await fetch(program.url + path);
      expect([answer.status, answer.headers.get('x-content-type-options')]).toEqual([200, 'nosniff']);
      const body = await answer.text();
      if (path === '/') expect(body).not.toContain('alert(1)');
      else
        expect([answer.headers.get('content-type'), typeof JSON.parse(body)]).toEqual(['application/json', 'object']);
    }
  });

  test('the log has one line for each event, in JSON and as text', () => {
    const lines = program.output().split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), time: expect.any(String) });
      const text = textLine(line);
      expect(text).toMatch(/^[^\n]*\n$/);
      expect([line, text].filter((each) => OBEYED.test(each))).toEqual([]);
      expect(line.length).toBeLessThan(5_000);
    }
    expect(program.log().filter(({ message }) => message === 'forged')).toEqual([]);
  });

  test.each([
    ['table', []],
    ['json', ['--format=json']],
    ['file_sd', ['--format=file_sd', '--promregator.discovery.externalUrl=https://prom.example.org']],
  ])('discover as %s gives a terminal nothing to obey', async (format, args) => {
    const { code, stdout, stderr } = await runProgram({ command: 'discover', config, args });
    expect(code).toBe(0);
    expect(`${stdout}${stderr}`).not.toMatch(OBEYED);
    if (format === 'table') {
      const rows = stdout.split('\n').filter((line) => line.includes('promregator.targets[0]'));
      expect(rows).toHaveLength(2 * applications.length);
    } else JSON.parse(stdout);
  });

  test('a restart from the inventory file hands out the same list', async () => {
    await program.stop();
    simulator.platform.api = 'maintenance';
    onTestFinished(() => {
      simulator.platform.api = 'up';
    });
    program = await startReady({ config });
    const labels = (elements: readonly Element[]): unknown => elements.map((element) => element.labels);
    expect(labels(await discovered(program))).toEqual(labels(document));
  });
});

async function discovered(program: PromregatorProcess): Promise<readonly Element[]> {
  const answer = await fetch(`${program.url}/discovery`);
  return JSON.parse(await answer.text());
}
