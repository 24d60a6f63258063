import { describe, test } from 'vitest';
import type { Situation } from './support/check-config.js';
import { checkRow, type Row } from './support/configuration-table.js';

/** One option in each source there is, lowest precedence first (facts/promregator.md 4); what is in force is its rank. */
const LADDER: readonly (readonly [name: string, written: Situation, source: string])[] = [
  ['the default', {}, 'default'],
  ['application.yaml', { files: { 'application.yaml': 'server.port: 1' } }, 'application.yaml:1:14'],
  ['application.yml', { files: { 'application.yml': 'server.port: 2' } }, 'application.yml:1:14'],
  ['application.properties', { files: { 'application.properties': 'server.port=3' } }, 'application.properties:1:13'],
  ['promregator.yaml', { files: { 'promregator.yaml': 'server.port: 4' } }, 'promregator.yaml:1:14'],
  ['promregator.yml', { files: { 'promregator.yml': 'server.port: 5' } }, 'promregator.yml:1:14'],
  ['promregator.properties', { files: { 'promregator.properties': 'server.port=6' } }, 'promregator.properties:1:13'],
  [
    'PROMREGATOR_CONFIG_DIR',
    { files: { 'etc/promregator.yml': 'server.port: 7' }, env: { PROMREGATOR_CONFIG_DIR: '$DIR/etc' } },
    '$DIR/etc/promregator.yml:1:14',
  ],
  ['config/', { files: { 'config/promregator.yml': 'server.port: 8' } }, 'config/promregator.yml:1:14'],
  ['config/*/', { files: { 'config/a/promregator.yml': 'server.port: 9' } }, 'config/a/promregator.yml:1:14'],
  [
    'a profile file',
    { files: { 'promregator-prod.yml': 'server.port: 10' }, env: { SPRING_PROFILES_ACTIVE: 'prod' } },
    'promregator-prod.yml:1:14',
  ],
  [
    'spring.config.additional-location',
    { files: { 'more.yml': 'server.port: 11' }, args: ['--spring.config.additional-location=more.yml'] },
    'more.yml:1:14',
  ],
  [
    'spring.config.import',
    { files: { 'imported.yml': 'server.port: 12' }, env: { SPRING_CONFIG_IMPORT: 'file:imported.yml' } },
    'imported.yml:1:14',
  ],
  ['the environment', { env: { SERVER_PORT: '13' } }, 'environment SERVER_PORT'],
  ['JAVA_TOOL_OPTIONS', { env: { JAVA_TOOL_OPTIONS: '-Dserver.port=14' } }, '-Dserver.port in JAVA_TOOL_OPTIONS'],
  ['JDK_JAVA_OPTIONS', { env: { JDK_JAVA_OPTIONS: '-Dserver.port=15' } }, '-Dserver.port in JDK_JAVA_OPTIONS'],
  ['JAVA_OPTS', { env: { JAVA_OPTS: '-Dserver.port=16' } }, '-Dserver.port in JAVA_OPTS'],
  ['-D', { args: ['-Dserver.port=17'] }, 'command line -Dserver.port'],
  [
    'SPRING_APPLICATION_JSON',
    { env: { SPRING_APPLICATION_JSON: '{"server": {"port": 18}}' } },
    'environment SPRING_APPLICATION_JSON:1:21',
  ],
  ['the command line', { args: ['--server.port=19'] }, 'command line --server.port'],
];

function together(...written: readonly Situation[]): Situation {
  return {
    files: Object.assign({}, ...written.map(({ files }) => files)),
    env: Object.assign({}, ...written.map(({ env }) => env)),
    args: written.flatMap(({ args }) => args ?? []),
  };
}

const NEIGHBOURS = LADDER.flatMap(([higher, written, source], rank) => {
  const [lower, below = {}] = LADDER[rank - 1] ?? [];
  return lower === undefined ? [] : [{ higher, lower, rank, source, written: together(below, written) }];
});

describe('each source beats the one below it', () => {
  test.concurrent.each(NEIGHBOURS)('$higher beats $lower', async ({ written, rank, source }) => {
    await checkRow({ ...written, effective: { 'server.port': `${rank} @ ${source}` } });
  });

  test('the highest of all of them counts', async () => {
    const all = together(...LADDER.map(([, written]) => written));
    const effective = { 'server.port': `${LADDER.length - 1} @ command line --server.port` };
    await checkRow({ ...all, effective });
  });
});

const port = (source: string): Readonly<Record<string, string>> => ({ 'server.port': `1 @ ${source}` });
const PORT_1 = 'server.port: 1';

describe('where files are looked for', () => {
  test.concurrent.each<[string, Row]>([
    ['--config.file', { files: { 'a.yml': PORT_1 }, args: ['--config.file=a.yml'], effective: port('a.yml:1:14') }],
    ['its name apart', { files: { 'a.yml': PORT_1 }, args: ['--config.file', 'a.yml'], effective: port('a.yml:1:14') }],
    [
      '--config.file alone, beside what lies where we look',
      {
        files: { 'a.yml': PORT_1, 'promregator.yml': 'server.address: 127.0.0.9' },
        args: ['--config.file=a.yml'],
        effective: { ...port('a.yml:1:14'), 'server.address': '0.0.0.0 @ default' },
      },
    ],
    [
      'a properties file',
      {
        files: { 'a.properties': 'server.port = 1' },
        args: ['--config.file=a.properties'],
        effective: port('a.properties:1:15'),
      },
    ],
    [
      '--spring.config.location, absolute',
      {
        files: { 'd/a.yml': PORT_1 },
        args: ['--spring.config.location=file:$DIR/d/a.yml'],
        effective: port('$DIR/d/a.yml:1:14'),
      },
    ],
    [
      'without file:',
      { files: { 'd/a.yml': PORT_1 }, args: ['--spring.config.location=./d/a.yml'], effective: port('d/a.yml:1:14') },
    ],
    [
      'SPRING_CONFIG_LOCATION',
      {
        files: { 'd/a.yml': PORT_1 },
        env: { SPRING_CONFIG_LOCATION: 'file:d/a.yml' },
        effective: port('d/a.yml:1:14'),
      },
    ],
    [
      '-Dspring.config.location',
      {
        files: { 'a.yml': PORT_1 },
        env: { JAVA_OPTS: '-Xmx200m -Dspring.config.location=a.yml' },
        effective: port('a.yml:1:14'),
        ignored: ['-Xmx200m in JAVA_OPTS'],
      },
    ],
    [
      'several with commas, of which the last wins',
      {
        files: { 'a.yml': 'server: {port: 7, address: 127.0.0.2}', 'b.yml': PORT_1 },
        env: { SPRING_CONFIG_LOCATION: 'a.yml,b.yml' },
        effective: { ...port('b.yml:1:14'), 'server.address': '127.0.0.2 @ a.yml:1:28' },
      },
    ],
    [
      'a directory',
      {
        files: { 'd/promregator.yml': PORT_1 },
        env: { SPRING_CONFIG_LOCATION: 'file:./d/' },
        effective: port('d/promregator.yml:1:14'),
      },
    ],
    [
      'optional: of one that is missing',
      {
        files: { 'a.yml': PORT_1 },
        env: { SPRING_CONFIG_LOCATION: 'a.yml,optional:file:b.yml' },
        effective: port('a.yml:1:14'),
      },
    ],
    [
      'one that is missing',
      {
        env: { SPRING_CONFIG_LOCATION: 'file:b.yml' },
        problems: [
          'b.yml: found no such file, expected a readable configuration file, since it was named or stands where we look; correct spring.config.location (environment SPRING_CONFIG_LOCATION), or put optional: before what may be missing',
        ],
      },
    ],
    [
      'a directory that is missing',
      {
        args: ['--spring.config.location=d/'],
        problems: [
          'd/: found no such directory, expected a readable configuration file, since it was named or stands where we look; correct spring.config.location (command line --spring.config.location), or put optional: before what may be missing',
        ],
      },
    ],
    [
      'a .json file, which the original does not read',
      {
        files: { 'a.json': '{}' },
        args: ['--spring.config.location=a.json'],
        problems: [
          'command line --spring.config.location: spring.config.location: found "a.json", expected a file that ends in .yaml, .yml, .properties; a directory ends in a slash',
        ],
      },
    ],
    [
      '--config.file beside spring.config.location',
      {
        files: { 'a.yml': PORT_1, 'b.yml': 'server.port: 2' },
        args: ['--config.file=a.yml'],
        env: { SPRING_CONFIG_LOCATION: 'b.yml' },
        effective: port('a.yml:1:14'),
        warnings: [
          'environment SPRING_CONFIG_LOCATION: spring.config.location: found places beside --config.file, expected one of the two; --config.file counts alone',
        ],
      },
    ],
    [
      'spring.config.location in place of where we look',
      {
        files: { 'promregator.yml': 'server.address: 127.0.0.9', 'a.yml': PORT_1 },
        env: { SPRING_CONFIG_LOCATION: 'a.yml' },
        effective: { ...port('a.yml:1:14'), 'server.address': '0.0.0.0 @ default' },
      },
    ],
    [
      'spring.config.additional-location beside it',
      {
        files: { 'promregator.yml': 'server.address: 127.0.0.9', 'a.yml': PORT_1 },
        env: { SPRING_CONFIG_ADDITIONAL_LOCATION: 'a.yml' },
        effective: { ...port('a.yml:1:14'), 'server.address': '127.0.0.9 @ promregator.yml:1:17' },
      },
    ],
    [
      'spring.config.name',
      {
        files: { 'mine.yml': PORT_1, 'promregator.yml': 'server.port: 2' },
        args: ['--spring.config.name=mine'],
        effective: port('mine.yml:1:14'),
      },
    ],
    [
      'PROMREGATOR_CONFIG_DIR: promregator.properties above promregator.yml',
      {
        files: {
          'etc/promregator.yml': 'server: {port: 2, address: 127.0.0.2}',
          'etc/promregator.properties': 'server.port=1',
        },
        env: { PROMREGATOR_CONFIG_DIR: '$DIR/etc/' },
        effective: {
          ...port('$DIR/etc/promregator.properties:1:13'),
          'server.address': '127.0.0.2 @ $DIR/etc/promregator.yml:1:28',
        },
      },
    ],
    [
      'an import, from the folder of the file that names it, which it beats',
      {
        files: { 'd/a.yml': 'server.port: 2\nspring.config.import: sub/b.yml', 'd/sub/b.yml': PORT_1 },
        args: ['--config.file=d/a.yml'],
        effective: port('d/sub/b.yml:1:14'),
      },
    ],
    [
      'an optional import that is missing',
      {
        files: { 'promregator.yml': 'server.port: 1\nspring.config.import: optional:file:none.yml' },
        effective: port('promregator.yml:1:14'),
      },
    ],
    [
      'an import that is missing',
      {
        files: { 'promregator.yml': 'spring.config.import: none.yml' },
        problems: [
          'none.yml: found no such file, expected a readable configuration file, since it was named or stands where we look; correct spring.config.import (promregator.yml:1:23), or put optional: before what may be missing',
        ],
      },
    ],
    [
      'configtree:, as Docker and Kubernetes mount secrets',
      {
        files: {
          'run/secrets/cf.password': 'hunter2-file\n',
          'run/secrets/server/port': '1\n',
          'run/secrets/..data/server.port': '9',
        },
        env: { SPRING_CONFIG_IMPORT: 'optional:configtree:run/secrets/', CF_PASSWORD: '' },
        problems: [
          'environment CF_PASSWORD: cf.password: found nothing, expected the password of cf.username; set it in the file or as CF_PASSWORD in the environment',
        ],
        effective: port('run/secrets/server/port'),
      },
    ],
    [
      'configtree: for what is mandatory',
      {
        bare: true,
        files: { 's/cf.password': 'hunter2-file\n', 's/cf.username': 'reader', 's/cf/api_host': 'api.example.org' },
        env: { SPRING_CONFIG_IMPORT: 'configtree:$DIR/s/' },
        effective: {
          'cf.password': '<secret> @ $DIR/s/cf.password',
          'cf.api_host': 'api.example.org @ $DIR/s/cf/api_host',
        },
      },
    ],
    [
      'configtree: without a slash at the end',
      {
        env: { SPRING_CONFIG_IMPORT: 'configtree:s' },
        problems: [
          'environment SPRING_CONFIG_IMPORT: spring.config.import: found "configtree:s", expected a directory; end it in a slash',
        ],
      },
    ],
    [
      'env:, properties in a variable',
      {
        env: { SPRING_CONFIG_IMPORT: 'env:MORE', MORE: 'server.port=1\ncf.password=hunter2-more' },
        effective: port('environment MORE:1:13'),
      },
    ],
    [
      'env: with YAML in it',
      {
        env: { SPRING_CONFIG_IMPORT: 'env:MORE[.yml]', MORE: 'server:\n  port: 1' },
        effective: port('environment MORE:2:9'),
      },
    ],
    [
      'a placeholder in a place',
      {
        files: { 'd/a.yml': PORT_1 },
        env: { SPRING_CONFIG_LOCATION: 'file:$' + '{WHERE}/a.yml', WHERE: 'd' },
        effective: port('d/a.yml:1:14'),
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});

describe('documents and profiles', () => {
  test.concurrent.each<[string, Row]>([
    [
      'the later of two documents',
      {
        files: { 'promregator.yml': 'server: {port: 2, address: 127.0.0.2}\n---\nserver.port: 1' },
        effective: { ...port('promregator.yml:3:14'), 'server.address': '127.0.0.2 @ promregator.yml:1:28' },
      },
    ],
    [
      'a document for a profile that is not in force',
      {
        files: { 'promregator.yml': 'server.port: 1\n---\nspring.config.activate.on-profile: prod\nserver.port: 2' },
        effective: port('promregator.yml:1:14'),
      },
    ],
    [
      'a document for one that is',
      {
        files: { 'promregator.yml': 'server.port: 2\n---\nspring.config.activate.on-profile: prod\nserver.port: 1' },
        env: { SPRING_PROFILES_ACTIVE: 'prod' },
        effective: port('promregator.yml:4:14'),
      },
    ],
    [
      'a profile from the command line',
      {
        files: { 'promregator.yml': 'server.port: 2', 'promregator-prod.yml': PORT_1 },
        args: ['--spring.profiles.active=prod'],
        effective: port('promregator-prod.yml:1:14'),
      },
    ],
    [
      'a profile from the file itself',
      {
        files: { 'promregator.yml': 'spring.profiles.active: prod\nserver.port: 2', 'promregator-prod.yml': PORT_1 },
        effective: port('promregator-prod.yml:1:14'),
      },
    ],
    [
      'the later of two profiles',
      {
        files: { 'promregator-a.yml': PORT_1, 'promregator-b.yml': 'server.port: 2' },
        env: { SPRING_PROFILES_ACTIVE: 'b,a' },
        effective: port('promregator-a.yml:1:14'),
      },
    ],
    [
      'an expression of profiles',
      {
        files: {
          'promregator.yml':
            'server.port: 2\n---\nspring.config.activate.on-profile: "prod & !test"\nserver.port: 1\n---\nspring.config.activate.on-profile: test\nserver.port: 3',
        },
        env: { SPRING_PROFILES_ACTIVE: 'prod' },
        effective: port('promregator.yml:4:14'),
      },
    ],
    [
      'a document for Cloud Foundry',
      {
        files: {
          'promregator.yml':
            'server.port: 2\n---\nspring.config.activate.on-cloud-platform: cloud_foundry\nserver.port: 1',
        },
        env: { VCAP_APPLICATION: '{}' },
        effective: port('promregator.yml:4:14'),
      },
    ],
    [
      'documents of a properties file',
      {
        files: {
          'promregator.properties': 'server.port=2\n#---\nspring.config.activate.on-profile=prod\nserver.port=1',
        },
        env: { SPRING_PROFILES_ACTIVE: 'prod' },
        effective: port('promregator.properties:4:13'),
      },
    ],
    [
      'a variable for a file that a profile beats: the environment counts more',
      {
        files: { 'promregator-prod.yml': 'server.port: 2' },
        env: { SPRING_PROFILES_ACTIVE: 'prod', SERVER_PORT: '1' },
        effective: port('environment SERVER_PORT'),
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});
