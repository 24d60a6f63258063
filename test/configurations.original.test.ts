import { describe, expect, test } from 'vitest';
import { checkRow, NO_FILE, type Row } from './support/configuration-table.js';

const yaml = (text: string): Pick<Row, 'files'> => ({ files: { 'promregator.yml': text } });
const rule = (text: string): Pick<Row, 'files'> => yaml(`promregator:\n  targets:\n    - ${text}`);

describe('mistakes that the original passes over in silence', () => {
  test.concurrent.each<[string, Row]>([
    [
      'an unknown key in a rule',
      {
        ...rule('{orgName: a, spaceNmae: b}'),
        problems: [
          'promregator.yml:3:20: promregator.targets[0].spaceNmae: found an unknown name, expected one of orgName, orgRegex, spaceName, spaceRegex, applicationName, applicationRegex, excludeApplicationRegex, labelSelector, path, paths, protocol, authenticatorId, preferredRouteRegex, internalRoutePort, overrideRouteAndPath, kubernetesAnnotations, id, foundation, scrapeInterval, scrapeTimeout, tls_config; did you mean spaceName?',
        ],
      },
    ],
    [
      'appName, which its page on credentials writes',
      {
        ...rule('{orgName: a, appName: b}'),
        problems: [
          'promregator.yml:3:20: promregator.targets[0].appName: found an unknown name, expected one of orgName, orgRegex, spaceName, spaceRegex, applicationName, applicationRegex, excludeApplicationRegex, labelSelector, path, paths, protocol, authenticatorId, preferredRouteRegex, internalRoutePort, overrideRouteAndPath, kubernetesAnnotations, id, foundation, scrapeInterval, scrapeTimeout, tls_config; did you mean applicationName?',
        ],
      },
    ],
    [
      'a list where a name is expected',
      {
        ...rule('{orgName: a, applicationName: [a, b]}'),
        problems: [
          'promregator.yml:3:37: promregator.targets[0].applicationName: found a list, expected a single value; write one rule for each, or a regular expression',
        ],
      },
    ],
    [
      'targets written as one map',
      {
        ...yaml('promregator:\n  targets:\n    orgName: a'),
        problems: ['promregator.yml:3:5: promregator.targets: found a map, expected a list; put "- " before each item'],
      },
    ],
    [
      'an expression that does not compile',
      {
        ...rule('{orgName: a, applicationRegex: "x(y"}'),
        problems: [
          expect.stringMatching(
            /^promregator\.yml:3:38: promregator\.targets\[0\]\.applicationRegex: found "x\(y", which does not compile/,
          ),
        ],
      },
    ],
    [
      'an expression that Java does not know either',
      {
        ...rule('{orgName: a, applicationRegex: "(a)(?(1)b)"}'),
        problems: [
          expect.stringMatching(
            /^promregator\.yml:3:38: promregator\.targets\[0\]\.applicationRegex: found "\(a\)\(\?\(1\)b\)", which does not compile/,
          ),
        ],
      },
    ],
    [
      'a preferred route that does not compile',
      {
        ...rule('{orgName: a, preferredRouteRegex: ["a", "b["]}'),
        problems: [
          expect.stringMatching(
            /^promregator\.yml:3:47: promregator\.targets\[0\]\.preferredRouteRegex\[1\]: found "b\[", which does not compile/,
          ),
        ],
      },
    ],
    [
      'a number with a unit',
      {
        ...yaml('promregator.scraping.maxProcessingTime: 5s'),
        problems: [
          'promregator.yml:1:41: promregator.scraping.maxProcessingTime: found "5s", expected a whole number of milliseconds of at least 1; write 5000',
        ],
      },
    ],
    [
      'a number with a unit, in the environment',
      {
        env: { PROMREGATOR_DISCOVERER_TIMEOUT: '10m' },
        problems: [
          'environment PROMREGATOR_DISCOVERER_TIMEOUT: promregator.discoverer.timeout: found "10m", expected a whole number of seconds of at least 1; write 600',
        ],
        warnings: [NO_FILE],
      },
    ],
    [
      'an unknown type of authenticator',
      {
        ...yaml('promregator.authenticator.type: Digest'),
        problems: [
          'promregator.yml:1:33: promregator.authenticator.type: found "Digest", expected one of none, basic, bearer, OAuth2XSUAABasic, OAuth2XSUAACertificate, OAuth2XSUAA',
        ],
      },
    ],
    [
      'an unknown kind of guard',
      {
        ...yaml('promregator.discovery.auth: FORM'),
        problems: [
          'promregator.yml:1:29: promregator.discovery.auth: found "FORM", expected one of NONE, BASIC, BEARER',
        ],
      },
    ],
    ['an empty name, which nobody has', { ...rule('{orgName: , spaceName: b}'), problems: [] }],
    [
      'an unknown option in the file',
      {
        ...yaml('promregator.discovery.ownMetricsEndpiont: false'),
        warnings: [
          'promregator.yml:1:1: promregator.discovery.ownMetricsEndpiont: found an unknown name, expected an option; it is passed over; did you mean ownMetricsEndpoint?',
        ],
      },
    ],
    [
      'an unknown option on the command line',
      {
        args: ['--promregator.discovery.prot=443'],
        warnings: [
          'command line --promregator.discovery.prot: promregator.discovery.prot: found an unknown name, expected an option; it is passed over; did you mean port?',
        ],
      },
    ],
    [
      'an unknown option in Java\u2019s switches',
      {
        args: ['-Dpromregator.discovery.prot=443'],
        warnings: [
          'command line -Dpromregator.discovery.prot: promregator.discovery.prot: found an unknown name, expected an option; it is passed over; did you mean port?',
        ],
      },
    ],
    [
      'an unknown name in the environment, which is full of others\u2019 names',
      { env: { PROMREGATOR_DISCOVERY_PROT: '443', SERVER_NAME: 'x' }, warnings: [] },
    ],
  ])('%s', (_, row) => checkRow(row));
});

describe('options of the original and its framework', () => {
  test.concurrent.each<[string, Row]>([
    [
      'that mean nothing here',
      {
        ...yaml(
          'server.tomcat.threads.max: 16\ncf: {cache: {type: CAFFEINE, expiry.org: 120, aggregator.blocksize.route: 100}, threadPool.size: 3}\npromregator:\n  scraping.threads: 20\n  endpoint.threads: 5\n  gc.rate: 1200\n  reactor.debug: true\n  workaround.dnscache.timeout: -1\n  internal.preCheckAPIVersion: true\nmanagement.endpoints.enabled: true\nspring.main.banner-mode: off\nlogging: {pattern.console: x, config: logback.xml}\nserver.compression.enabled: true',
        ),
        args: ['-Xmx200m', '-Djava.security.egd=file:/dev/urandom'],
        ignored: [
          '-Xmx200m',
          '-Djava.security.egd',
          'server.tomcat.threads.max',
          'server.compression.enabled',
          'cf.cache.type',
          'cf.cache.expiry.org',
          'cf.cache.aggregator.blocksize.route',
          'cf.threadPool.size',
          'promregator.scraping.threads',
          'promregator.endpoint.threads',
          'promregator.gc.rate',
          'promregator.reactor.debug',
          'promregator.workaround.dnscache.timeout',
          'promregator.internal.preCheckAPIVersion',
          'management.endpoints.enabled',
          'spring.main.banner-mode',
          'logging.pattern.console',
          'logging.config',
        ],
      },
    ],
    [
      'that the environment may set',
      {
        env: { CF_CACHE_TYPE: 'CLASSIC', PROMREGATOR_SCRAPING_THREADS: '5', SPRING_OTHER: 'x', JAVA_OPTS: '-Xmx1g' },
        ignored: ['-Xmx1g in JAVA_OPTS', 'cf.cache.type', 'promregator.scraping.threads'],
      },
    ],
    [
      'that would have to be there',
      {
        ...yaml('promregator.scraping.labelEnrichment: true\ncf.watchdog: {enabled: true, restartCount: 3}'),
        ignored: ['cf.watchdog.enabled'],
        warnings: [
          'promregator.yml:1:1: promregator.scraping.labelEnrichment: found an option that has no counterpart here, expected none; it is ignored: the bytes of applications pass unchanged; labels come by /discovery',
          'promregator.yml:2:30: cf.watchdog.restartCount: found an option that has no counterpart here, expected none; it is ignored: the process never ends by itself; watch /-/ready',
        ],
      },
    ],
    [
      'without which something would be open',
      {
        ...yaml('server.ssl.bundle: mine'),
        problems: [
          'promregator.yml:1:1: server.ssl.bundle: found an option that has no counterpart here, expected none, since we would listen without TLS; name server.ssl.certificate or server.ssl.key-store',
        ],
      },
    ],
    [
      'that work',
      {
        ...yaml(
          'logging:\n  structured.format.console: ecs\n  file.name: p.log\npromregator.simulation: {enabled: true, instances: 3}\nserver: {servlet.context-path: /p, address: 127.0.0.1}',
        ),
        effective: {
          'logging.structured.format.console': 'ecs @ promregator.yml:2:30',
          'logging.file.name': 'p.log @ promregator.yml:3:14',
          'promregator.simulation.enabled': 'true @ promregator.yml:4:35',
          'promregator.simulation.instances': '3 @ promregator.yml:4:52',
          'server.servlet.contextPath': '/p @ promregator.yml:5:32',
        },
      },
    ],
    [
      'null as a type, without quotes an empty text',
      { ...yaml('promregator.authenticator.type: null'), effective: { 'promregator.authenticator.type': undefined } },
    ],
    [
      'an API host with a scheme',
      {
        env: { CF_API_HOST: 'https://api.example.org/' },
        effective: { 'cf.api_host': 'https://api.example.org/ @ environment CF_API_HOST' },
      },
    ],
    [
      'a trust store in Java\u2019s switches that is not there',
      {
        env: { JAVA_OPTS: '-Djavax.net.ssl.trustStore=$DIR/none.p12 -Djavax.net.ssl.trustStorePassword=hunter2' },
        problems: [
          '-Djavax.net.ssl.trustStore in JAVA_OPTS: javax.net.ssl.trustStore: found "$DIR/none.p12", which cannot be read: no such file, expected the name of a readable file',
        ],
        warnings: [NO_FILE],
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});
