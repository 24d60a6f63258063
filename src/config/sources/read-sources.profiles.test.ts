import { describe, expect, test } from 'vitest';
import type { Written } from '../../../test/support/config/load-written.js';
import { readWrittenSources } from '../../../test/support/config/read-written-sources.js';

/** One document for each profile, each setting a name of its own. */
const DOCUMENTS = ['a', 'b', 'c', 'default']
  .map((name) => `spring.config.activate.on-profile: ${name}\n${name}: 1`)
  .join('\n---\n');

const GROUPS = 'spring.profiles.group: {a: b, b: [c, a]}\n---\n';

describe('profiles in force', () => {
  test.each<[string, Written, string]>([
    ['none is default', {}, 'default'],
    ['on the command line', { args: ['--spring.profiles.active=a'] }, 'a'],
    ['several', { args: ['--spring.profiles.active=a, b'] }, 'a b'],
    ['as a switch', { env: { JAVA_OPTS: '-Dspring.profiles.active=a' } }, 'a'],
    ['in the environment', { env: { SPRING_PROFILES_ACTIVE: 'a' } }, 'a'],
    ['in JSON', { env: { SPRING_APPLICATION_JSON: '{"spring.profiles.active":["a","b"]}' } }, 'a b'],
    ['in another file', { files: { '/work/application.yml': 'spring.profiles.active: a' } }, 'a'],
    ['in properties', { files: { '/work/application.properties': 'spring.profiles.active[0]=a' } }, 'a'],
    [
      'of the highest source alone',
      {
        files: { '/work/application.yml': 'spring.profiles.active: a' },
        env: { SPRING_PROFILES_ACTIVE: 'b' },
        args: ['-Dspring.profiles.active=c'],
      },
      'c',
    ],
    [
      'included ones of all sources',
      {
        files: { '/work/application.yml': 'spring.profiles.include: [a]' },
        env: { SPRING_PROFILES_INCLUDE: 'b' },
        args: ['--spring.profiles.active=c'],
      },
      'a b c',
    ],
    ['included ones suffice', { env: { SPRING_PROFILES_INCLUDE: 'b' } }, 'b'],
    ['another default', { args: ['--spring.profiles.default=c'] }, 'c'],
    ['which gives way', { args: ['--spring.profiles.default=c', '--spring.profiles.active=a'] }, 'a'],
    ['an empty one is none', { env: { SPRING_PROFILES_ACTIVE: '' } }, 'default'],
    ['a placeholder', { env: { SPRING_PROFILES_ACTIVE: `$\{STAGE},$\{NO:b}`, STAGE: 'a' } }, 'a b'],
    [
      'groups, also in a circle',
      { files: { '/work/application.yml': GROUPS }, args: ['--spring.profiles.active=a'] },
      'a b c',
    ],
  ])('%s', async (_, written, expected) => {
    const { values, problems } = await readWrittenSources({ yaml: DOCUMENTS, ...written });
    expect(problems).toEqual([]);
    expect(Object.keys(values).toSorted().join(' ')).toBe(expected);
  });
});

describe('conditions of documents', () => {
  test.each<[string, string, Written, boolean]>([
    ['a name', 'on-profile: a', {}, true],
    ['another name', 'on-profile: c', {}, false],
    ['one of several', 'on-profile: "c, a"', {}, true],
    ['one of a list', 'on-profile: [c, b]', {}, true],
    ['an expression', 'on-profile: "a & !c"', {}, true],
    ['one that does not hold', 'on-profile: "(a | b) & c"', {}, false],
    ['none', 'on-profile:', {}, true],
    ['Cloud Foundry', 'on-cloud-platform: cloud-foundry', { env: { VCAP_APPLICATION: '{}' } }, true],
    ['Cloud Foundry, relaxed', 'onCloudPlatform: CLOUD_FOUNDRY', { env: { VCAP_SERVICES: '{}' } }, true],
    ['Cloud Foundry elsewhere', 'on-cloud-platform: cloud-foundry', {}, false],
    [
      'Kubernetes',
      'on-cloud-platform: kubernetes',
      { env: { KUBERNETES_SERVICE_HOST: 'h', KUBERNETES_SERVICE_PORT: '1' } },
      true,
    ],
    [
      'a platform by name',
      'on-cloud-platform: none',
      { args: ['-Dspring.main.cloud-platform=none'], env: { VCAP_APPLICATION: '{}' } },
      true,
    ],
    ['both', '{on-profile: a, on-cloud-platform: cloud-foundry}', {}, false],
  ])('%s: %s', async (_, condition, { env = {}, args = [] }, holds) => {
    const group = condition.startsWith('{') ? condition : `\n    ${condition}`;
    const { values, problems } = await readWrittenSources({
      yaml: `server.port: 1\n---\nspring.config:\n  activate: ${group}\nserver.port: 2\n---\ncf.username: u`,
      env: { ...env, SPRING_PROFILES_ACTIVE: 'a,b' },
      args,
    });
    expect([values, problems]).toEqual([{ 'server.port': holds ? '2' : '1', 'cf.username': 'u' }, []]);
  });

  test('in properties', async () => {
    const text =
      'server.port=1\n#---\nspring.config.activate.on-profile=a\nserver.port=2\n#---\nspring.config.activate.on-profile=b\nserver.port=3';
    const { values } = await readWrittenSources({
      files: { '/work/promregator.properties': text },
      args: ['--spring.profiles.active=a'],
    });
    expect(values).toEqual({ 'server.port': '2' });
  });
});
