import { describe, expect, test } from 'vitest';
import { loadWritten, MANDATORY_ENV, type Written } from '../../test/support/config/load-written.js';
import type { Config } from './config.js';
import { formatProblem } from './report.js';

async function loadGood(written: Written): Promise<Config> {
  const outcome = await loadWritten(written);
  if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join('\n'));
  return outcome.config;
}

const targets = (text: string): string => `promregator: {targets: [${text}]}`;

describe('values that take force', () => {
  test.each<[string, Written, (config: Config) => unknown, unknown]>([
    [
      'environment alone is enough',
      {},
      (c) => [c.foundations[0]?.apiOrigin, c.foundations[0]?.credentials.grant],
      ['https://api.example.org', 'password'],
    ],
    [
      'CF_APIHOST is CF_API_HOST',
      { env: { CF_APIHOST: 'a.b', CF_USERNAME: 'u', CF_PASSWORD: 'p' } },
      (c) => c.foundations[0]?.apiOrigin,
      'https://a.b',
    ],
    [
      'an API host with scheme and port',
      { yaml: 'cf: {api_host: "http://127.0.0.1:9000"}', env: { CF_USERNAME: 'u', CF_PASSWORD: 'p' } },
      (c) => c.foundations[0]?.apiOrigin,
      'http://127.0.0.1:9000',
    ],
    [
      'a client in place of a user',
      { env: { CF_API_HOST: 'a', CF_CLIENT_ID: 'c', CF_CLIENT_SECRET: 's' } },
      (c) =>
        c.foundations[0]?.credentials.grant === 'client_credentials' &&
        c.foundations[0]?.credentials.clientSecret.reveal(),
      's',
    ],
    [
      'a password of digits keeps its zeros',
      { yaml: 'cf: {password: 0123}', env: { CF_API_HOST: 'a', CF_USERNAME: 'u' } },
      (c) => c.foundations[0]?.credentials.grant === 'password' && c.foundations[0]?.credentials.password.reveal(),
      '0123',
    ],
    [
      'a password true is a text',
      { yaml: 'cf: {password: true}', env: { CF_API_HOST: 'a', CF_USERNAME: 'u' } },
      (c) => c.foundations[0]?.credentials.grant === 'password' && c.foundations[0]?.credentials.password.reveal(),
      'true',
    ],
    [
      'environment beats the file',
      { yaml: 'server: {port: 1}', env: { ...MANDATORY_ENV, SERVER_PORT: '2' } },
      (c) => c.server.port,
      2,
    ],
    [
      'command line beats the environment',
      { yaml: 'server.port: 1', env: { ...MANDATORY_ENV, SERVER_PORT: '2' }, args: ['--server.port=3'] },
      (c) => c.server.port,
      3,
    ],
    [
      'PORT counts on Cloud Foundry',
      { env: { ...MANDATORY_ENV, VCAP_APPLICATION: '{}', PORT: '7' } },
      (c) => c.server.port,
      7,
    ],
    [
      'the file beats PORT',
      { yaml: 'server.port: 1', env: { ...MANDATORY_ENV, VCAP_APPLICATION: '{}', PORT: '7' } },
      (c) => c.server.port,
      1,
    ],
    ['PORT does not count elsewhere', { env: { ...MANDATORY_ENV, PORT: '7' } }, (c) => c.server.port, 8080],
    ['port 0 is any', { args: ['--server.port=0'] }, (c) => c.server.port, 0],
    [
      'Cloud Foundry drains and logs JSON',
      { env: { ...MANDATORY_ENV, VCAP_APPLICATION: '{"application_id":"g","application_uris":["x.y"]}' } },
      (c) => [c.server.drainSeconds, c.log.format, c.platform],
      [4, 'json', { cloudFoundry: true, applicationId: 'g', uri: 'x.y' }],
    ],
    [
      'uris of older platforms',
      { env: { ...MANDATORY_ENV, VCAP_APPLICATION: '{"uris":["x.y"]}' } },
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
      { env: { ...MANDATORY_ENV, CF_SKIP_SSL_VALIDATION: 'true' } },
      (c) => c.foundations[0]?.tls.verify,
      'never',
    ],
    ['a flag on the command line', { args: ['--cf.skipSslValidation'] }, (c) => c.foundations[0]?.tls.verify, 'never'],
    [
      'a rule in the environment',
      { env: { ...MANDATORY_ENV, PROMREGATOR_TARGETS_0_ORGNAME: 'a', PROMREGATOR_TARGETS_0_SPACE_NAME: 'b' } },
      (c) => [c.rules[0]?.organization, c.rules[0]?.space],
      [
        { kind: 'name', name: 'a' },
        { kind: 'name', name: 'b' },
      ],
    ],
    [
      'a list of the environment replaces the whole list',
      { yaml: targets('{orgName: a}, {orgName: b}'), env: { ...MANDATORY_ENV, PROMREGATOR_TARGETS_0_SPACENAME: 'c' } },
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
      {
        env: { ...MANDATORY_ENV, SPRING_CONFIG_LOCATION: '/etc/p/' },
        files: { '/etc/p/promregator.yml': 'server.port: 5' },
      },
      (c) => c.server.port,
      5,
    ],
    [
      'PROMREGATOR_CONFIG_DIR',
      {
        env: { ...MANDATORY_ENV, PROMREGATOR_CONFIG_DIR: '/etc/p' },
        files: { '/etc/p/promregator.yml': 'server.port: 5' },
      },
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
      (c) => c.foundations[0]?.refreshSeconds,
      { organizations: 3600, spaces: 3600, domains: 3600, apps: 60, routes: 60, processes: 60 },
    ],
    [
      'timeouts below 10 s are raised',
      { yaml: 'cf.request.timeout: {org: 2500, space: 12000, app: 20000}' },
      (c) => [
        c.foundations[0]?.requestTimeoutMs.organizations,
        c.foundations[0]?.requestTimeoutMs.spaces,
        c.foundations[0]?.requestTimeoutMs.apps,
        c.foundations[0]?.requestTimeoutMs.routes,
      ],
      [10_000, 12_000, 20_000, 30_000],
    ],
    [
      'appInSpace before app',
      { yaml: 'cf.request.timeout: {appInSpace: 15000, app: 20000}' },
      (c) => c.foundations[0]?.requestTimeoutMs.apps,
      15_000,
    ],
    [
      'a fractional rate limit',
      { yaml: 'cf.request.rateLimit: 0.5' },
      (c) => c.foundations[0]?.rateLimitPerSecond,
      0.5,
    ],
    ['ten requests a second unless set', {}, (c) => c.foundations[0]?.rateLimitPerSecond, 10],
    ['no limit of ours', { yaml: 'cf.request.rateLimit: 0' }, (c) => c.foundations[0]?.rateLimitPerSecond, 0],
    [
      'half of a list may be lost at once, unless set by kind',
      { yaml: 'cf.cache.shrink: {application: 0.1, domain: 1}' },
      (c) => c.foundations[0]?.shrinkShares,
      { organizations: 0.5, spaces: 0.5, apps: 0.1, processes: 0.5, routes: 0.5, domains: 1 },
    ],
    ['no watchdog', { yaml: 'cf.watchdog: {rate: 1}' }, (c) => c.foundations[0]?.watchdog, undefined],
    [
      'the watchdog as the original has it',
      { yaml: 'cf.watchdog.enabled: true' },
      (c) => c.foundations[0]?.watchdog,
      { timeoutMs: 2_500, rateMs: 60_000, initialDelayMs: 60_000, restartCount: undefined },
    ],
    [
      'another watchdog',
      { yaml: 'cf.watchdog: {enabled: true, timeout: 100, rate: 1, initialDelay: 0, restartCount: 0}' },
      (c) => c.foundations[0]?.watchdog,
      { timeoutMs: 100, rateMs: 1_000, initialDelayMs: 0, restartCount: 0 },
    ],
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
        paths: ['/metrics'],
        protocol: undefined,
        authenticatorId: undefined,
        preferredRouteRegex: [],
        kubernetesAnnotations: false,
        space: { kind: 'all' },
      }),
    ],
    [
      'a path gets its slash, a protocol any case',
      { yaml: targets('{path: m, protocol: HTTPS}') },
      (c) => [c.rules[0]?.paths, c.rules[0]?.protocol],
      [['/m'], 'https'],
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
      (c) => c.rules.map(({ organization }) => organization.kind === 'expression' && organization.test('Bcd')),
      [true],
    ],
    [
      'preferred routes as one text',
      { yaml: targets('{preferredRouteRegex: "a.*, b"}') },
      (c) => c.rules[0]?.preferredRouteRegex.map(({ source }) => source),
      ['a.*', 'b'],
    ],
    [
      'preferred routes as a list',
      { yaml: targets('{preferredRouteRegex: ["a{1,2}"]}') },
      (c) => c.rules[0]?.preferredRouteRegex.map(({ source }) => source),
      ['a{1,2}'],
    ],
    [
      'preferred routes in the environment',
      {
        env: {
          ...MANDATORY_ENV,
          PROMREGATOR_TARGETS_0_PREFERREDROUTEREGEX_0: 'a',
          PROMREGATOR_TARGETS_0_PREFERRED_ROUTE_REGEX_1: 'b',
        },
      },
      (c) => c.rules[0]?.preferredRouteRegex.map(({ source }) => source),
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
      (c) => [
        c.inbound.auth.endpoint,
        c.inbound.auth.metrics,
        c.inbound.users.map(({ username, password, form }) => [username, password.reveal(), form]),
        c.inbound.madeUpUser,
      ],
      ['BASIC', 'NONE', [['promregator', 's', 'plain']], undefined],
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
        env: { ...MANDATORY_ENV, LOGGING_LEVEL_ROOT: 'debug' },
      },
      (c) => [c.log.level, c.log.loggers.get('root')],
      ['off', 'debug'],
    ],
    [
      'an environment level of the program',
      { env: { ...MANDATORY_ENV, LOGGING_LEVEL_ORG_CLOUDFOUNDRY_PROMREGATOR: 'TRACE' } },
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
