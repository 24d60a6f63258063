import { describe, test } from 'vitest';
import { checkRow, NO_FILE, type Row } from './support/configuration-table.js';

const yaml = (text: string): Pick<Row, 'files'> => ({ files: { 'promregator.yml': text } });
const rule = (text: string): Pick<Row, 'files'> => yaml(`promregator:\n  targets:\n    - ${text}`);

describe('values of the wrong kind', () => {
  test.concurrent.each<[string, Row]>([
    [
      'a word for a number',
      {
        ...yaml('server.port: http'),
        problems: ['promregator.yml:1:14: server.port: found "http", expected a whole number from 0 to 65535'],
      },
    ],
    [
      'a number out of range',
      {
        args: ['--server.port=70000'],
        problems: ['command line --server.port: server.port: found "70000", expected a whole number from 0 to 65535'],
        warnings: [NO_FILE],
      },
    ],
    [
      'a fraction',
      {
        ...yaml('promregator.defaultInternalRoutePort: 80.5'),
        problems: [
          'promregator.yml:1:39: promregator.defaultInternalRoutePort: found "80.5", expected a whole number from 1 to 65535',
        ],
      },
    ],
    [
      'a size with a unit',
      {
        ...yaml('promregator.scraping.maxResponseBytes: 10MB'),
        problems: [
          'promregator.yml:1:40: promregator.scraping.maxResponseBytes: found "10MB", expected a whole number of bytes of at least 1024; write 10485760',
        ],
      },
    ],
    [
      'a word for a flag',
      {
        ...yaml('cf.skipSslValidation: ja'),
        problems: ['promregator.yml:1:23: cf.skipSslValidation: found "ja", expected true or false'],
      },
    ],
    [
      'a list for a secret',
      {
        ...yaml('promregator.authentication.basic.password: [hunter2]'),
        problems: [
          'promregator.yml:1:44: promregator.authentication.basic.password: found a list, expected a single value',
        ],
      },
    ],
    [
      'a map for a value',
      {
        ...yaml('server.port: {hunter2: 1}'),
        problems: ['promregator.yml:1:14: server.port: found a map, expected a single value'],
      },
    ],
    [
      'a URL for a host, with a password in it',
      {
        env: { CF_API_HOST: 'https://u:hunter2@api.example.org' },
        problems: [
          'environment CF_API_HOST: cf.api_host: found a value that is no host, expected a host such as api.example.org, with or without https:// and port, and without path and user',
        ],
        warnings: [NO_FILE],
      },
    ],
    [
      'an address to advertise that is none',
      {
        ...yaml('promregator.discovery.hostname: a:1'),
        problems: [
          'promregator.yml:1:33: promregator.discovery.hostname: found "a:1", expected a host name alone, IPv6 in brackets; port and scheme have options of their own; promregator.discovery.externalUrl holds all of them',
        ],
      },
    ],
    [
      'a duration that is none',
      {
        ...rule('{orgName: a, scrapeInterval: soon}'),
        problems: [
          'promregator.yml:3:36: promregator.targets[0].scrapeInterval: found "soon", expected a duration such as 30s, 1m30s or 500ms, or a number of seconds',
        ],
      },
    ],
    [
      'a selector of labels that is none',
      {
        ...rule('{orgName: a, labelSelector: "a in (b"}'),
        problems: [
          "promregator.yml:3:35: promregator.targets[0].labelSelector: found \"a in (b\", which cannot be read: the end where a comma or ')' is expected at character 8, expected a label selector in Cloud Foundry's syntax, such as env=prod,!legacy",
        ],
      },
    ],
    [
      'a hash that is none',
      {
        ...yaml('promregator.authentication.basic.password: "{bcrypt}hunter2"'),
        problems: [
          'promregator.yml:1:44: promregator.authentication.basic.password: found an incomplete bcrypt hash (not shown), expected 60 characters, such as $2y$10$ and 53 more; make one by promregator hash-password; in a shell, put it into single quotes',
        ],
      },
    ],
    [
      'a kind of hash that is not known',
      {
        ...yaml('promregator.authentication.basic.password: "{scrypt}hunter2"'),
        problems: [
          'promregator.yml:1:44: promregator.authentication.basic.password: found a hash of form {scrypt}, expected a password, or a hash of form {bcrypt}; make one by promregator hash-password',
        ],
      },
    ],
    [
      'a token that a header cannot carry',
      {
        ...yaml('promregator.authentication.bearer.tokens: ["hunter2 token"]'),
        problems: [
          'promregator.yml:1:44: promregator.authentication.bearer.tokens[0]: found a value (not shown), expected a token of printable ASCII characters without spaces',
        ],
      },
    ],
    [
      'a level that is none',
      {
        ...yaml('logging.level.root: loud'),
        problems: [
          'promregator.yml:1:21: logging.level.root: found "loud", expected one of OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE',
        ],
      },
    ],
    [
      'no YAML',
      {
        ...yaml('cf:\n  password: "hunter2'),
        problems: [
          'promregator.yml:2:21: found a missing character: a closing quote or bracket, a colon, or a space behind one, expected name: value',
        ],
      },
    ],
    [
      'a tab',
      {
        ...yaml('server:\n\tport: 1'),
        problems: ['promregator.yml:2:1: found a tab as indentation, expected spaces; replace tabs by spaces'],
      },
    ],
    [
      'no JSON',
      {
        env: { SPRING_APPLICATION_JSON: '{"cf": {"password": "hunter2"' },
        problems: [
          'environment SPRING_APPLICATION_JSON:1:30: spring.application.json: found a text that is no JSON object, expected {"name": "value"}',
        ],
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});

describe('what is missing, twice there, or contradicts itself', () => {
  test.concurrent.each<[string, Row]>([
    [
      'all that is mandatory',
      {
        bare: true,
        ...yaml('server.port: 1'),
        problems: [
          'configuration: cf.api_host: found nothing, expected the host of the Cloud Foundry API; set it in the file or as CF_API_HOST in the environment',
          'configuration: cf.username: found nothing, expected the user that asks Cloud Foundry; set it in the file or as CF_USERNAME in the environment',
          'configuration: cf.password: found nothing, expected the password of cf.username; set it in the file or as CF_PASSWORD in the environment',
        ],
      },
    ],
    [
      'an empty password',
      {
        env: { CF_PASSWORD: '' },
        problems: [
          'environment CF_PASSWORD: cf.password: found nothing, expected the password of cf.username; set it in the file or as CF_PASSWORD in the environment',
        ],
        warnings: [NO_FILE],
      },
    ],
    [
      'a user and a client',
      {
        ...yaml('cf: {client_id: x, client_secret: hunter2}'),
        problems: [
          'promregator.yml:1:17: cf.client_id: found a client beside a user, expected either cf.username and cf.password, or cf.client_id and cf.client_secret; remove one pair, or its variables from the environment',
        ],
      },
    ],
    [
      'an option twice',
      {
        ...yaml('server:\n  port: 1\n  port: 2'),
        problems: [
          'promregator.yml:3:3: server.port: found a second value (the first is at promregator.yml:2:3), expected each option once; remove one of them',
        ],
      },
    ],
    [
      'an option twice, in two spellings',
      {
        ...yaml('cf.skipSslValidation: true\ncf:\n  skip-ssl-validation: false'),
        problems: [
          'promregator.yml:3:3: cf.skipSslValidation: found a second value (the first is at promregator.yml:1:1), expected each option once; remove one of them',
        ],
      },
    ],
    [
      'an external URL beside its parts',
      {
        ...yaml('promregator.discovery: {externalUrl: "https://p.example.org", port: 1}'),
        problems: [
          'promregator.yml:1:38: promregator.discovery.externalUrl: found a URL beside port, expected one or the other; remove port',
        ],
      },
    ],
    [
      'cf beside foundations',
      {
        ...yaml('foundations: [{name: a, api_host: api.example.org, username: u, password: hunter2}]'),
        problems: [
          'environment CF_API_HOST: cf.api_host: found cf beside foundations, expected one or the other; make cf an item of foundations, or remove it, and its variables from the environment',
        ],
      },
    ],
    [
      'two foundations of one name',
      {
        bare: true,
        ...yaml(
          'foundations:\n  - {name: a, api_host: a.example.org, username: u, password: hunter2}\n  - {name: a, api_host: b.example.org, username: u, password: hunter2}',
        ),
        problems: [
          'promregator.yml:3:12: foundations[1].name: found "a", expected a name that no earlier one has; give it another name',
        ],
      },
    ],
    [
      'a rule\u2019s authenticator that nobody defines',
      {
        ...rule('{orgName: a, authenticatorId: usr}\n  targetAuthenticators: [{id: user, type: none}]'),
        problems: [
          'promregator.yml:3:37: promregator.targets[0].authenticatorId: found "usr", expected the id of one of promregator.targetAuthenticators; known: user',
        ],
      },
    ],
    [
      'two authenticators of one id',
      {
        ...yaml('promregator.targetAuthenticators: [{id: a, type: none}, {id: a, type: none}]'),
        problems: [
          'promregator.yml:1:62: promregator.targetAuthenticators[1].id: found "a", expected an id that no earlier one has; give it another id',
        ],
      },
    ],
    [
      'two rules of one id',
      {
        ...yaml('promregator.targets: [{id: a}, {id: a}]'),
        problems: [
          'promregator.yml:1:37: promregator.targets[1].id: found "a", expected an id that no earlier one has; give it another id',
        ],
      },
    ],
    [
      'a rule\u2019s foundation that nobody defines',
      {
        ...rule('{orgName: a, foundation: east}'),
        problems: [
          'promregator.yml:3:32: promregator.targets[0].foundation: found "east", expected the name of one of foundations; known: default',
        ],
      },
    ],
    [
      'basic without a password',
      {
        ...yaml('promregator.authenticator: {type: basic, basic: {username: u}}'),
        problems: [
          'promregator.yml:1:42: promregator.authenticator.basic.password: found nothing, expected the password of an authenticator of type basic',
        ],
      },
    ],
    [
      'OAuth2 without a token service',
      {
        ...yaml(
          'promregator.authenticator: {type: OAuth2XSUAABasic, oauth2xsuaaBasic: {client_id: u, client_secret: hunter2}}',
        ),
        problems: [
          'promregator.yml:1:53: promregator.authenticator.oauth2xsuaaBasic.tokenServiceURL: found nothing, expected the tokenServiceURL of an authenticator of type OAuth2XSUAABasic',
        ],
      },
    ],
    [
      'BEARER without a token',
      {
        ...yaml('promregator.metrics.auth: BEARER'),
        problems: [
          'configuration: promregator.authentication.bearer.tokens: found nothing, expected at least one token, since an auth option says BEARER; name tokens there, or a file by promregator.authentication.bearer.tokensFile',
        ],
      },
    ],
    [
      'credentials without a type',
      {
        ...yaml('promregator.authenticator.basic: {username: u, password: hunter2}'),
        warnings: [
          'promregator.yml:1:34: promregator.authenticator.basic: found credentials without a type, which are not used, expected a type beside them; write type: basic',
        ],
      },
    ],
    [
      'a name beside an expression',
      {
        ...rule('{orgName: a, orgRegex: b}'),
        warnings: [
          'promregator.yml:3:17: promregator.targets[0].orgName: found a name beside orgRegex, expected one of the two; the expression is used',
        ],
      },
    ],
    [
      'certificate without key',
      {
        ...yaml('server.ssl.certificate: $DIR/none.crt'),
        problems: [
          'configuration: server.ssl.certificate-private-key: found nothing, expected the key of the certificate; or switch TLS off by server.ssl.enabled: false',
        ],
      },
    ],
    [
      'intervals upside down',
      {
        ...yaml('promregator.scraping.intervalBounds: {min: 60, max: 5}'),
        problems: [
          'promregator.yml:1:44: promregator.scraping.intervalBounds.min: found "60", expected at most promregator.scraping.intervalBounds.max (5)',
        ],
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});

test('several problems are said in one go, in the order in which people read', async () => {
  await checkRow({
    files: {
      'promregator.yml':
        'server:\n  port: http\npromregator:\n  targets:\n    - {orgName: a, appName: b}\n    - {orgName: a, protocol: ftp}\n  metrics.auth: DIGEST',
    },
    env: { CF_PASSWORD: '', PROMREGATOR_SCRAPING_MAXPROCESSINGTIME: '5s' },
    args: ['--cf.request.rateLimit=many', '--promregator.endpoint.auth=x'],
    problems: [
      'promregator.yml:2:9: server.port: found "http", expected a whole number from 0 to 65535',
      'promregator.yml:5:20: promregator.targets[0].appName: found an unknown name, expected one of orgName, orgRegex, spaceName, spaceRegex, applicationName, applicationRegex, excludeApplicationRegex, labelSelector, path, paths, protocol, authenticatorId, preferredRouteRegex, internalRoutePort, overrideRouteAndPath, kubernetesAnnotations, id, foundation, scrapeInterval, scrapeTimeout, tls_config; did you mean applicationName?',
      'promregator.yml:6:30: promregator.targets[1].protocol: found "ftp", expected one of http, https',
      'promregator.yml:7:17: promregator.metrics.auth: found "DIGEST", expected one of NONE, BASIC, BEARER',
      'environment PROMREGATOR_SCRAPING_MAXPROCESSINGTIME: promregator.scraping.maxProcessingTime: found "5s", expected a whole number of milliseconds of at least 1; write 5000',
      'environment CF_PASSWORD: cf.password: found nothing, expected the password of cf.username; set it in the file or as CF_PASSWORD in the environment',
      'command line --promregator.endpoint.auth: promregator.endpoint.auth: found "x", expected one of NONE, BASIC, BEARER',
      'command line --cf.request.rateLimit: cf.request.rateLimit: found "many", expected a number from 0 to 100000',
    ],
  });
});
