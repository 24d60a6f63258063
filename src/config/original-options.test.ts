import { expect, test } from 'vitest';
import { loadWritten } from '../../test/support/config/load-written.js';
import { formatProblem } from './report.js';

/** Every option of the original with a value of its own, 0.x's too (facts, promregator 4), and what becomes of it. */
const READ = [
  ['cf.api_host', 'api.example.org'],
  ['cf.username', 'u'],
  ['cf.password', 'p'],
  ['cf.skipSslValidation', 'true'],
  ['cf.proxy.host', 'p'],
  ['cf.proxy.port', '3128'],
  ['cf.proxyHost', 'p'],
  ['cf.proxyPort', '3128'],
  ['cf.connectionPool.size', '16'],
  ...['org', 'space', 'domain', 'application', 'route', 'process'].map((name) => [`cf.cache.timeout.${name}`, '300']),
  ...['org', 'space', 'domain', 'route', 'process', 'appInSpace', 'app'].map((name) => [
    `cf.request.timeout.${name}`,
    '10000',
  ]),
  ['cf.request.backoff', '500'],
  ['cf.request.rateLimit', '0.5'],
  ['cf.watchdog.enabled', 'true'],
  ...['timeout', 'rate', 'initialDelay', 'restartCount'].map((name) => [`cf.watchdog.${name}`, '5']),
  ['promregator.defaultInternalRoutePort', '8080'],
  ['promregator.discovery.hostname', 'h'],
  ['promregator.discovery.port', '443'],
  ['promregator.discovery.scheme', 'https'],
  ['promregator.discovery.auth', 'BASIC'],
  ['promregator.discovery.ownMetricsEndpoint', 'true'],
  ['promregator.discoverer.timeout', '600'],
  ['promregator.endpoint.auth', 'BASIC'],
  ['promregator.endpoint.maxProcessingTime', '5000'],
  ['promregator.scraping.maxProcessingTime', '5000'],
  ['promregator.scraping.connectionTimeout', '5000'],
  ['promregator.scraping.socketReadTimeout', '5000'],
  ['promregator.scraping.proxy.host', 'p'],
  ['promregator.scraping.proxy.port', '3128'],
  ['promregator.metrics.auth', 'NONE'],
  ['promregator.metrics.requestLatency', 'true'],
  ['promregator.metrics.internal', 'true'],
  ['promregator.metrics.labelNamePrefix', 'x_'],
  ['promregator.authenticator.type', 'oauth2xsuaabasic'],
  ['promregator.authenticator.basic.username', 'u'],
  ['promregator.authenticator.basic.password', 'p'],
  ...['oauth2xsuaaBasic', 'oauth2xsuaa'].flatMap((group) => [
    [`promregator.authenticator.${group}.tokenServiceURL`, 'https://uaa.example.org/oauth/token'],
    [`promregator.authenticator.${group}.client_id`, 'c'],
    [`promregator.authenticator.${group}.client_secret`, 's'],
    [`promregator.authenticator.${group}.scopes`, 'a,b'],
  ]),
  ...['tokenServiceCertURL', 'client_id', 'client_certificates', 'client_key', 'scopes'].map((name) => [
    `promregator.authenticator.oauth2xsuaaCertificate.${name}`,
    'x',
  ]),
  ['promregator.targetAuthenticators[0].id', 'a'],
  ['promregator.targetAuthenticators[0].type', 'none'],
  ['promregator.authentication.basic.username', 'u'],
  ['promregator.authentication.basic.password', 'p'],
  ['promregator.cache.invalidate.auth', 'NONE'],
  ['promregator.simulation.enabled', 'false'],
  ['promregator.simulation.instances', '10'],
  ['promregator.targets[0].orgName', 'a'],
  ['server.port', '8080'],
  ['server.address', '0.0.0.0'],
  ['server.ssl.enabled', 'false'],
  ['server.ssl.key-store', 'x'],
  ['server.servlet.context-path', '/x'],
  ['logging.level.org.cloudfoundry.promregator', 'WARN'],
  ['logging.level.cloudfoundry-client', 'DEBUG'],
  ['logging.structured.format.console', 'ecs'],
  ['logging.file.name', 'p.log'],
] as const;

const IGNORED = [
  'cf.threadPool.size',
  'cf.cache.type',
  'cf.cache.timeout.resolver',
  ...['org', 'space', 'application', 'route', 'process', 'domain'].map((name) => `cf.cache.expiry.${name}`),
  'cf.cache.aggregator.blocksize.route',
  'cf.cache.aggregator.checkinterval.process',
  'cf.request.timeout.appSummary',
  'cf.request.timeout.routeMapping',
  'cf.request.timeout.sharedDomain',
  'promregator.endpoint.threads',
  'promregator.scraping.threads',
  'promregator.gc.rate',
  'promregator.reactor.debug',
  'promregator.workaround.dnscache.timeout',
  'promregator.internal.preCheckAPIVersion',
  'server.compression.enabled',
  'server.tomcat.threads.max',
  'spring.application.name',
  'management.endpoints.web.exposure.include',
  'logging.pattern.console',
  'logging.config',
];

/** Those that have an effect in the original and none here are told of. */
const WARNED = ['promregator.scraping.labelEnrichment'];

test('all options of the original are known', async () => {
  const lines = [...READ, ...[...IGNORED, ...WARNED].map((name) => [name, '1'])];
  const outcome = await loadWritten({ yaml: lines.map(([name, value]) => `${name}: ${value}`).join('\n'), env: {} });
  expect(outcome.ok ? [] : outcome.problems.map(formatProblem)).toEqual([]);
  expect(outcome.ok && outcome.ignored.map(({ path }) => path).toSorted()).toEqual([...IGNORED].toSorted());
  expect(outcome.warnings.map(({ path }) => path)).toEqual(WARNED);
});
