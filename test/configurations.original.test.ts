// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
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
    [
      'an empty name, which nobody has',
      {
        ...rule('{orgName: , spaceName: b}'),
        warnings: [
          'promregator.yml:3:17: promregator.targets[0].orgName: found an empty text, which no name fits, so that the rule selects nothing, expected a name; remove the line where all are meant',
        ],
      },
    ],
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
      {
        env: { PROMREGATOR_DISCOVERY_PROT: '443', SERVER_NAME: 'x', SERVER_PROT: '1' },
        warnings: [
          'environment PROMREGATOR_DISCOVERY_PROT: promregator.discovery.prot: found an unknown name, expected the name of an option; it is passed over; did you mean PROMREGATOR_DISCOVERY_PORT?',
        ],
      },
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
        warnings: [
          'promregator.yml:1:1: promregator.scraping.labelEnrichment: not supported: the bytes of applications pass unchanged; labels come by /discovery',
        ],
      },
    ],
    [
      'without which something would be open',
      {
        ...yaml('server.ssl.bundle: mine'),
        problems: [
          'promregator.yml:1:1: server.ssl.bundle: not supported: we would listen without TLS; name server.ssl.certificate or server.ssl.key-store',
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

describe('options of the original that count', () => {
  test.concurrent.each<[string, Row]>([
    [
      'towards Cloud Foundry',
      {
        ...yaml(
          'cf:\n  proxy: {host: proxy.example.org, port: 3128}\n  connectionPool.size: 20\n  cache.timeout: {org: 1800, application: 120}\n  request: {rateLimit: 0.5, backoff: 250, timeout.appInSpace: 20000}',
        ),
        effective: {
          'cf.proxy.host': 'proxy.example.org @ promregator.yml:2:17',
          'cf.proxy.port': '3128 @ promregator.yml:2:42',
          'cf.connectionPool.size': '20 @ promregator.yml:3:24',
          'cf.cache.timeout.org': '1800 @ promregator.yml:4:24',
          'cf.cache.timeout.application': '120 @ promregator.yml:4:43',
          'cf.request.rateLimit': '0.5 @ promregator.yml:5:24',
          'cf.request.backoff': '250 @ promregator.yml:5:38',
          'cf.request.timeout.appInSpace': '20000 @ promregator.yml:5:63',
          'cf.request.timeout.org': '30000 @ default',
        },
      },
    ],
    [
      'a time limit that suits single elements, raised',
      {
        ...yaml('cf.request.timeout: {org: 2500, process: 2500}'),
        effective: {
          'cf.request.timeout.org': '10000 @ promregator.yml:1:27',
          'cf.request.timeout.process': '10000 @ promregator.yml:1:42',
        },
        warnings: [
          'promregator.yml:1:27: cf.request.timeout.org: found "2500", expected at least 10000 ms, since a request fetches thousands of elements; 10000 is used',
          'promregator.yml:1:42: cf.request.timeout.process: found "2500", expected at least 10000 ms, since a request fetches thousands of elements; 10000 is used',
        ],
      },
    ],
    [
      'towards Prometheus',
      {
        ...yaml(
          'promregator:\n  discovery: {hostname: p.example.org, port: 443, ownMetricsEndpoint: false}\n  discoverer.timeout: 300\n  metrics: {requestLatency: true, internal: true, labelNamePrefix: p_}\n  scraping: {maxProcessingTime: 4000, connectionTimeout: 3000, socketReadTimeout: 3500, proxy: {host: a.example.org, port: 81}}',
        ),
        effective: {
          'promregator.discovery.hostname': 'p.example.org @ promregator.yml:2:25',
          'promregator.discovery.port': '443 @ promregator.yml:2:46',
          'promregator.discovery.ownMetricsEndpoint': 'false @ promregator.yml:2:71',
          'promregator.discoverer.timeout': '300 @ promregator.yml:3:23',
          'promregator.metrics.requestLatency': 'true @ promregator.yml:4:29',
          'promregator.metrics.internal': 'true @ promregator.yml:4:45',
          'promregator.metrics.labelNamePrefix': 'p_ @ promregator.yml:4:68',
          'promregator.scraping.maxProcessingTime': '4000 @ promregator.yml:5:33',
          'promregator.scraping.connectionTimeout': '3000 @ promregator.yml:5:58',
          'promregator.scraping.socketReadTimeout': '3500 @ promregator.yml:5:83',
          'promregator.scraping.proxy.host': 'a.example.org @ promregator.yml:5:103',
          'promregator.scraping.proxy.port': '81 @ promregator.yml:5:124',
        },
      },
    ],
    [
      'types of authenticators in any case, with null in quotes and without',
      {
        ...yaml(
          'promregator:\n  authenticator: {type: BASIC, basic: {username: u, password: hunter2}}\n  targetAuthenticators:\n    - {id: a, type: "null"}\n    - {id: b, type: NONE}\n    - {id: c, type: null}\n    - {id: d, type: oauth2xsuaabasic, oauth2xsuaaBasic: {tokenServiceURL: "https://uaa.example.org/oauth/token", client_id: i, client_secret: hunter2, scopes: "a.read,b.read"}}\n  targets: [{orgName: o, authenticatorId: c}]',
        ),
        effective: {
          'promregator.authenticator.type': 'basic @ promregator.yml:2:25',
          'promregator.targetAuthenticators[0].type': 'null @ promregator.yml:4:21',
          'promregator.targetAuthenticators[1].type': 'none @ promregator.yml:5:21',
          'promregator.targetAuthenticators[2].type': undefined,
          'promregator.targetAuthenticators[3].type': 'OAuth2XSUAABasic @ promregator.yml:7:21',
          'promregator.targetAuthenticators[3].oauth2xsuaaBasic.scopes': 'a.read,b.read @ promregator.yml:7:160',
          'promregator.targetAuthenticators[3].oauth2xsuaaBasic.client_secret': '<secret> @ promregator.yml:7:143',
        },
      },
    ],
    [
      'the authenticator of 0.x',
      {
        ...yaml(
          'promregator.authenticator:\n  type: OAuth2XSUAA\n  oauth2xsuaa: {tokenServiceURL: "https://uaa.example.org/oauth/token", client_id: i, client_secret: hunter2, scopes: [a, b]}',
        ),
        effective: {
          'promregator.authenticator.oauth2xsuaa.client_id': 'i @ promregator.yml:3:84',
          'promregator.authenticator.oauth2xsuaa.scopes[1]': 'b @ promregator.yml:3:123',
        },
      },
    ],
    [
      'all parts of a rule',
      {
        ...yaml(
          'promregator.targets:\n  - {orgRegex: "a.*", spaceRegex: "(?i)B", applicationRegex: "\\\\Qx.y\\\\E|(?!test).*+", path: /a, protocol: http, preferredRouteRegex: [".*"], internalRoutePort: 9090, kubernetesAnnotations: true}\n  - {overrideRouteAndPath: "gw.example.org/m"}',
        ),
        effective: {
          'promregator.targets[0].orgRegex': 'a.* @ promregator.yml:2:16',
          'promregator.targets[0].applicationRegex': '\\Qx.y\\E|(?!test).*+ @ promregator.yml:2:62',
          'promregator.targets[0].path': '/a @ promregator.yml:2:93',
          'promregator.targets[0].protocol': 'http @ promregator.yml:2:107',
          'promregator.targets[0].internalRoutePort': '9090 @ promregator.yml:2:161',
          'promregator.targets[0].kubernetesAnnotations': 'true @ promregator.yml:2:190',
          'promregator.targets[1].overrideRouteAndPath': 'gw.example.org/m @ promregator.yml:3:28',
          'promregator.targets[1].protocol': undefined,
        },
      },
    ],
    [
      'loggers of Java classes',
      {
        ...yaml(
          'logging:\n  level:\n    root: WARN\n    org.cloudfoundry.promregator.scanner.ReactiveTargetResolver.EmptyTarget: ERROR\n    org.springframework: DEBUG',
        ),
        effective: {
          'logging.level.root': 'WARN @ promregator.yml:3:11',
          'logging.level.org.cloudfoundry.promregator.scanner.ReactiveTargetResolver.EmptyTarget':
            'ERROR @ promregator.yml:4:78',
        },
      },
    ],
    [
      'proxies in Java\u2019s switches',
      {
        env: {
          JAVA_OPTS:
            '-Dhttp.proxyHost=a.example.org -Dhttp.proxyPort=81 -Dhttps.proxyHost=b.example.org -Dhttps.proxyPort=82 -Dhttp.nonProxyHosts=*.internal -Dhttp.maxConnections=20',
        },
        effective: {
          'http.proxyHost': 'a.example.org @ -Dhttp.proxyHost in JAVA_OPTS',
          'http.proxyPort': '81 @ -Dhttp.proxyPort in JAVA_OPTS',
          'https.proxyHost': 'b.example.org @ -Dhttps.proxyHost in JAVA_OPTS',
          'http.nonProxyHosts': '*.internal @ -Dhttp.nonProxyHosts in JAVA_OPTS',
        },
        ignored: ['-Dhttp.maxConnections in JAVA_OPTS'],
        warnings: [
          '-Dhttp.proxyHost in JAVA_OPTS: http.proxyHost: found a proxy for http that is not the one for https, expected one proxy for both; that of https is used for both',
        ],
      },
    ],
    [
      'JSON on the command line',
      {
        args: ['--spring.application.json={"promregator": {"targets": [{"orgName": "a"}, {"org-name": "b"}]}}'],
        effective: {
          'promregator.targets[0].orgName': 'a @ command line --spring.application.json:1:42',
          'promregator.targets[1].orgName': 'b @ command line --spring.application.json:1:61',
        },
      },
    ],
    [
      'a password with signs that YAML, shells and placeholders know',
      {
        ...yaml(
          'promregator.authentication.basic.password: "hunter2$$a{b}#c"\npromregator.authenticator.basic: {username: "${U:a,b}", password: x}\npromregator.authenticator.type: basic',
        ),
        effective: {
          'promregator.authentication.basic.password': '<secret> @ promregator.yml:1:44',
          'promregator.authenticator.basic.username': 'a,b @ promregator.yml:2:45',
        },
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});
