import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Config } from './config.js';
import { type ConfigOutcome, loadConfig } from './load-config.js';
import { selectsName } from './name-selector.js';
import { formatPath } from './path.js';
import { formatProblem } from './report.js';
import { rootSchema } from './schema/root.js';
import { optionsOf, shapeOf } from './shape.js';

interface Written {
  readonly yaml?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Further files by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The mandatory ones, so that a row holds only what it is about. */
const ENV = { CF_API_HOST: 'api.example.org', CF_USERNAME: 'reader', CF_PASSWORD: 'pa$$word1' };
const RULE = 'promregator: {targets: [{orgName: a}]}';

async function load({ yaml, env = ENV, args = [], files = {} }: Written): Promise<ConfigOutcome> {
  const all = new Map(Object.entries(files));
  if (yaml !== undefined) all.set('/work/promregator.yml', yaml);
  return loadConfig({
    args,
    env,
    cwd: '/work',
    async readFile(path) {
      const text = all.get(path);
      if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      return text;
    },
  });
}

async function loadGood(written: Written): Promise<Config> {
  const outcome = await load(written);
  if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join('\n'));
  return outcome.config;
}

async function problemsOf(written: Written): Promise<readonly string[]> {
  const outcome = await load(written);
  return outcome.ok ? [] : outcome.problems.map(formatProblem);
}

async function warningsOf(written: Written): Promise<readonly string[]> {
  const { warnings } = await load(written);
  return warnings.map(formatProblem);
}

const targets = (text: string): string => `promregator: {targets: [${text}]}`;

describe('values that take force', () => {
  test.each<[string, Written, (config: Config) => unknown, unknown]>([
    [
      'environment alone is enough',
      {},
      (c) => [c.cf.apiOrigin, c.cf.credentials.grant],
      ['https://api.example.org', 'password'],
    ],
    [
      'CF_APIHOST is CF_API_HOST',
      { env: { CF_APIHOST: 'a.b', CF_USERNAME: 'u', CF_PASSWORD: 'p' } },
      (c) => c.cf.apiOrigin,
      'https://a.b',
    ],
    [
      'an API host with scheme and port',
      { yaml: 'cf: {api_host: "http://127.0.0.1:9000"}', env: { CF_USERNAME: 'u', CF_PASSWORD: 'p' } },
      (c) => c.cf.apiOrigin,
      'http://127.0.0.1:9000',
    ],
    [
      'a client in place of a user',
      { env: { CF_API_HOST: 'a', CF_CLIENT_ID: 'c', CF_CLIENT_SECRET: 's' } },
      (c) => c.cf.credentials.grant === 'client_credentials' && c.cf.credentials.clientSecret.reveal(),
      's',
    ],
    [
      'a password of digits keeps its zeros',
      { yaml: 'cf: {password: 0123}', env: { CF_API_HOST: 'a', CF_USERNAME: 'u' } },
      (c) => c.cf.credentials.grant === 'password' && c.cf.credentials.password.reveal(),
      '0123',
    ],
    [
      'a password true is a text',
      { yaml: 'cf: {password: true}', env: { CF_API_HOST: 'a', CF_USERNAME: 'u' } },
      (c) => c.cf.credentials.grant === 'password' && c.cf.credentials.password.reveal(),
      'true',
    ],
    [
      'environment beats the file',
      { yaml: 'server: {port: 1}', env: { ...ENV, SERVER_PORT: '2' } },
      (c) => c.server.port,
      2,
    ],
    [
      'command line beats the environment',
      { yaml: 'server.port: 1', env: { ...ENV, SERVER_PORT: '2' }, args: ['--server.port=3'] },
      (c) => c.server.port,
      3,
    ],
    ['PORT counts on Cloud Foundry', { env: { ...ENV, VCAP_APPLICATION: '{}', PORT: '7' } }, (c) => c.server.port, 7],
    [
      'the file beats PORT',
      { yaml: 'server.port: 1', env: { ...ENV, VCAP_APPLICATION: '{}', PORT: '7' } },
      (c) => c.server.port,
      1,
    ],
    ['PORT does not count elsewhere', { env: { ...ENV, PORT: '7' } }, (c) => c.server.port, 8080],
    ['port 0 is any', { args: ['--server.port=0'] }, (c) => c.server.port, 0],
    [
      'Cloud Foundry drains and logs JSON',
      { env: { ...ENV, VCAP_APPLICATION: '{"application_id":"g","application_uris":["x.y"]}' } },
      (c) => [c.server.drainSeconds, c.log.format, c.platform],
      [4, 'json', { cloudFoundry: true, applicationId: 'g', uri: 'x.y' }],
    ],
    [
      'uris of older platforms',
      { env: { ...ENV, VCAP_APPLICATION: '{"uris":["x.y"]}' } },
      (c) => c.platform.uri,
      'x.y',
    ],
    [
      'elsewhere neither',
      {},
      (c) => [c.server.drainSeconds, c.log.format, c.platform.cloudFoundry],
      [0, 'text', false],
    ],
    ['log.format', { args: ['--log.format=json'] }, (c) => c.log.format, 'json'],
    [
      'a context path is normalised',
      { yaml: 'server.servlet.context-path: x/y/' },
      (c) => c.server.contextPath,
      '/x/y',
    ],
    ['the context path / is none', { yaml: 'server.servlet.context-path: /' }, (c) => c.server.contextPath, ''],
    ['flat names', { yaml: 'promregator.discovery.port: 443' }, (c) => c.discovery.port, 443],
    [
      'half flat names',
      { yaml: 'promregator:\n  discovery.port: 443\n  discovery:\n    hostname: h' },
      (c) => [c.discovery.port, c.discovery.hostname],
      [443, 'h'],
    ],
    [
      'relaxed names in a file',
      { yaml: 'PROMREGATOR:\n  discovery: {own_metrics-endpoint: no}' },
      (c) => c.discovery.ownMetricsEndpoint,
      false,
    ],
    [
      'both spellings in the environment',
      { env: { ...ENV, CF_SKIP_SSL_VALIDATION: 'true' } },
      (c) => c.cf.skipSslValidation,
      true,
    ],
    ['a flag on the command line', { args: ['--cf.skipSslValidation'] }, (c) => c.cf.skipSslValidation, true],
    [
      'a rule in the environment',
      { env: { ...ENV, PROMREGATOR_TARGETS_0_ORGNAME: 'a', PROMREGATOR_TARGETS_0_SPACE_NAME: 'b' } },
      (c) => [c.rules[0]?.organization, c.rules[0]?.space],
      [
        { kind: 'name', name: 'a' },
        { kind: 'name', name: 'b' },
      ],
    ],
    [
      'a list of the environment replaces the whole list',
      { yaml: targets('{orgName: a}, {orgName: b}'), env: { ...ENV, PROMREGATOR_TARGETS_0_SPACENAME: 'c' } },
      (c) => c.rules.map((rule) => rule.organization.kind),
      ['all'],
    ],
    [
      'a list by index on the command line',
      { args: ['--promregator.targets[0].org-name=a', '--promregator.targets[1].orgName=b'] },
      (c) => c.rules.map((rule) => rule.name),
      ['promregator.targets[0]', 'promregator.targets[1]'],
    ],
    [
      'a flat list in the file',
      { yaml: 'promregator.targets[0].orgName: a\npromregator.targets[1].orgName: b' },
      (c) => c.rules.length,
      2,
    ],
    ['later documents beat earlier ones', { yaml: 'server.port: 1\n---\nserver.port: 2' }, (c) => c.server.port, 2],
    ['an empty file', { yaml: '' }, (c) => c.server.port, 8080],
    ['a byte order mark', { yaml: '\uFEFFserver.port: 5' }, (c) => c.server.port, 5],
    [
      'merge keys and anchors',
      { yaml: 'x: &x {spaceName: s, orgName: no}\npromregator:\n  targets:\n    - <<: *x\n      orgName: a' },
      (c) => [c.rules[0]?.organization, c.rules[0]?.space],
      [
        { kind: 'name', name: 'a' },
        { kind: 'name', name: 's' },
      ],
    ],
    [
      '--config.file=F',
      { args: ['--config.file=a.yml'], files: { '/work/a.yml': 'server.port: 5' } },
      (c) => c.server.port,
      5,
    ],
    [
      '--config.file F',
      { args: ['--config.file', '/etc/a.yml'], files: { '/etc/a.yml': 'server.port: 5' } },
      (c) => c.server.port,
      5,
    ],
    [
      'spring.config.location, the last wins',
      {
        args: ['--spring.config.location=file:a.yml,file:///etc/b.yml'],
        files: { '/work/a.yml': 'server.port: 5\nserver.address: h', '/etc/b.yml': 'server.port: 6' },
      },
      (c) => [c.server.port, c.server.address],
      [6, 'h'],
    ],
    [
      'optional: may be missing',
      { args: ['--spring.config.location=optional:file:none.yml'] },
      (c) => c.server.port,
      8080,
    ],
    [
      'SPRING_CONFIG_LOCATION, a directory',
      { env: { ...ENV, SPRING_CONFIG_LOCATION: '/etc/p/' }, files: { '/etc/p/promregator.yml': 'server.port: 5' } },
      (c) => c.server.port,
      5,
    ],
    [
      'PROMREGATOR_CONFIG_DIR',
      { env: { ...ENV, PROMREGATOR_CONFIG_DIR: '/etc/p' }, files: { '/etc/p/promregator.yml': 'server.port: 5' } },
      (c) => c.server.port,
      5,
    ],
    [
      './config before .',
      { yaml: 'server.port: 5', files: { '/work/config/promregator.yml': 'server.port: 6' } },
      (c) => c.server.port,
      6,
    ],
    [
      'refresh defaults',
      {},
      (c) => c.cf.refreshSeconds,
      { organizations: 3600, spaces: 3600, domains: 3600, apps: 60, routes: 60, processes: 60 },
    ],
    [
      'timeouts below 10 s are raised',
      { yaml: 'cf.request.timeout: {org: 2500, space: 12000, app: 20000}' },
      (c) => [
        c.cf.requestTimeoutMs.organizations,
        c.cf.requestTimeoutMs.spaces,
        c.cf.requestTimeoutMs.apps,
        c.cf.requestTimeoutMs.routes,
      ],
      [10_000, 12_000, 20_000, 30_000],
    ],
    [
      'appInSpace before app',
      { yaml: 'cf.request.timeout: {appInSpace: 15000, app: 20000}' },
      (c) => c.cf.requestTimeoutMs.apps,
      15_000,
    ],
    ['a fractional rate limit', { yaml: 'cf.request.rateLimit: 0.5' }, (c) => c.cf.rateLimitPerSecond, 0.5],
    [
      'no cap on a scrape unless set',
      {},
      (c) => [c.scraping.maxProcessingMs, c.scraping.connectTimeoutMs, c.scraping.maxResponseBytes],
      [undefined, undefined, 67_108_864],
    ],
    [
      'maxProcessingTime by its name of 0.x',
      { yaml: 'promregator.endpoint.maxProcessingTime: 7_000' },
      (c) => c.scraping.maxProcessingMs,
      7000,
    ],
    [
      'its newer name counts first',
      { yaml: 'promregator: {endpoint.maxProcessingTime: 7000, scraping.maxProcessingTime: 8000}' },
      (c) => c.scraping.maxProcessingMs,
      8000,
    ],
    [
      'rule defaults',
      { yaml: targets('{orgName: a}') },
      (c) => c.rules[0],
      expect.objectContaining({
        name: 'promregator.targets[0]',
        path: '/metrics',
        protocol: undefined,
        authenticatorId: undefined,
        preferredRoutes: [],
        kubernetesAnnotations: false,
        space: { kind: 'all' },
      }),
    ],
    [
      'a path gets its slash, a protocol any case',
      { yaml: targets('{path: m, protocol: HTTPS}') },
      (c) => [c.rules[0]?.path, c.rules[0]?.protocol],
      ['/m', 'https'],
    ],
    [
      'an empty name is one that nobody has',
      { yaml: 'promregator:\n  targets:\n    - orgName:\n      spaceName: ~' },
      (c) => [c.rules[0]?.organization, c.rules[0]?.space],
      [
        { kind: 'name', name: '' },
        { kind: 'name', name: '' },
      ],
    ],
    [
      'an expression counts before the name',
      { yaml: targets('{orgName: a, orgRegex: b.*}') },
      (c) => [c.rules[0]?.organization.kind, c.rules[0] !== undefined && selectsName(c.rules[0].organization, 'Bcd')],
      ['expression', true],
    ],
    [
      'preferred routes as one text',
      { yaml: targets('{preferredRouteRegex: "a.*, b"}') },
      (c) => c.rules[0]?.preferredRoutes.map(({ source }) => source),
      ['a.*', 'b'],
    ],
    [
      'preferred routes as a list',
      { yaml: targets('{preferredRouteRegex: ["a{1,2}"]}') },
      (c) => c.rules[0]?.preferredRoutes.map(({ source }) => source),
      ['a{1,2}'],
    ],
    [
      'preferred routes in the environment',
      {
        env: {
          ...ENV,
          PROMREGATOR_TARGETS_0_PREFERREDROUTEREGEX_0: 'a',
          PROMREGATOR_TARGETS_0_PREFERRED_ROUTE_REGEX_1: 'b',
        },
      },
      (c) => c.rules[0]?.preferredRoutes.map(({ source }) => source),
      ['a', 'b'],
    ],
    [
      'authenticators',
      {
        yaml: 'promregator:\n  authenticator: {type: Basic, basic: {username: u, password: p}}\n  targetAuthenticators:\n    - {id: a, type: none}\n    - {id: b, type: }\n  targets: [{authenticatorId: a}]',
      },
      (c) => [
        c.authenticators.byDefault.type,
        c.authenticators.byId.get('a')?.type,
        c.authenticators.byId.get('b')?.type,
        c.rules[0]?.authenticatorId,
      ],
      ['basic', 'none', 'basic', 'a'],
    ],
    [
      'an external URL',
      { yaml: 'promregator.discovery.externalUrl: https://p.example.org/x/' },
      (c) => c.discovery.externalUrl,
      { scheme: 'https', hostname: 'p.example.org', port: 443, path: '/x' },
    ],
    [
      'inbound guard',
      { yaml: 'promregator: {endpoint.auth: basic, authentication.basic.password: s}' },
      (c) => [c.endpointAuth, c.metricsAuth, c.inboundBasic.username, c.inboundBasic.password?.reveal()],
      ['BASIC', 'NONE', 'promregator', 's'],
    ],
    [
      'trusted proxies with commas',
      { args: ['--promregator.trustedProxies=10.0.0.0/8,::1'] },
      (c) => ['10.1.2.3', '::ffff:10.1.2.3', '::1', '11.0.0.1', 'x'].map((peer) => c.trustedProxies.contains(peer)),
      [true, true, true, false, false],
    ],
    [
      'connectTo said twice is longer',
      { args: ['--promregator.connectTo=*.a:443 -> 127.0.0.1:8443', '--promregator.connectTo=B → [::1]'] },
      (c) => c.connectTo,
      [
        { hostPattern: '*.a', port: 443, address: '127.0.0.1', toPort: 8443 },
        { hostPattern: 'b', port: undefined, address: '::1', toPort: undefined },
      ],
    ],
    [
      'log levels by inheritance',
      { yaml: 'logging.level: {root: error, org: debug, org.cloudfoundry: warn, cloudfoundry-client: DEBUG}' },
      (c) => [c.log.level, c.log.loggers.get('cloudfoundry-client')],
      ['warn', 'debug'],
    ],
    [
      'log levels nested and in the environment',
      {
        yaml: 'logging:\n  level:\n    org:\n      cloudfoundry:\n        promregator: off',
        env: { ...ENV, LOGGING_LEVEL_ROOT: 'debug' },
      },
      (c) => [c.log.level, c.log.loggers.get('root')],
      ['off', 'debug'],
    ],
    [
      'an environment level of the program',
      { env: { ...ENV, LOGGING_LEVEL_ORG_CLOUDFOUNDRY_PROMREGATOR: 'TRACE' } },
      (c) => c.log.level,
      'trace',
    ],
    [
      'pollution of prototypes',
      {
        yaml: '__proto__: {port: 1}\nserver: {__proto__: {port: 2}, constructor: {prototype: {port: 3}}}',
        args: ['--__proto__.port=4'],
      },
      (c) => [c.server.port, Object.hasOwn(Object.prototype, 'port')],
      [8080, false],
    ],
  ])('%s', async (_, written, pick, expected) => {
    expect(pick(await loadGood(written))).toEqual(expected);
  });
});

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
      { env: { ...ENV, CF_PASSWORD: '' } },
      [
        'environment CF_PASSWORD: cf.password: found nothing, expected the password of cf.username; set it in the file or as CF_PASSWORD in the environment',
      ],
    ],
    [
      'a user and a client',
      { env: { ...ENV, CF_CLIENT_ID: 'x', CF_CLIENT_SECRET: 'y' } },
      [
        'environment CF_CLIENT_ID: cf.client_id: found a client beside a user, expected either cf.username and cf.password, or cf.client_id and cf.client_secret; remove one pair, or its variables from the environment',
      ],
    ],
    [
      'an API host that is none',
      { env: { ...ENV, CF_API_HOST: 'https://u:secret@a/b' } },
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
      'a properties file',
      { args: ['--spring.config.location=a.properties'] },
      [
        'configuration: spring.config.location: found "a.properties", expected YAML files, since this version reads no others yet; name a file that ends in .yml',
      ],
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
      { env: { ...ENV, CF_REQUEST_PAGESIZE: '5001' } },
      ['environment CF_REQUEST_PAGESIZE: cf.request.pageSize: found "5001", expected a whole number from 1 to 5000'],
    ],
    [
      'a choice that is none',
      { args: ['--promregator.endpoint.auth=BEARER'] },
      [
        'command line --promregator.endpoint.auth: promregator.endpoint.auth: found "BEARER", expected one of NONE, BASIC',
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
        'promregator.yml:4:7: promregator.targets[0].appName: found an unknown name, expected one of orgName, orgRegex, spaceName, spaceRegex, applicationName, applicationRegex, path, protocol, authenticatorId, preferredRouteRegex, internalRoutePort, overrideRouteAndPath, kubernetesAnnotations; did you mean applicationName?',
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
      { env: { ...ENV, PROMREGATOR_TARGETS_0_ORGNAME: 'a', PROMREGATOR_TARGETS_2_ORGNAME: 'b' } },
      [
        'environment PROMREGATOR_TARGETS_2_ORGNAME: promregator.targets: found item 2 without an item 1, expected indices without a gap; number the items promregator.targets from 0 on',
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
      'Java syntax of later versions',
      { yaml: targets("{orgRegex: 'a\\p{Alpha}'}") },
      [
        'promregator.yml:1:36: promregator.targets[0].orgRegex: found "a\\p{Alpha}", which does not compile: \\p, which this version does not support yet at character 2, expected a regular expression',
      ],
    ],
    [
      'a preferred route that does not compile',
      { env: { ...ENV, PROMREGATOR_TARGETS_0_PREFERREDROUTEREGEX: 'a,*b' } },
      [
        'environment PROMREGATOR_TARGETS_0_PREFERREDROUTEREGEX: promregator.targets[0].preferredRouteRegex[1]: found "*b", which does not compile: a * that repeats nothing at character 1, expected a regular expression',
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
      'OAuth2',
      { yaml: 'promregator.authenticator:\n  type: oauth2xsuaaBasic\n  oauth2xsuaaBasic: {client_id: x}' },
      [
        'promregator.yml:2:9: promregator.authenticator.type: found "OAuth2XSUAABasic", expected basic or none; authenticators by OAuth2 are not supported by this version yet',
      ],
    ],
    [
      'a type that nobody knows',
      { yaml: 'promregator.authenticator.type: Bearer' },
      [
        'promregator.yml:1:33: promregator.authenticator.type: found "Bearer", expected one of none, basic, OAuth2XSUAABasic, OAuth2XSUAACertificate, OAuth2XSUAA',
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
      { env: { ...ENV, CF_APIHOST: 'b' } },
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
      'no value on the command line',
      { args: ['--server.port', '8080'] },
      ['command line --server.port: server.port: found no value, expected one; write --server.port=value'],
    ],
    [
      '--config.file at the end',
      { args: ['--config.file'] },
      ['command line --config.file: found no value, expected one; write --config.file=value'],
    ],
    [
      'a Java switch',
      { args: ['-Dcf.password=hunter2'] },
      [
        'command line -Dcf.password: found a Java switch, expected none, since this version does not read them yet; write --cf.password=value',
      ],
    ],
    [
      'a Java switch in JAVA_OPTS',
      { env: { ...ENV, JAVA_OPTS: '-Xmx1g -Dpromregator.discovery.port=1' } },
      [
        'environment JAVA_OPTS: found a Java switch -Dpromregator.…, expected none, since this version does not read them yet; write --name=value on the command line, or set the option in the file',
      ],
    ],
    [
      'a cipher',
      { yaml: 'cf: {password: "{cipher}00"}', env: { CF_API_HOST: 'a', CF_USERNAME: 'u' } },
      [
        expect.stringContaining(
          'promregator.yml:1:16: cf.password: found an encrypted value ({cipher}), expected a plain one',
        ),
        expect.stringContaining('cf.password: found nothing'),
      ],
    ],
    [
      'a placeholder',
      { yaml: 'server.address: ${HOST}' },
      [expect.stringContaining('promregator.yml:1:17: server.address: found a placeholder')],
    ],
    [
      'a proxy',
      { yaml: 'cf:\n  proxy: {host: p, port: 1}' },
      [
        'promregator.yml:2:11: cf.proxy.host: found an option that is not supported by this version yet, expected none such; requests would leave without the proxy',
      ],
    ],
    [
      'a proxy in the environment',
      { env: { ...ENV, PROMREGATOR_SCRAPING_PROXY_HOST: 'p' } },
      [
        expect.stringContaining(
          'environment PROMREGATOR_SCRAPING_PROXY_HOST: promregator.scraping.proxy.host: found an option that is not supported',
        ),
      ],
    ],
    [
      'TLS of our own',
      { yaml: 'server.ssl.key-store: x' },
      [expect.stringContaining('server.ssl.key-store: found an option that is not supported')],
    ],
    [
      'profiles',
      { yaml: 'server.port: 1\n---\nspring.config.activate.on-profile: x\nserver.port: 2' },
      [
        expect.stringContaining(
          'promregator.yml:3:1: spring.config.activate.on-profile: found an option that is not supported',
        ),
      ],
    ],
    [
      'JSON of Spring',
      { env: { ...ENV, SPRING_APPLICATION_JSON: '{}' } },
      [expect.stringContaining('environment SPRING_APPLICATION_JSON: spring.application.json: found')],
    ],
    [
      'a port of Cloud Foundry that is none',
      { env: { ...ENV, VCAP_APPLICATION: '{}', PORT: 'x' } },
      ['environment PORT: server.port: found "x", expected the port that Cloud Foundry gives us'],
    ],
    [
      'a map where a value is expected',
      { yaml: 'server: {port: {a: 1}}' },
      ['promregator.yml:1:16: server.port: found a map, expected a single value'],
    ],
    [
      'a value where a map is expected',
      { yaml: 'server: 8080' },
      ['promregator.yml:1:9: server: found a single value, expected a map of port, address, drainSeconds, servlet'],
    ],
  ])('%s', async (_, written, expected) => {
    expect(await problemsOf(written)).toEqual(expected);
  });
});

describe('warnings', () => {
  test.each<[string, Written, readonly string[]]>([
    ['none for a good file', { yaml: RULE }, []],
    [
      'no rule',
      {},
      [
        'configuration: promregator.targets: found nothing, expected at least one rule; without one, no application is scraped',
      ],
    ],
    [
      'an unknown name in a file',
      { yaml: `${RULE}\nserver: {prot: 1}` },
      [
        'promregator.yml:2:10: server.prot: found an unknown name, expected an option; it is passed over; did you mean port?',
      ],
    ],
    [
      'an unknown name on the command line',
      { yaml: RULE, args: ['--maxResponseBytes=1'] },
      [
        'command line --maxResponseBytes: maxResponseBytes: found an unknown name, expected an option; it is passed over; did you mean promregator.scraping.maxResponseBytes?',
      ],
    ],
    [
      'a word on the command line',
      { yaml: RULE, args: ['hunter2'] },
      ['configuration: found a word that is no option (argument 1), expected --name=value'],
    ],
    [
      'a raised timeout',
      { yaml: `${RULE}\ncf.request.timeout.org: 2500` },
      [
        'promregator.yml:2:25: cf.request.timeout.org: found "2500", expected at least 10000 ms, since a request fetches thousands of elements; 10000 is used',
      ],
    ],
    [
      'a name beside an expression',
      { yaml: targets('{orgName: a, orgRegex: b}') },
      [
        'promregator.yml:1:35: promregator.targets[0].orgName: found a name beside orgRegex, expected one of the two; the expression is used',
      ],
    ],
    [
      'the watchdog, once',
      { yaml: `${RULE}\ncf.watchdog: {enabled: true, rate: 1}` },
      [
        'promregator.yml:2:15: cf.watchdog.enabled: found an option that is not supported by this version yet, expected none such; it is passed over; connections are not watched',
      ],
    ],
    [
      'credentials without a type',
      { yaml: 'promregator: {targets: [{}], authenticator: {basic: {username: u, password: p}}}' },
      [
        'promregator.yml:1:53: promregator.authenticator.basic: found credentials without a type, which are not used, expected a type beside them; write type: basic',
      ],
    ],
    [
      'VCAP_APPLICATION that is no JSON',
      { yaml: RULE, env: { ...ENV, VCAP_APPLICATION: 'x' } },
      [
        'environment VCAP_APPLICATION: found a value that is none, expected the JSON object that Cloud Foundry gives; it is passed over',
      ],
    ],
    [
      'names of other programs in the environment',
      { yaml: RULE, env: { ...ENV, SERVER_NAME: 'x', CF_HOME: '/x', SPRING_X: 'y', PATH: '/bin' } },
      [],
    ],
  ])('%s', async (_, written, expected) => {
    expect(await warningsOf(written)).toEqual(expected);
  });

  test('where files were looked for, when something is missing', async () => {
    expect(await warningsOf({ env: { PROMREGATOR_CONFIG_DIR: '/etc/p/' } })).toContain(
      'configuration: found no configuration file, expected one of config/promregator.yml, promregator.yml, /etc/p/promregator.yml; or name one by --config.file=F',
    );
  });
});

test('options without meaning here are named', async () => {
  const yaml = `${RULE}\ncf: {cache: {type: CLASSIC, expiry: {org: 1}, timeout.resolver: 1}, threadPool.size: 3}\nserver.tomcat.threads.max: 4\nspring: {application: {name: x}}\nlogging.pattern.console: x`;
  const outcome = await load({ yaml, env: { ...ENV, PROMREGATOR_SCRAPING_THREADS: '5' }, args: ['-Xmx1g'] });
  expect(outcome.ok && outcome.ignored.map(({ path }) => path).toSorted()).toEqual([
    '-Xmx1g',
    'cf.cache.expiry.org',
    'cf.cache.timeout.resolver',
    'cf.cache.type',
    'cf.threadPool.size',
    'logging.pattern.console',
    'promregator.scraping.threads',
    'server.tomcat.threads.max',
    'spring.application.name',
  ]);
  expect(outcome.warnings).toEqual([]);
  expect(outcome.ok && outcome.files).toEqual(['promregator.yml']);
});

describe('the schema', () => {
  const options = optionsOf(shapeOf(rootSchema));

  test.each(options.map(({ path, leaf }) => [formatPath(path), leaf] as const))('%s has its sentence', (path, leaf) => {
    // Lists say what they are for themselves; their items need no words.
    if (path.endsWith('[0]')) expect(leaf.type.kind).toBe('text');
    else expect(leaf.description).toMatch(/\.$/);
  });

  test('can be said as a JSON schema', () => {
    const text = JSON.stringify(z.toJSONSchema(rootSchema, { io: 'input' }));
    expect(text).toContain('"writeOnly":true');
    expect(text).toContain('"default":8080');
  });
});

describe('no input', () => {
  const hidden = 'hunter2secret';

  test('makes it throw, as a text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.array(fc.string()), async (yaml, args) => {
        await load({ yaml, args });
      }),
      { numRuns: 500 },
    );
  });

  test('makes it throw, as values where they do not belong', async () => {
    const name = fc.constantFrom(
      ...options().map(({ path }) => formatPath(path)),
      '__proto__',
      'a.b',
      'spring.x',
      'x[0]',
      '',
    );
    const value = fc.oneof(fc.json(), fc.constantFrom('*x', '&x [*x]', '!!int a', '~', '<<', '{<<: *x}', '${x}', '-1'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value)), fc.array(fc.tuple(name, value)), async (lines, words) => {
        const yaml = lines.map(([key, text]) => `${key}: ${text}`).join('\n');
        const args = words.map(([key, text]) => `--${key}=${text}`);
        const outcome = await load({ yaml, args });
        if (!outcome.ok) expect(outcome.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['in a circle', 'a: &a [*a]\nb: &b {<<: *b}\nc: &c {d: *c}'],
    [
      'multiplied by anchors',
      [
        'a: &a0 [1,2,3,4,5,6,7,8,9]',
        ...Array.from(
          { length: 9 },
          (_, n) => `b${n}: &a${n + 1} [*a${n},*a${n},*a${n},*a${n},*a${n},*a${n},*a${n},*a${n},*a${n}]`,
        ),
      ].join('\n'),
    ],
    [
      'merged over and over',
      ['a: &a0 {x: 1}', ...Array.from({ length: 30 }, (_, n) => `b${n}: &a${n + 1} {<<: [*a${n}, *a${n}]}`)].join('\n'),
    ],
    ['nested without end', '['.repeat(20_000)],
    ['of large numbers', 'promregator.targets[99999999].orgName: a'],
  ])('%s is more than an error', async (_, yaml) => {
    expect(await load({ yaml })).toMatchObject({ ok: expect.any(Boolean) });
  });

  test.each([
    [{ yaml: `cf:\n  password: [${hidden}]` }],
    [{ yaml: `cf:\n  password: "${hidden}` }],
    [{ yaml: `cf:\n  password: @${hidden}` }],
    [{ yaml: `cf:\n  password: *${hidden}` }],
    [{ yaml: `cf:\n  password: a: ${hidden}` }],
    [{ yaml: `cf:\n  pasword: ${hidden}` }],
    [{ yaml: `cf.password: '{cipher}${hidden}'` }],
    [{ yaml: `cf.password: \${${hidden}}` }],
    [{ args: [`--cf.password`, hidden] }],
    [{ args: [`-Dcf.password=${hidden}`] }],
    [{ env: { ...ENV, CF_API_HOST: `https://u:${hidden}@x/y` } }],
    [{ env: { ...ENV, JAVA_OPTS: `-Dcf.password=${hidden}` } }],
    [{ yaml: `promregator.discovery.externalUrl: https://u:${hidden}@x/y` }],
    [{ yaml: 'server.port: x', env: { ...ENV, CF_PASSWORD: hidden } }],
  ])('shows a secret: %j', async (written) => {
    const outcome = await load(written);
    const said = [...(outcome.ok ? [] : outcome.problems), ...outcome.warnings].map(formatProblem).join('\n');
    expect(said).not.toBe('');
    expect(said).not.toContain(hidden);
  });

  function options(): ReturnType<typeof optionsOf> {
    return optionsOf(shapeOf(rootSchema));
  }
});
