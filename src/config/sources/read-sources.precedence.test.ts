import { describe, expect, test } from 'vitest';
import type { Written } from '../../../test/support/config/load-written.js';
import { readWrittenSources } from '../../../test/support/config/read-written-sources.js';

/** Each says the same option, in rising precedence; the values are their ranks. */
const LADDER: readonly (readonly [string, Written])[] = [
  ['application.yaml', { files: { '/work/application.yaml': 'server.port: 1' } }],
  ['application.yml', { files: { '/work/application.yml': 'server.port: 2' } }],
  ['application.properties', { files: { '/work/application.properties': 'server.port=3' } }],
  ['promregator.yml', { files: { '/work/promregator.yml': 'server.port: 4' } }],
  ['promregator.properties', { files: { '/work/promregator.properties': 'server.port=5' } }],
  ['config/application.yml', { files: { '/work/config/application.yml': 'server.port: 6' } }],
  ['config/promregator.yml', { files: { '/work/config/promregator.yml': 'server.port: 7' } }],
  ['config/a/promregator.yml', { files: { '/work/config/a/promregator.yml': 'server.port: 8' } }],
  ['config/b/application.yml', { files: { '/work/config/b/application.yml': 'server.port: 9' } }],
  ['a file for the default profile', { files: { '/work/application-default.yml': 'server.port: 10' } }],
  ['one in config', { files: { '/work/config/promregator-default.yml': 'server.port: 11' } }],
  [
    'an additional location',
    { env: { SPRING_CONFIG_ADDITIONAL_LOCATION: 'x.yml' }, files: { '/work/x.yml': 'server.port: 12' } },
  ],
  ['an import', { env: { SPRING_CONFIG_IMPORT: 'i.yml' }, files: { '/work/i.yml': 'server.port: 13' } }],
  ['the environment', { env: { SERVER_PORT: '14' } }],
  ['JAVA_TOOL_OPTIONS', { env: { JAVA_TOOL_OPTIONS: '-Dserver.port=15' } }],
  ['JDK_JAVA_OPTIONS', { env: { JDK_JAVA_OPTIONS: '-Dserver.port=16' } }],
  ['JAVA_OPTS', { env: { JAVA_OPTS: '-Xmx1g -Dserver.port=17' } }],
  ['-D', { args: ['-Dserver.port=18'] }],
  ['_JAVA_OPTIONS', { env: { _JAVA_OPTIONS: '-Dserver.port=19' } }],
  ['SPRING_APPLICATION_JSON', { env: { SPRING_APPLICATION_JSON: '{"server":{"port":20}}' } }],
  ['the command line', { args: ['--server.port=21'] }],
];

function together(...written: readonly Written[]): Written {
  return {
    env: Object.assign({}, ...written.map(({ env }) => env ?? {})),
    args: written.flatMap(({ args }) => args ?? []),
    files: Object.assign({}, ...written.map(({ files }) => files ?? {})),
  };
}

describe('one option in two sources next to each other', () => {
  test.each(LADDER.slice(1).map(([name, written], at) => [name, LADDER[at]?.[0], written, LADDER[at]?.[1], at + 2]))(
    '%s beats %s',
    async (_, __, higher, lower, rank) => {
      const { values, problems } = await readWrittenSources(together(lower as Written, higher as Written));
      expect([values['server.port'], problems]).toEqual([String(rank), []]);
    },
  );

  test('each alone counts', async () => {
    const alone = await Promise.all(LADDER.map(([, written]) => readWrittenSources(written)));
    expect(alone.map(({ values }) => Number(values['server.port']))).toEqual(LADDER.map((_, at) => at + 1));
  });

  test('all together, with what none of them hides', async () => {
    const { values } = await readWrittenSources(
      together(...LADDER.map(([, written]) => written), { files: { '/work/promregator.yaml': 'server.address: a' } }),
    );
    expect(values).toEqual({ 'server.port': '21', 'server.address': 'a' });
  });
});

describe('the place of each value', () => {
  test.each<[string, Written, string]>([
    ['a YAML file', { yaml: 'a: 1\nserver:\n  port: 1' }, 'promregator.yml:3:9'],
    [
      'a properties file',
      { files: { '/work/config/promregator.properties': '# x\n server.port : 1' } },
      'config/promregator.properties:2:16',
    ],
    ['the environment', { env: { SERVER_PORT: '1' } }, 'environment SERVER_PORT'],
    ['a switch', { env: { JAVA_OPTS: '-Dserver.port=1' } }, '-Dserver.port in JAVA_OPTS'],
    ['a switch as argument', { args: ['-Dserver.port=1'] }, 'command line -Dserver.port'],
    [
      'JSON in the environment',
      { env: { SPRING_APPLICATION_JSON: '{\n "server.port": 1}' } },
      'environment SPRING_APPLICATION_JSON:2:17',
    ],
    [
      'JSON in a switch',
      { env: { JAVA_OPTS: `'-Dspring.application.json={"server.port":1}'` } },
      '-Dspring.application.json in JAVA_OPTS:1:16',
    ],
    [
      'JSON as argument',
      { args: ['--spring.application.json={"server":{"port":"1"}}'] },
      'command line --spring.application.json:1:19',
    ],
    [
      'a configtree',
      { args: ['--spring.config.import=configtree:/s/'], files: { '/s/server.port': '1\n' } },
      '/s/server.port',
    ],
    [
      'a variable with properties',
      { args: ['--spring.config.import=env:P'], env: { P: '\nserver.port=1' } },
      'environment P:2:13',
    ],
  ])('%s', async (_, written, place) => {
    const { places, values } = await readWrittenSources(written);
    expect([values['server.port'], places['server.port']]).toEqual(['1', place]);
  });
});

describe('what lies over what', () => {
  test.each<[string, Written, Readonly<Record<string, string>>]>([
    [
      'a list of a higher source replaces the whole',
      {
        yaml: 'promregator.targets: [{orgName: a, spaceName: b}, {orgName: c}]',
        args: ['-Dpromregator.targets[0].orgName=x'],
      },
      { 'promregator.targets[0].orgName': 'x' },
    ],
    [
      'one of a later document too',
      { yaml: 'promregator.targets: [{orgName: a}, {orgName: c}]\n---\npromregator.targets: [{spaceName: x}]' },
      { 'promregator.targets[0].spaceName': 'x' },
    ],
    [
      'items of one list in several variables of Java',
      {
        env: {
          JAVA_TOOL_OPTIONS: '-Dpromregator.targets[0].org-name=a -Dpromregator.targets[1].orgName=b',
          JAVA_OPTS: '-Dpromregator.targets[1].orgName=c',
        },
      },
      { 'promregator.targets[0].orgName': 'a', 'promregator.targets[1].orgName': 'c' },
    ],
    [
      'maps are joined',
      { yaml: 'cf: {username: a, password: b}', env: { SPRING_APPLICATION_JSON: '{"CF":{"USER_NAME":"c"}}' } },
      { 'cf.username': 'c', 'cf.password': 'b' },
    ],
    [
      'JSON of the command line beats JSON of the environment, which does not count then',
      {
        env: { SPRING_APPLICATION_JSON: '{"server.port":1,"server.address":"a"}' },
        args: ['--spring.application.json={"server.port":2}'],
      },
      { 'server.port': '2' },
    ],
    [
      'JSON of a switch beats that of the environment',
      { env: { SPRING_APPLICATION_JSON: '{"server.port":1}' }, args: ['-Dspring.application.json={"server.port":2}'] },
      { 'server.port': '2' },
    ],
    ['of one switch said twice, the last', { args: ['-Dserver.port=1', '-Dserver.port=2'] }, { 'server.port': '2' }],
    [
      'a list of texts said twice on the command line',
      { args: ['--promregator.targets[0].paths=/a', '--promregator.targets[0].paths=/b'] },
      { 'promregator.targets[0].paths': '/a,/b' },
    ],
    ['nothing', {}, {}],
  ])('%s', async (_, written, expected) => {
    const { values, problems } = await readWrittenSources(written);
    expect([values, problems]).toEqual([expected, []]);
  });
});
