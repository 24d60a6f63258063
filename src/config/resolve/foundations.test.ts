import { describe, expect, test } from 'vitest';
import { MANDATORY_ENV, type Written } from '../../../test/support/config/load-written.js';
import { configOf, problemsOf } from '../../../test/support/config/outcome.js';
import type { Config } from '../config.js';

const TWO = `
foundations:
  - {name: eu, api_host: api.eu.example.org, username: u, password: p, request.rateLimit: 2}
  - {name: us-1, api_host: api.us.example.org, client_id: c, client_secret: s, skipSslValidation: true}
`;

describe('foundations', () => {
  test.each<[string, Written, (config: Config) => unknown, unknown]>([
    ['cf alone is called default', {}, (c) => c.foundations.map(({ name }) => name), ['default']],
    [
      'several, each with all of cf',
      { yaml: TWO, env: {} },
      (c) => c.foundations.map((f) => [f.name, f.apiOrigin, f.credentials.grant, f.tls.verify, f.rateLimitPerSecond]),
      [
        ['eu', 'https://api.eu.example.org', 'password', 'always', 2],
        ['us-1', 'https://api.us.example.org', 'client_credentials', 'never', 10],
      ],
    ],
    [
      'one in the environment',
      {
        env: {
          FOUNDATIONS_0_NAME: 'a',
          FOUNDATIONS_0_API_HOST: 'h',
          FOUNDATIONS_0_USERNAME: 'u',
          FOUNDATIONS_0_PASSWORD: 'p',
        },
      },
      (c) => c.foundations.map(({ name }) => name),
      ['a'],
    ],
    [
      'a rule names one',
      { yaml: `${TWO}promregator.targets: [{foundation: eu}, {}]`, env: {} },
      (c) => c.rules.map(({ foundation }) => foundation),
      ['eu', undefined],
    ],
    ['a rule names the only one', { yaml: 'promregator.targets: [{foundation: default}]' }, (c) => c.rules.length, 1],
    [
      'the simulator needs no credentials',
      { yaml: 'promregator.simulation.enabled: true', env: {} },
      (c) => [c.simulation, c.foundations.map(({ name, proxy }) => [name, proxy])],
      [{ instances: 10 }, [['default', undefined]]],
    ],
    [
      'the simulator stands in for what cf says',
      { yaml: 'promregator.simulation: {enabled: true, instances: 3}' },
      (c) => [c.simulation, c.foundations[0]?.apiOrigin],
      [{ instances: 3 }, 'http://127.0.0.1'],
    ],
  ])('%s', async (_, written, pick, expected) => {
    expect(pick(await configOf(written))).toEqual(expected);
  });

  test.each<[string, Written, readonly string[]]>([
    [
      'cf beside them',
      { yaml: TWO, env: MANDATORY_ENV },
      [
        'environment CF_API_HOST: cf.api_host: found cf beside foundations, expected one or the other; make cf an item of foundations, or remove it, and its variables from the environment',
      ],
    ],
    [
      'what is missing, by the names of the item',
      { yaml: 'foundations: [{name: a, username: u}]', env: {} },
      [
        'promregator.yml:1:15: foundations[0].api_host: found nothing, expected the host of the Cloud Foundry API; set it in the file or as FOUNDATIONS_0_API_HOST in the environment',
        'promregator.yml:1:15: foundations[0].password: found nothing, expected the password of foundations[0].username; set it in the file or as FOUNDATIONS_0_PASSWORD in the environment',
      ],
    ],
    [
      'no name',
      { yaml: 'foundations: [{api_host: a, username: u, password: p}]', env: {} },
      [
        'promregator.yml:1:15: foundations[0].name: found nothing, expected a name of its own; rules, logs and metrics name it by that',
      ],
    ],
    [
      'one name twice',
      { yaml: TWO.replace('us-1', 'eu'), env: {} },
      [
        'promregator.yml:4:12: foundations[1].name: found "eu", expected a name that no earlier one has; give it another name',
      ],
    ],
    [
      'a name that is none',
      { yaml: TWO.replace('us-1', 'us east'), env: {} },
      [
        'promregator.yml:4:12: foundations[1].name: found "us east", expected a name of letters, digits, ".", "_" and "-"',
      ],
    ],
    [
      'a rule that names none of them',
      { yaml: `${TWO}promregator.targets: [{foundation: asia}]`, env: {} },
      [
        'promregator.yml:5:36: promregator.targets[0].foundation: found "asia", expected the name of one of foundations; known: eu, us-1',
      ],
    ],
    [
      'a map, and nothing of what cf lacks then',
      { yaml: 'foundations: {name: a}', env: {} },
      ['promregator.yml:1:14: foundations: found a map, expected a list; put "- " before each item'],
    ],
    [
      'the simulator beside them',
      { yaml: `${TWO}promregator.simulation.enabled: true`, env: {} },
      [
        'promregator.yml:3:3: foundations: found foundations beside promregator.simulation.enabled, expected one or the other',
      ],
    ],
    [
      'the simulator beside some with faults of their own',
      {
        yaml: 'promregator.simulation.enabled: true\nfoundations: [{name: a, api_host: x, username: u}, {name: a, api_host: y, username: u, password: p}]',
        env: {},
      },
      [
        expect.stringContaining('foundations beside promregator.simulation.enabled'),
        expect.stringContaining('foundations[0].password: found nothing'),
        expect.stringContaining('foundations[1].name: found "a", expected a name that no earlier one has'),
      ],
    ],
  ])('%s', async (_, written, expected) => {
    expect(await problemsOf(written)).toEqual(expected);
  });
});
