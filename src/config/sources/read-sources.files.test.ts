import { describe, expect, test } from 'vitest';
import type { Written } from '../../../test/support/config/load-written.js';
import { readWrittenSources } from '../../../test/support/config/read-written-sources.js';

const port = (value: number): string => `server.port: ${value}`;

describe('which files are read, the lowest first', () => {
  test.each<[string, Written, readonly string[]]>([
    [
      'all names and forms in all places',
      {
        files: {
          '/work/promregator.yml': '',
          '/work/application.properties': '',
          '/work/config/application.yaml': '',
          '/work/config/x/promregator.properties': '',
          '/work/config/x/other.yml': 'not read',
          '/work/sub/promregator.yml': 'not read',
        },
      },
      ['application.properties', 'promregator.yml', 'config/application.yaml', 'config/x/promregator.properties'],
    ],
    [
      'the directory of the container image, above the working directory and below config/',
      {
        env: { PROMREGATOR_CONFIG_DIR: '/etc/p' },
        files: {
          '/work/promregator.yml': '',
          '/etc/p/promregator.yml': '',
          '/etc/p/promregator.properties': '',
          '/etc/p/application.yml': 'not read',
          '/work/application.yml': 'not read',
          '/work/config/promregator.yml': '',
        },
      },
      ['promregator.yml', '/etc/p/promregator.yml', '/etc/p/promregator.properties', 'config/promregator.yml'],
    ],
    [
      'spring.config.name',
      {
        env: { SPRING_CONFIG_NAME: 'a,b' },
        files: { '/work/b.yml': '', '/work/a.properties': '', '/work/promregator.yml': 'not read' },
      },
      ['a.properties', 'b.yml'],
    ],
    [
      '-Dspring.config.name beats it',
      {
        env: { SPRING_CONFIG_NAME: 'a', JAVA_OPTS: '-Dspring.config.name=b' },
        files: { '/work/b.yml': '', '/work/a.yml': '' },
      },
      ['b.yml'],
    ],
    [
      '--config.file alone, the last',
      {
        args: ['--config.file=a.yml', '--config.file', 'x/b.conf'],
        files: { '/work/a.yml': '', '/work/x/b.conf': '', '/work/promregator.yml': '' },
      },
      ['x/b.conf'],
    ],
    [
      '--config.file of properties',
      { args: ['--config.file=a.properties'], files: { '/work/a.properties': 'a b' } },
      ['a.properties'],
    ],
    [
      'spring.config.location in place of the search',
      {
        args: ['--spring.config.location=file:a.yml, /etc/b.properties,optional:no.yml,file:///etc/c.yaml'],
        files: { '/work/a.yml': '', '/etc/b.properties': '', '/etc/c.yaml': '', '/work/promregator.yml': 'not read' },
      },
      ['a.yml', '/etc/b.properties', '/etc/c.yaml'],
    ],
    [
      'as a variable',
      {
        env: { SPRING_CONFIG_LOCATION: '/etc/p/' },
        files: { '/etc/p/promregator.yml': '', '/etc/p/application.yml': '' },
      },
      ['/etc/p/application.yml', '/etc/p/promregator.yml'],
    ],
    [
      'as a switch, with a placeholder',
      { env: { JAVA_OPTS: `-Dspring.config.location=$\{HOME}/b.yml`, HOME: '/h' }, files: { '/h/b.yml': '' } },
      ['/h/b.yml'],
    ],
    [
      'the command line before the variable',
      {
        args: ['--spring.config.location=a.yml'],
        env: { SPRING_CONFIG_LOCATION: 'b.yml' },
        files: { '/work/a.yml': '', '/work/b.yml': '' },
      },
      ['a.yml'],
    ],
    [
      'a suffix in brackets',
      { args: ['--spring.config.location=a[.yml]'], files: { '/work/a': 'server: {port: 1}' } },
      ['a'],
    ],
    [
      'each folder in a folder',
      {
        args: ['--spring.config.location=/etc/*/'],
        files: { '/etc/b/promregator.yml': '', '/etc/a/promregator.yml': '', '/etc/promregator.yml': '' },
      },
      ['/etc/a/promregator.yml', '/etc/b/promregator.yml'],
    ],
    [
      'additional ones behind those that are searched',
      {
        args: ['--spring.config.additional-location=a.yml,b.yml'],
        files: { '/work/a.yml': '', '/work/b.yml': '', '/work/promregator.yml': '' },
      },
      ['promregator.yml', 'a.yml', 'b.yml'],
    ],
    [
      'the class path, where it is optional',
      { args: ['--spring.config.location=optional:classpath:/,a.yml'], files: { '/work/a.yml': '' } },
      ['a.yml'],
    ],
    [
      'what may be missing altogether',
      { args: ['--spring.config.location=a.yml,b.yml,c/,configtree:d/,env:E', '--spring.config.on-not-found=ignore'] },
      [],
    ],
    [
      'a variable that every object seems to have',
      { args: ['--spring.config.location=a.yml,optional:env:__proto__'], files: { '/work/a.yml': '' } },
      ['a.yml'],
    ],
    [
      'files for profiles beside each, those of one group by profile, those of several by place',
      {
        args: ['--spring.profiles.active=p,q', '--spring.config.location=a/;b/,c.yml'],
        files: {
          '/work/a/promregator.yml': '',
          '/work/a/promregator-q.yml': '',
          '/work/a/promregator-p.yml': '',
          '/work/b/promregator-p.properties': '',
          '/work/b/promregator.yml': '',
          '/work/c.yml': '',
          '/work/c-p.yml': '',
          '/work/c-q.yml': '',
          '/work/c-default.yml': '',
        },
      },
      [
        'a/promregator.yml',
        'b/promregator.yml',
        'a/promregator-p.yml',
        'b/promregator-p.properties',
        'a/promregator-q.yml',
        'c.yml',
        'c-p.yml',
        'c-q.yml',
      ],
    ],
  ])('%s', async (_, written, expected) => {
    const { names, problems } = await readWrittenSources(written);
    expect([names, problems]).toEqual([expected, []]);
  });
});

describe('imports', () => {
  test.each<[string, Written, Readonly<Record<string, string>>]>([
    [
      'beat the document that names them, and not the next one',
      {
        yaml: `spring.config.import: a.yml\nserver: {port: 1, address: x}\n---\nserver.address: z`,
        files: { '/work/a.yml': 'server: {port: 2, address: y}' },
      },
      { 'server.port': '2', 'server.address': 'z' },
    ],
    [
      'from the folder of the importing file, with file: from the working directory',
      {
        args: ['--config.file=/etc/p/a.yml'],
        files: {
          '/etc/p/a.yml': 'spring.config.import: [sub/b.yml, "file:c.yml"]',
          '/etc/p/sub/b.yml': 'spring.config.import: ../d.yml\nserver.port: 1',
          '/etc/p/d.yml': 'server.address: d',
          '/work/c.yml': 'cf.username: u',
        },
      },
      { 'server.port': '1', 'server.address': 'd', 'cf.username': 'u' },
    ],
    [
      'several, the last most',
      { yaml: 'spring.config.import: a.yml, b.yml', files: { '/work/a.yml': port(1), '/work/b.yml': port(2) } },
      { 'server.port': '2' },
    ],
    [
      'in properties, as a list',
      {
        files: {
          '/work/promregator.properties': 'spring.config.import[0]=a.yml\nspring.config.import[1]=optional:none.yml',
          '/work/a.yml': port(1),
        },
      },
      { 'server.port': '1' },
    ],
    [
      'from the environment, above all files',
      { yaml: port(1), env: { SPRING_CONFIG_IMPORT: 'a.yml' }, files: { '/work/a.yml': port(2) } },
      { 'server.port': '2' },
    ],
    [
      'files for profiles beside what is imported, above all that is',
      {
        yaml: 'spring: {config.import: [a.yml, b.yml], profiles.active: p}',
        files: { '/work/a.yml': port(1), '/work/a-p.yml': port(2), '/work/b.yml': port(3) },
      },
      { 'server.port': '2' },
    ],
    [
      'of a document that is for a profile',
      {
        args: ['-Dspring.profiles.active=p'],
        yaml: 'a.b: 1\n---\nspring.config: {activate.on-profile: p, import: a.yml}\n---\nspring.config: {activate.on-profile: q, import: none.yml}',
        files: { '/work/a.yml': port(1) },
      },
      { 'a.b': '1', 'server.port': '1' },
    ],
    [
      'a circle ends',
      {
        yaml: `spring.config.import: a.yml\nserver.port: 1`,
        files: { '/work/a.yml': 'spring.config.import: promregator.yml\nserver.address: a' },
      },
      { 'server.port': '1', 'server.address': 'a' },
    ],
    [
      'with placeholders',
      {
        yaml: `spring.config.import: "optional:$\{my.name}.yml, $\{NO:b}.yml"`,
        files: { '/work/application.yml': 'my.name: a', '/work/a.yml': port(1), '/work/b.yml': 'server.address: b' },
      },
      { 'my.name': 'a', 'server.port': '1', 'server.address': 'b' },
    ],
    [
      'a configtree: folders, flat names, Kubernetes’s own links, line ends',
      {
        yaml: 'spring.config.import: "optional:configtree:/run/secrets/"',
        files: {
          '/run/secrets/cf/password': 'secret\n',
          '/run/secrets/cf.username': 'name\r\n',
          '/run/secrets/promregator/targets[0]/orgName': 'x',
          '/run/secrets/server.address': 'a\nb\n',
          '/run/secrets/..data/cf/password': 'other',
          '/run/secrets/..2026/server.port': '1',
        },
      },
      {
        'cf.password': 'secret',
        'cf.username': 'name',
        'promregator.targets[0].orgName': 'x',
        'server.address': 'a\nb\n',
      },
    ],
    [
      'each configtree in a folder',
      {
        args: ['--spring.config.import=configtree:/s/*/'],
        files: { '/s/a/server.port': '1', '/s/b/server.port': '2', '/s/server.address': 'x' },
      },
      { 'server.port': '2' },
    ],
    [
      'a variable with properties, and one with YAML',
      {
        yaml: 'spring.config.import: "env:P, env:Y[.yml]"',
        env: { P: 'server.port=1\nserver.address: a', Y: 'server: {port: 2}' },
      },
      { 'server.port': '2', 'server.address': 'a' },
    ],
  ])('%s', async (_, written, expected) => {
    const { values, problems } = await readWrittenSources(written);
    expect([values, problems]).toEqual([expected, []]);
  });

  test('that never end are cut', async () => {
    const chain = Array.from({ length: 300 }, (_, at) => [`/work/${at}.yml`, `spring.config.import: ${at + 1}.yml`]);
    const { problems } = await readWrittenSources({ args: ['--config.file=0.yml'], files: Object.fromEntries(chain) });
    expect(problems).toEqual(['200.yml: found more than 200 files, those that files import counted, expected fewer']);
  });

  test('that multiply are cut', async () => {
    const chain = Array.from({ length: 30 }, (_, at) => [
      `/work/${at}.yml`,
      `spring.config.import: ${`${at + 1}.yml,`.repeat(9)}`,
    ]);
    const files = { ...Object.fromEntries(chain), '/work/30.yml': '' };
    const { problems } = await readWrittenSources({ args: ['--config.file=0.yml'], files });
    expect(problems).toHaveLength(1);
  });
});

test('files that were read, or looked for, are watched', async () => {
  const { watched } = await readWrittenSources({
    args: ['--spring.config.location=a.yml,optional:b.yml', '--spring.profiles.active=p'],
    files: { '/work/a.yml': 'spring.config.import: "configtree:/s/"', '/s/server.port': '1' },
  });
  expect(watched).toEqual({
    configuration: ['/work/a.yml', '/work/b.yml', '/work/a-p.yml', '/work/b-p.yml'],
    material: ['/s', '/s/server.port'],
  });
});
