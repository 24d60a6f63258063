import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import type { ConfigOutcome } from '../src/config/load-config.js';
import { formatProblem } from '../src/config/report.js';
import { decodeInventories } from '../src/foundation/inventory-file.js';
import { parsePage, parseResource } from '../src/foundation/parse-resource.js';
import { loadWritten, MANDATORY_ENV, type Written } from './support/config/load-written.js';
import { configFor } from './support/promregator-process.js';
import { scrape, startReady } from './support/ready-program.js';

const POLLUTION = '{"polluted":"yes","port":1,"kubernetesAnnotations":true,"auth":"BASIC"}';
const POLLUTED = `{"__proto__":${POLLUTION},"constructor":{"prototype":${POLLUTION}}}`;

/** What every object, list, function and text would have if somebody had got through. */
function inherited(): readonly string[] {
  const found: string[] = [];
  for (const value of [{}, [], () => undefined, Object('')]) for (const name in value) found.push(name);
  return [...found, ...[{}, []].flatMap((value) => ('polluted' in value ? ['polluted'] : []))];
}

/** Functions have no text: two of them are never equal. */
function asText(outcome: ConfigOutcome): string {
  if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join());
  return JSON.stringify(outcome.config, undefined, 1);
}

describe('prototypes stay as they are, and so does the configuration', () => {
  const yaml = 'promregator: {targets: [{}]}\n';

  test.each<[string, Written]>([
    ['YAML', { yaml: `${yaml}__proto__: ${POLLUTION}\nconstructor: {prototype: ${POLLUTION}}\n` }],
    ['YAML, merged', { yaml: `${yaml}x: &x {__proto__: ${POLLUTION}}\nserver: {<<: *x}\n` }],
    ['YAML, below an option', { yaml: `promregator: {targets: [{}], __proto__: ${POLLUTION}}\n` }],
    ['YAML, below a level', { yaml: `${yaml}logging: {level: {__proto__: DEBUG, constructor: WARN}}\n` }],
    ['YAML, flat', { yaml: `${yaml}__proto__.polluted: yes\nconstructor.prototype.polluted: yes\n` }],
    ['JSON', { yaml, env: { ...MANDATORY_ENV, SPRING_APPLICATION_JSON: POLLUTED } }],
    ['JSON of the platform', { yaml, env: { ...MANDATORY_ENV, VCAP_APPLICATION: POLLUTED, VCAP_SERVICES: POLLUTED } }],
    [
      'the environment',
      { yaml, env: { ...MANDATORY_ENV, __PROTO___POLLUTED: 'yes', CONSTRUCTOR_PROTOTYPE_POLLUTED: 'yes' } },
    ],
    ['its names in lower case', { yaml, env: { ...MANDATORY_ENV, ['__proto__.polluted']: 'yes' } }],
    ['the command line', { yaml, args: ['--__proto__.polluted=yes', '--constructor.prototype.polluted=yes'] }],
    ["Java's switches", { yaml, args: ['-D__proto__.polluted=yes', '-Dconstructor.prototype.polluted=yes'] }],
    ['a list by index', { yaml, args: ['--promregator.targets[__proto__].polluted=yes'] }],
    ['a properties file', { yaml, files: { '/work/promregator.properties': '__proto__.polluted=yes\n' } }],
  ])('after %s', async (_, written) => {
    // On Cloud Foundry some defaults are others.
    const platform = written.env !== undefined && 'VCAP_APPLICATION' in written.env ? { VCAP_APPLICATION: '{}' } : {};
    const usual = await loadWritten({ yaml, env: { ...MANDATORY_ENV, ...platform } });
    const outcome = await loadWritten(written);
    expect(inherited()).toEqual([]);
    // Refused with words, or taken as if it were not there.
    if (outcome.ok) expect(asText(outcome)).toBe(asText(usual));
    else expect(outcome.problems.length).toBeGreaterThan(0);
  });

  test('after answers of the API', () => {
    const app = `{"guid":"g","name":"n","state":"STARTED","relationships":{"space":{"data":{"guid":"s"}}},
      "metadata":{"labels":{"__proto__":"x","constructor":"y"},"annotations":${POLLUTED}},"__proto__":${POLLUTION}}`;
    const parsed = parseResource('apps', JSON.parse(app));
    expect(parsed).toMatchObject({ ok: true, value: { labels: { constructor: 'y' }, annotations: {} } });
    expect(parsePage(JSON.parse(`{"__proto__":{"pagination":{"total_results":1}}}`))).toBeUndefined();
    expect(inherited()).toEqual([]);
  });

  test('after an inventory on disk', async () => {
    await expect(decodeInventories(Buffer.from(`${POLLUTED}\n${POLLUTED}\n`))).rejects.toThrow();
    expect(inherited()).toEqual([]);
  });
});

describe('expressions that explode', () => {
  let simulator: Simulator;
  let guid: string;
  let hostile: string;

  beforeAll(async () => {
    simulator = await startSimulator({ organizations: 1, spaces: 1, applications: 1, instances: 1 });
    guid = simulator.world.applications()[0]?.guid ?? '';
    const space = simulator.world.spaces()[0]?.guid ?? '';
    for (let number = 0; number < 2; number += 1) {
      const name = `${'a'.repeat(40 + number)}!${number}`;
      simulator.world.deployApplication({ name, space, routes: [`${'a'.repeat(40)}-${number}.apps.sim.example`] });
    }
    hostile = simulator.world.applications()[1]?.guid ?? '';
    simulator.world.deployApplication({ name: 'a'.repeat(10_000), space, routes: ['long.apps.sim.example'] });
  });

  afterAll(() => simulator?.stop());

  /** Rules that none of the hostile names ends by itself; the first rule takes the innocent application. */
  const EXPLODING = [
    { id: 'plain', applicationRegex: '(a+)+b' },
    { id: 'alternatives', applicationRegex: '(a|a)*b' },
    { id: 'reference', applicationRegex: '(a+)\\1+b' },
    { id: 'look', applicationRegex: '(?=(a+)+b).*' },
    { id: 'excluded', excludeApplicationRegex: '(a+)+' },
    { id: 'route', preferredRouteRegex: ['((a+)+)+b'], paths: ['/other'] },
  ];

  test('keep nobody from being discovered and scraped, and do not fill the log', async () => {
    const innocent = { applicationName: simulator.world.application(guid).name };
    const program = await startReady({ config: configFor(simulator, { targets: [innocent, ...EXPLODING] }) });
    onTestFinished(async () => void (await program.stop()));
    // Names come and go meanwhile, so that the rules are applied again and again.
    for (let round = 0; round < 5; round += 1) {
      simulator.world.rename({ kind: 'application', resource: hostile, name: `${'a'.repeat(50)}!${round}` });
      await fetch(`${program.url}/cache/invalidate?application=true`);
      const document = await (await fetch(`${program.url}/discovery`)).text();
      expect(document).toContain(`/singleTargetMetrics/${guid}/0"`);
      expect((await scrape(program, guid)).status).toBe(200);
    }
    const warnings = program.log().filter(({ level }) => level === 'warn');
    const interrupted = new Set(warnings.map(({ rule }) => rule).filter((rule) => rule !== undefined));
    expect(interrupted).toEqual(new Set(EXPLODING.map(({ id }) => id)));
    expect(warnings.length).toBeLessThan(200);
    expect(warnings.every((line) => JSON.stringify(line).length < 1_000)).toBe(true);
  }, 60_000);
});
