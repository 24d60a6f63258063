import { describe, expect, test } from 'vitest';
import type { Written } from '../../../test/support/config/load-written.js';
import { readWrittenSources } from '../../../test/support/config/read-written-sources.js';

const FILE = 'found no such file, expected a readable configuration file, since it was named or stands where we look';

describe('problems with sources', () => {
  test.each<[string, Written, readonly string[]]>([
    ['a named file that is not there', { args: ['--config.file=a.yml'] }, [`a.yml: ${FILE}`]],
    [
      'a location that is not there',
      { env: { SPRING_CONFIG_LOCATION: 'file:a.yml' } },
      [
        `a.yml: ${FILE}; correct spring.config.location (environment SPRING_CONFIG_LOCATION), or put optional: before what may be missing`,
      ],
    ],
    [
      'an import that is not there',
      { yaml: 'spring:\n  config:\n    import:\n      - a.yml' },
      [
        `a.yml: ${FILE}; correct spring.config.import (promregator.yml:4:9), or put optional: before what may be missing`,
      ],
    ],
    [
      'a directory that is not there',
      { env: { JAVA_OPTS: '-Dspring.config.additional-location=/etc/p/' } },
      [
        '/etc/p/: found no such directory, expected a readable configuration file, since it was named or stands where we look; correct spring.config.additional-location (-Dspring.config.additional-location in JAVA_OPTS), or put optional: before what may be missing',
      ],
    ],
    [
      'a configtree that is not there',
      { args: ['--spring.config.import=configtree:/s/'] },
      [
        '/s/: found no such directory, expected a readable configuration file, since it was named or stands where we look; correct spring.config.import (command line --spring.config.import), or put optional: before what may be missing',
      ],
    ],
    [
      'a variable that is not there',
      { args: ['--spring.config.import=env:P'] },
      [
        'command line --spring.config.import: spring.config.import: found no variable P in the environment, expected one that holds options, since it was named; correct spring.config.import (command line --spring.config.import), or put optional: before what may be missing',
      ],
    ],
    [
      'a directory without a slash',
      { args: ['--spring.config.location=/etc/p'] },
      [
        'command line --spring.config.location: spring.config.location: found "/etc/p", expected a file that ends in .yaml, .yml, .properties; a directory ends in a slash',
      ],
    ],
    [
      'a configtree without a slash',
      { args: ['--spring.config.import=configtree:/s'] },
      [
        'command line --spring.config.import: spring.config.import: found "configtree:/s", expected a directory; end it in a slash',
      ],
    ],
    [
      'a place of another kind, even where it is optional',
      { yaml: 'spring.config.import: "optional:vault://x"' },
      [
        'promregator.yml:1:23: spring.config.import: found "optional:vault://x", expected a place that begins with file:, configtree: or env:, since there is no other here; name a file, or put optional: before what may be missing',
      ],
    ],
    [
      'a placeholder without a value in a place',
      { args: [`--spring.config.location=$\{NO_DIR}/a.yml`] },
      [
        `command line --spring.config.location: spring.config.location: found the placeholder $\{NO_DIR}, which has no value, expected a value for it in the environment, in a file or on the command line; set it, or write a fallback: $\{NO_DIR:…}`,
      ],
    ],
    [
      'the old name of conditions',
      { yaml: 'a: 1\n---\nspring:\n  profiles: prod\nserver.port: 1' },
      [
        'promregator.yml:4:3: spring.profiles: found a name that Spring Boot has given up, expected none; write spring.config.activate.on-profile',
      ],
    ],
    [
      'profiles chosen in a document for a profile',
      { yaml: 'spring.config.activate.on-profile: a\nspring.profiles.active: b' },
      [
        'promregator.yml:2:1: spring.profiles.active: found profiles chosen within what is for a profile itself, expected profiles to be chosen where no profile is needed to read it',
      ],
    ],
    [
      'profiles included in a file for a profile',
      { files: { '/work/promregator-default.yml': 'spring.profiles.include: b' } },
      [
        'promregator-default.yml:1:1: spring.profiles.include: found profiles chosen within what is for a profile itself, expected profiles to be chosen where no profile is needed to read it',
      ],
    ],
    [
      'a condition that is none',
      { yaml: 'spring.config.activate.on-profile: a & b | c' },
      [
        'promregator.yml:1:36: spring.config.activate.on-profile: found "a & b | c", expected profiles joined by & or |, with parentheses where both stand',
      ],
    ],
    [
      'a platform that is none',
      { yaml: 'spring.config.activate.on-cloud-platform: cf' },
      [
        'promregator.yml:1:43: spring.config.activate.on-cloud-platform: found "cf", expected one of none, cloud-foundry, heroku, sap, nomad, kubernetes, azure-app-service',
      ],
    ],
    [
      'a profile that would leave the folder',
      { env: { SPRING_PROFILES_ACTIVE: '../x' } },
      [
        'environment SPRING_PROFILES_ACTIVE: spring.profiles.active: found "../x", expected a name of letters, digits, - and _',
      ],
    ],
    [
      'what to do about missing files',
      { args: ['--spring.config.on-not-found=shrug'] },
      ['command line --spring.config.on-not-found: spring.config.on-not-found: found "shrug", expected fail or ignore'],
    ],
    [
      'JSON that breaks off',
      { env: { SPRING_APPLICATION_JSON: '{"cf.password":\n "hunter2",' } },
      [
        'environment SPRING_APPLICATION_JSON:2:12: spring.application.json: found a text that is no JSON object, expected {"name": "value"}',
      ],
    ],
    [
      'JSON that lost its quotes',
      { env: { JAVA_OPTS: '-Dspring.application.json={"a":1}' } },
      [
        '-Dspring.application.json in JAVA_OPTS:1:2: spring.application.json: found a text that is no JSON object, expected {"name": "value"}; in JAVA_OPTS and its like, put the whole switch in single quotes',
      ],
    ],
    [
      'JSON that is a list',
      { args: ['--spring.application.json=["hunter2"]'] },
      [
        'command line --spring.application.json: spring.application.json: found a text that is no JSON object, expected {"name": "value"}',
      ],
    ],
    [
      'one option twice in JSON',
      { env: { SPRING_APPLICATION_JSON: '{"server.port":1,"server":{"port":2}}' } },
      [
        'environment SPRING_APPLICATION_JSON:1:28: server.port: found a second value (the first is at environment SPRING_APPLICATION_JSON:1:2), expected each option once; remove one of them',
      ],
    ],
    [
      'a quote that is not closed',
      { env: { JAVA_OPTS: '-Dcf.password="hunter2' } },
      [
        'environment JAVA_OPTS: found a quote that is not closed, expected each quote closed; Java does not start otherwise; put a value that holds a quote in quotes of the other kind',
      ],
    ],
    [
      'a lone apostrophe',
      { env: { JAVA_OPTS: "-Dcf.password=it's" } },
      [
        'environment JAVA_OPTS: found a quote that is not closed, expected each quote closed; Java does not start otherwise; put a value that holds a quote in quotes of the other kind',
      ],
    ],
    [
      'a negative index in properties',
      {
        files: {
          '/work/promregator.properties': 'promregator.targets[0].orgName=a\npromregator.targets[-1].orgName=b',
        },
      },
      [
        'promregator.properties:2:1: promregator.targets: found a name behind it that is no number of an item, expected a number from 0 to 9999 in brackets; write promregator.targets[0]',
      ],
    ],
    [
      'a letter for an index on the command line',
      { args: ['--promregator.targets[a].orgName=b'] },
      [
        'command line --promregator.targets[a].orgName: promregator.targets: found a name behind it that is no number of an item, expected a number from 0 to 9999 in brackets; write promregator.targets[0]',
      ],
    ],
    [
      'an index between dots',
      { env: { JAVA_OPTS: '-Dpromregator.targets.3.orgName=b' } },
      [
        '-Dpromregator.targets.3.orgName in JAVA_OPTS: promregator.targets: found a name behind it that is no number of an item, expected a number from 0 to 9999 in brackets; write promregator.targets[3]',
      ],
    ],
    [
      'a switch without a value',
      { args: ['-Dserver.port'] },
      ['command line -Dserver.port: server.port: found no value, expected one; write -Dserver.port=value'],
    ],
    [
      'an escape in properties',
      { files: { '/work/promregator.properties': 'cf.username=u\ncf.password=C:\\users' } },
      [
        'promregator.properties:2:15: found a \\u without four hexadecimal digits behind it, expected an escape such as \\u00e4; write a backslash that means itself twice',
      ],
    ],
    [
      'a value and a group of one name in properties',
      { files: { '/work/promregator.properties': 'server=x\nserver.port=1' } },
      [
        'promregator.properties:2:1: server: found a second value (the first is at promregator.properties:1:1), expected each option once; remove one of them',
      ],
    ],
  ])('%s', async (_, written, expected) => {
    const { problems } = await readWrittenSources(written);
    expect(problems).toEqual(expected);
  });

  test.each<[string, Written, readonly string[]]>([
    [
      'a location within a file',
      { yaml: 'spring.config.location: a.yml' },
      [
        'promregator.yml:1:1: spring.config.location: found an option that is read before any file, expected it on the command line or in the environment; to add a file from within a file, write spring.config.import',
      ],
    ],
    [
      'a condition outside of a file',
      { args: ['--spring.config.activate.on-profile=a'] },
      [
        'command line --spring.config.activate.on-profile: spring.config.activate: found a condition, expected it in a document of a file',
      ],
    ],
    [
      'a place beside --config.file',
      { args: ['--config.file=a.yml'], env: { SPRING_CONFIG_LOCATION: 'b.yml' }, files: { '/work/a.yml': '' } },
      [
        'environment SPRING_CONFIG_LOCATION: spring.config.location: found places beside --config.file, expected one of the two; --config.file counts alone',
      ],
    ],
    [
      'one option twice in properties',
      { files: { '/work/promregator.properties': 'server.port=1\nserver.address=a\nSERVER.PORT=2' } },
      [
        'promregator.properties:3:1: server.port: found a second value (the first is in line 1), expected each option once; this one is used',
      ],
    ],
    [
      'the class path, whose defaults are built in',
      {
        env: { SPRING_CONFIG_LOCATION: 'classpath:/application.yml,file:a.yml' },
        files: { '/work/a.yml': '' },
      },
      [
        'environment SPRING_CONFIG_LOCATION: spring.config.location: found "classpath:/application.yml", expected a place outside of the jar, whose defaults are built in; it is passed over; name a file by file:',
      ],
    ],
    [
      'a directory of configuration that is not there',
      { env: { PROMREGATOR_CONFIG_DIR: '/nope' } },
      [
        'environment PROMREGATOR_CONFIG_DIR: found a directory that is not there, expected promregator.yaml, promregator.yml, promregator.properties in "/nope/"',
      ],
    ],
    [
      'a directory of configuration that holds none',
      { env: { PROMREGATOR_CONFIG_DIR: '/etc/p/' }, files: { '/etc/p/other.yml': '' } },
      [
        'environment PROMREGATOR_CONFIG_DIR: found a directory without a configuration file, expected promregator.yaml, promregator.yml, promregator.properties in "/etc/p/"',
      ],
    ],
    [
      'a directory of configuration that holds one',
      { env: { PROMREGATOR_CONFIG_DIR: '/etc/p' }, files: { '/etc/p/promregator.yml': '' } },
      [],
    ],
    [
      'a directory of configuration beside --config.file',
      { env: { PROMREGATOR_CONFIG_DIR: '/nope' }, args: ['--config.file=a.yml'], files: { '/work/a.yml': '' } },
      [],
    ],
    [
      'nothing of the environment that is no option',
      { env: { SPRING_X: 'a', HTTP_PROXY_HOST: 'b', JAVA_HOME: '/' } },
      [],
    ],
  ])('a warning: %s', async (_, written, expected) => {
    const { problems, warnings } = await readWrittenSources(written);
    expect([problems, warnings]).toEqual([[], expected]);
  });
});

test('a file that cannot be read is a problem wherever it stands', async () => {
  const { problems } = await readWrittenSources({ yaml: 'a: [' });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^promregator\.yml:1:\d/);
});

describe('switches of Java', () => {
  test.each<[string, Written, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'of the machine, each once',
      {
        args: ['-Xmx1g', '-server', '-javaagent:/a.jar=key=secret'],
        env: {
          JAVA_OPTS: '-Xmx1g -Xmx1g -XX:+UseG1GC --add-opens java.base/java.lang=ALL-UNNAMED',
          JDK_JAVA_OPTIONS: '@args',
        },
      },
      {},
      [
        '@args in JDK_JAVA_OPTIONS',
        '-Xmx1g in JAVA_OPTS',
        '-XX:+UseG1GC in JAVA_OPTS',
        '--add-opens in JAVA_OPTS',
        '-Xmx1g',
        '-server',
        '-javaagent:/a.jar',
      ],
    ],
    [
      'properties of Java, and those among them that mean something here',
      {
        env: {
          JAVA_TOOL_OPTIONS:
            '-Djava.io.tmpdir=/t -Djavax.net.ssl.trustStore=/s.p12 -Dhttp.maxConnections=9 -Dhttps.proxyHost=p -Dfile.encoding=UTF-8',
        },
      },
      { 'javax.net.ssl.trustStore': '/s.p12', 'https.proxyHost': 'p' },
      [
        '-Djava.io.tmpdir in JAVA_TOOL_OPTIONS',
        '-Dhttp.maxConnections in JAVA_TOOL_OPTIONS',
        '-Dfile.encoding in JAVA_TOOL_OPTIONS',
      ],
    ],
    [
      'others may be meant for placeholders',
      { args: ['-Dmy.password=a=b "c"', '-Dmy.empty=', '-Dcf.skipSslValidation'] },
      { 'my.password': 'a=b "c"', 'my.empty': '', 'cf.skipSslValidation': 'true' },
      [],
    ],
    [
      'of other variables do not count',
      { env: { JAVA_MEM_OPTS: '-Dserver.port=1', SERVER_JAVA_OPTS: '-Dserver.port=2' } },
      {},
      [],
    ],
  ])('%s', async (_, written, values, ignored) => {
    const outcome = await readWrittenSources(written);
    expect([outcome.values, outcome.ignored, outcome.problems]).toEqual([values, ignored, []]);
  });
});
