import { describe, expect, test } from 'vitest';
import { loadWritten, MANDATORY_ENV, type Written } from '../../test/support/config/load-written.js';
import { formatProblem } from './report.js';

async function problemsOf(written: Written): Promise<readonly string[]> {
  const outcome = await loadWritten(written);
  return outcome.ok ? [] : outcome.problems.map(formatProblem);
}

const targets = (text: string): string => `promregator: {targets: [${text}]}`;

describe('problems, each with place and remedy', () => {
  test.each<[string, Written, readonly string[]]>([
    [
      'everything missing',
      { env: {} },
      [
        'configuration: cf.api_host: found nothing, expected the host of the Cloud Foundry API; set it in the file or as CF_API_HOST in the environment',
        'configuration: cf.username: found nothing, expected the user that asks Cloud Foundry; set it in the file or as CF_USERNAME in the environment',
        'configuration: cf.password: found nothing, expected the password of cf.username; set it in the file or as CF_PASSWORD in the environment',
      ],
    ],
    [
      'an empty password in the environment',
      { env: { ...MANDATORY_ENV, CF_PASSWORD: '' } },
      [
        'environment CF_PASSWORD: cf.password: found nothing, expected the password of cf.username; set it in the file or as CF_PASSWORD in the environment',
      ],
    ],
    [
      'a user and a client',
      { env: { ...MANDATORY_ENV, CF_CLIENT_ID: 'x', CF_CLIENT_SECRET: 'y' } },
      [
        'environment CF_CLIENT_ID: cf.client_id: found a client beside a user, expected either cf.username and cf.password, or cf.client_id and cf.client_secret; remove one pair, or its variables from the environment',
      ],
    ],
    [
      'an API host that is none',
      { env: { ...MANDATORY_ENV, CF_API_HOST: 'https://u:secret@a/b' } },
      [
        'environment CF_API_HOST: cf.api_host: found a value that is no host, expected a host such as api.example.org, with or without https:// and port, and without path and user',
      ],
    ],
    [
      'a named file that is not there',
      { args: ['--config.file=a.yml'] },
      ['a.yml: found no such file, expected a readable configuration file, since it was named or stands where we look'],
    ],
    [
      'all problems at once',
      {
        yaml: 'server:\n  port: http\npromregator:\n  discovery:\n    ownMetricsEndpoint: maybe\n  scraping:\n    maxProcessingTime: 5s',
      },
      [
        'promregator.yml:2:9: server.port: found "http", expected a whole number from 0 to 65535',
        'promregator.yml:5:25: promregator.discovery.ownMetricsEndpoint: found "maybe", expected true or false',
        'promregator.yml:7:24: promregator.scraping.maxProcessingTime: found "5s", expected a whole number of milliseconds of at least 1; write 5000',
      ],
    ],
    [
      'minutes where seconds are meant',
      { yaml: 'promregator.discoverer.timeout: 10 min' },
      [
        'promregator.yml:1:33: promregator.discoverer.timeout: found "10 min", expected a whole number of seconds of at least 1; write 600',
      ],
    ],
    [
      'megabytes',
      { yaml: 'promregator.scraping.maxResponseBytes: 1MB' },
      [
        'promregator.yml:1:40: promregator.scraping.maxResponseBytes: found "1MB", expected a whole number of bytes of at least 1024; write 1048576',
      ],
    ],
    [
      'a number out of range in the environment',
      { env: { ...MANDATORY_ENV, CF_REQUEST_PAGESIZE: '5001' } },
      ['environment CF_REQUEST_PAGESIZE: cf.request.pageSize: found "5001", expected a whole number from 1 to 5000'],
    ],
    [
      'a choice that is none',
      { args: ['--promregator.endpoint.auth=DIGEST'] },
      [
        'command line --promregator.endpoint.auth: promregator.endpoint.auth: found "DIGEST", expected one of NONE, BASIC, BEARER',
      ],
    ],
    [
      'a label prefix that is none',
      { yaml: 'promregator.metrics.labelNamePrefix: 1-x' },
      [
        'promregator.yml:1:38: promregator.metrics.labelNamePrefix: found "1-x", expected the start of a label name: letters, digits and _, no digit first',
      ],
    ],
    [
      'appName',
      { yaml: 'promregator:\n  targets:\n    - orgName: a\n      appName: b' },
      [
        'promregator.yml:4:7: promregator.targets[0].appName: found an unknown name, expected one of orgName, orgRegex, spaceName, spaceRegex, applicationName, applicationRegex, excludeApplicationRegex, labelSelector, path, paths, protocol, authenticatorId, preferredRouteRegex, internalRoutePort, overrideRouteAndPath, kubernetesAnnotations, id, foundation, scrapeInterval, scrapeTimeout, tls_config; did you mean applicationName?',
      ],
    ],
    [
      'an unknown name in a rule, from the command line',
      { args: ['--promregator.targets[0].orgNme=a'] },
      [
        expect.stringMatching(
          /^command line --promregator\.targets\[0\]\.orgNme: promregator\.targets\[0\]\.orgNme: found an unknown name, .*did you mean orgName\?$/,
        ),
      ],
    ],
    [
      'a list where a name is expected',
      { yaml: targets('{applicationName: [a, b]}') },
      [
        'promregator.yml:1:43: promregator.targets[0].applicationName: found a list, expected a single value; write one rule for each, or a regular expression',
      ],
    ],
    [
      'targets as a map',
      { yaml: 'promregator:\n  targets:\n    orgName: a' },
      ['promregator.yml:3:5: promregator.targets: found a map, expected a list; put "- " before each item'],
    ],
    [
      'a text as a rule',
      { yaml: targets('a') },
      [
        'promregator.yml:1:25: promregator.targets[0]: found a single value, expected a map of orgName, orgRegex, spaceName and others',
      ],
    ],
    [
      'an empty list entry',
      { yaml: 'promregator:\n  targets:\n    - orgName: a\n    -' },
      [
        'promregator.yml:4:6: promregator.targets[1]: found an empty list entry, expected a value; remove it, or write what was meant behind the dash',
      ],
    ],
    [
      'a gap in the numbers',
      { env: { ...MANDATORY_ENV, PROMREGATOR_TARGETS_0_ORGNAME: 'a', PROMREGATOR_TARGETS_2_ORGNAME: 'b' } },
      [
        'environment PROMREGATOR_TARGETS_2_ORGNAME: promregator.targets: found item 2 without an item 1, expected indices without a gap; number the items of promregator.targets from 0 on',
      ],
    ],
    [
      'an expression that does not compile',
      { yaml: targets('{orgRegex: a(b}') },
      [
        'promregator.yml:1:36: promregator.targets[0].orgRegex: found "a(b", which does not compile: a ( that is never closed at character 2, expected a regular expression',
      ],
    ],
    [
      'a preferred route that does not compile',
      { env: { ...MANDATORY_ENV, PROMREGATOR_TARGETS_0_PREFERREDROUTEREGEX: 'a,*b' } },
      [
        'environment PROMREGATOR_TARGETS_0_PREFERREDROUTEREGEX: promregator.targets[0].preferredRouteRegex[1]: found "*b", which does not compile: a * that repeats nothing at character 1, expected a regular expression; for any text write .*',
      ],
    ],
    [
      'an authenticatorId that names nothing',
      { yaml: targets('{authenticatorId: x}') },
      [
        'promregator.yml:1:43: promregator.targets[0].authenticatorId: found "x", expected the id of one of promregator.targetAuthenticators; there are none',
      ],
    ],
    [
      'a duplicate id',
      { yaml: 'promregator.targetAuthenticators: [{id: a, type: none}, {id: a, type: none}]' },
      [
        'promregator.yml:1:62: promregator.targetAuthenticators[1].id: found "a", expected an id that no earlier one has; give it another id',
      ],
    ],
    [
      'an authenticator without id',
      { yaml: 'promregator.targetAuthenticators: [{type: none}]' },
      [
        'promregator.yml:1:36: promregator.targetAuthenticators[0].id: found nothing, expected a name of its own; rules name it by their authenticatorId',
      ],
    ],
    [
      'basic without password',
      { yaml: 'promregator.authenticator: {type: basic, basic: {username: u}}' },
      [
        'promregator.yml:1:42: promregator.authenticator.basic.password: found nothing, expected the password of an authenticator of type basic',
      ],
    ],
    [
      'a type that nobody knows',
      { yaml: 'promregator.authenticator.type: Digest' },
      [
        'promregator.yml:1:33: promregator.authenticator.type: found "Digest", expected one of none, basic, bearer, OAuth2XSUAABasic, OAuth2XSUAACertificate, OAuth2XSUAA',
      ],
    ],
    [
      'an external URL beside its parts',
      { yaml: 'promregator.discovery: {externalUrl: "http://a", port: 1, scheme: http}' },
      [
        'promregator.yml:1:38: promregator.discovery.externalUrl: found a URL beside port, scheme, expected one or the other; remove port, scheme',
      ],
    ],
    [
      'an external URL that is none',
      { yaml: 'promregator.discovery.externalUrl: a.b' },
      [
        'promregator.yml:1:36: promregator.discovery.externalUrl: found a value that is no such URL, expected http:// or https://, a host, perhaps a port and a path; no user, query or fragment',
      ],
    ],
    [
      'a host name with a port',
      { yaml: 'promregator.discovery.hostname: a:1' },
      [expect.stringContaining('promregator.discovery.hostname: found "a:1", expected a host name alone')],
    ],
    [
      'a network that is none',
      { args: ['--promregator.trustedProxies=10.0.0.0/8,10.0.0.0/33'] },
      [
        'command line --promregator.trustedProxies: promregator.trustedProxies[1]: found "10.0.0.0/33", expected an address or a network such as 10.0.0.0/8',
      ],
    ],
    [
      'connectTo without arrow',
      { yaml: 'promregator.connectTo:\n  - a:443' },
      [
        'promregator.yml:2:5: promregator.connectTo[0]: found "a:443", expected one arrow (->) between two hosts; such as *.apps.example.org:443 -> 127.0.0.1:8443',
      ],
    ],
    [
      'connectTo to a port that is none',
      { yaml: 'promregator.connectTo: a -> b:70000' },
      [expect.stringContaining('expected address[:port] behind the arrow, IPv6 in brackets')],
    ],
    [
      'a log level that is none',
      { yaml: 'logging:\n  level:\n    root: loud' },
      [
        'promregator.yml:3:11: logging.level.root: found "loud", expected one of OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE',
      ],
    ],
    [
      'a gateway with a scheme',
      { yaml: targets('{overrideRouteAndPath: "https://a/b"}') },
      [
        expect.stringContaining(
          'promregator.targets[0].overrideRouteAndPath: found "https://a/b", expected a host and a path without scheme',
        ),
      ],
    ],
    [
      'a duplicate key',
      { yaml: 'server:\n  port: 1\n  port: 2' },
      [
        'promregator.yml:3:3: server.port: found a second value (the first is at promregator.yml:2:3), expected each option once; remove one of them',
      ],
    ],
    [
      'a duplicate in another spelling',
      { yaml: 'server.port: 1\nserver:\n  PORT: 1' },
      [
        'promregator.yml:3:3: server.port: found a second value (the first is at promregator.yml:1:1), expected each option once; remove one of them',
      ],
    ],
    [
      'two variables for one option',
      { env: { ...MANDATORY_ENV, CF_APIHOST: 'b' } },
      [
        'environment CF_API_HOST: cf.api_host: found a second value (the first is at environment CF_APIHOST), expected each option once; remove one of them',
      ],
    ],
    [
      'an option twice on the command line',
      { args: ['--server.port=1', '--server.port=2'] },
      [expect.stringContaining('command line --server.port: server.port: found a second value')],
    ],
    [
      'an import that is not there hides that something is missing, and nothing else',
      {
        yaml: `spring.config.import: a.yml\nserver.port: x\npromregator.connectTo: \${NO_HOST}`,
        env: {},
      },
      [
        expect.stringMatching(/^a\.yml: found no such file/),
        expect.stringMatching(/^promregator\.yml:2:14: server\.port: found "x"/),
      ],
    ],
    [
      'an escape in properties does so too',
      {
        files: { '/work/promregator.properties': 'cf.password=C:\\users\nserver.port=x' },
        env: {},
      },
      [
        expect.stringMatching(/^promregator\.properties:1:\d+: found a \\u without/),
        expect.stringMatching(/^promregator\.properties:2:13: server\.port: found "x"/),
      ],
    ],
    [
      'a quote that is not closed in JAVA_OPTS does so too',
      { env: { JAVA_OPTS: "-Dcf.password=it's", SERVER_PORT: 'x' } },
      [
        expect.stringMatching(/^environment JAVA_OPTS: found a quote that is not closed/),
        expect.stringMatching(/^environment SERVER_PORT: server\.port: found "x"/),
      ],
    ],
    [
      'a tab',
      { yaml: 'server:\n\tport: 1' },
      ['promregator.yml:2:1: found a tab as indentation, expected spaces; replace tabs by spaces'],
    ],
    [
      'an open quote',
      { yaml: 'cf:\n  password: "hunter2' },
      [expect.stringMatching(/^promregator\.yml:2:\d+: found a missing character/)],
    ],
    [
      'a list at the top',
      { yaml: '- a' },
      ['promregator.yml:1:1: found no map at the top, expected options by name, such as promregator.targets'],
    ],
    [
      'a key that is a map',
      { yaml: '{a: b}: c\nserver.port: 1' },
      ['promregator.yml:1:1: found a key that is no plain name, expected name: value'],
    ],
    [
      'what starts the original',
      { args: ['-jar', 'promregator.jar', '--server.port=http'] },
      [
        'command line --server.port: server.port: found "http", expected a whole number from 0 to 65535',
        "configuration: found -jar (argument 1), expected --name=value; leave out -jar and the jar's name",
      ],
    ],
    [
      'no value on the command line',
      { args: ['--server.port', '8080'] },
      [
        'command line --server.port: server.port: found no value, expected one; write --server.port=value',
        'configuration: found a word that is no option (argument 2), expected --name=value; a configuration file is named by --config.file=FILE',
      ],
    ],
    [
      '--config.file at the end',
      { args: ['--config.file'] },
      ['command line --config.file: found no value, expected one; write --config.file=value'],
    ],
    [
      'a cipher',
      { yaml: 'cf: {password: "{cipher}00"}', env: { CF_API_HOST: 'a', CF_USERNAME: 'u' } },
      [
        expect.stringContaining(
          'promregator.yml:1:16: cf.password: found an encrypted value ({cipher}), and no key, expected the key that it was encrypted with',
        ),
      ],
    ],
    [
      'a placeholder',
      { yaml: `server.address: $\{HOST}` },
      [
        expect.stringContaining(
          `promregator.yml:1:17: server.address: found the placeholder $\{HOST}, which has no value`,
        ),
      ],
    ],
    [
      'a wrong type in place of something mandatory, once',
      { yaml: 'cf.password: [a]', env: { CF_API_HOST: 'a', CF_USERNAME: 'u' } },
      ['promregator.yml:1:14: cf.password: found a list, expected a single value'],
    ],
    [
      'a path with a space',
      { yaml: targets('{path: "a b"}') },
      [
        'promregator.yml:1:32: promregator.targets[0].path: found "a b", expected a path of printable ASCII characters, without spaces and #; encode others, such as %20 for a space',
      ],
    ],
    [
      'something that is missing, without the place of others',
      { yaml: 'cf.username: u', env: { CF_API_HOST: 'x' } },
      [
        'configuration: cf.password: found nothing, expected the password of cf.username; set it in the file or as CF_PASSWORD in the environment',
      ],
    ],
    [
      'something that is missing in a group, with its place',
      { yaml: 'cf:\n  username: u', env: { CF_API_HOST: 'x' } },
      [expect.stringContaining('promregator.yml:1:1: cf.password: found nothing')],
    ],
    [
      'a port of Cloud Foundry that is none',
      { env: { ...MANDATORY_ENV, VCAP_APPLICATION: '{}', PORT: 'x' } },
      ['environment PORT: server.port: found "x", expected a whole number from 1 to 65535'],
    ],
    [
      'a map where a value is expected',
      { yaml: 'server: {port: {a: 1}}' },
      ['promregator.yml:1:16: server.port: found a map, expected a single value'],
    ],
    [
      'a value where a map is expected',
      { yaml: 'server: 8080' },
      ['promregator.yml:1:9: server: found a single value, expected a map of port, address, drainSeconds and others'],
    ],
  ])('%s', async (_, written, expected) => {
    expect(await problemsOf(written)).toEqual(expected);
  });
});
