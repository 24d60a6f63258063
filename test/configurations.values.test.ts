// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
import { describe, test } from 'vitest';
import { checkRow, NO_FILE, type Row } from './support/configuration-table.js';

const KNOWN = '{cipher}d93dd725143e187804e4105a681706c1185c58f92086bf55aa830e61c0527060';
const SERVICES = JSON.stringify({
  'user-provided': [{ name: 'metrics-user', credentials: { username: 'reader', password: 'hunter2-service' } }],
});

const yaml = (text: string): Pick<Row, 'files'> => ({ files: { 'promregator.yml': text } });

describe('names', () => {
  test.concurrent.each<[string, Row]>([
    [
      'relaxed in a rule',
      {
        ...yaml(
          'promregator:\n  targets:\n    - org-name: a\n      space_name: b\n      APPLICATIONNAME: c\n      Authenticator-Id: x\n  targetAuthenticators: [{ID: x, Type: none}]',
        ),
        effective: {
          'promregator.targets[0].orgName': 'a @ promregator.yml:3:17',
          'promregator.targets[0].spaceName': 'b @ promregator.yml:4:19',
          'promregator.targets[0].applicationName': 'c @ promregator.yml:5:24',
          'promregator.targets[0].authenticatorId': 'x @ promregator.yml:6:25',
        },
      },
    ],
    [
      'relaxed elsewhere, where the original passes over them',
      {
        ...yaml('promregator.discovery: {own-metrics-endpoint: false}\ncf.skip-ssl-validation: true'),
        effective: {
          'promregator.discovery.ownMetricsEndpoint': 'false @ promregator.yml:1:47',
          'cf.skipSslValidation': 'true @ promregator.yml:2:25',
        },
      },
    ],
    [
      'flat and nested in one file',
      {
        ...yaml('promregator.discovery.port: 443\npromregator:\n  discovery:\n    hostname: p.example.org'),
        effective: {
          'promregator.discovery.port': '443 @ promregator.yml:1:29',
          'promregator.discovery.hostname': 'p.example.org @ promregator.yml:4:15',
        },
      },
    ],
    [
      'flat down to an item of a list',
      {
        ...yaml('promregator.targets[0].orgName: a\npromregator.targets[1].orgRegex: b.*'),
        effective: {
          'promregator.targets[0].orgName': 'a @ promregator.yml:1:33',
          'promregator.targets[1].orgRegex': 'b.* @ promregator.yml:2:34',
        },
      },
    ],
    [
      'in the environment, humps together and apart',
      {
        env: { CF_SKIP_SSL_VALIDATION: 'true', PROMREGATOR_DISCOVERY_OWNMETRICSENDPOINT: 'false' },
        effective: {
          'cf.skipSslValidation': 'true @ environment CF_SKIP_SSL_VALIDATION',
          'promregator.discovery.ownMetricsEndpoint': 'false @ environment PROMREGATOR_DISCOVERY_OWNMETRICSENDPOINT',
        },
      },
    ],
    [
      'of OAUTH2XSUAABASIC, humps together, apart and mixed',
      {
        env: {
          PROMREGATOR_AUTHENTICATOR_TYPE: 'OAuth2XSUAABasic',
          PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAABASIC_TOKENSERVICEURL: 'https://uaa.example.org/oauth/token',
          PROMREGATOR_AUTHENTICATOR_OAUTH2_XSUAA_BASIC_CLIENT_ID: 'me',
          PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAABASIC_CLIENT_SECRET: 'hunter2-client',
        },
        effective: {
          'promregator.authenticator.oauth2xsuaaBasic.tokenServiceURL':
            'https://uaa.example.org/oauth/token @ environment PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAABASIC_TOKENSERVICEURL',
          'promregator.authenticator.oauth2xsuaaBasic.client_id':
            'me @ environment PROMREGATOR_AUTHENTICATOR_OAUTH2_XSUAA_BASIC_CLIENT_ID',
          'promregator.authenticator.oauth2xsuaaBasic.client_secret':
            '<secret> @ environment PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAABASIC_CLIENT_SECRET',
        },
      },
    ],
    [
      'of loggers, which keep their dots',
      {
        ...yaml('logging.level:\n  org.cloudfoundry.promregator: INFO\n  cloudfoundry-client: DEBUG'),
        effective: {
          'logging.level.org.cloudfoundry.promregator': 'INFO @ promregator.yml:2:33',
          'logging.level.cloudfoundry-client': 'DEBUG @ promregator.yml:3:24',
        },
      },
    ],
    [
      'of 0.x',
      {
        ...yaml(
          'cf.proxyHost: proxy.example.org\ncf.proxyPort: 3128\npromregator.endpoint.maxProcessingTime: 4000\ncf.request.timeout.app: 20000',
        ),
        effective: {
          'cf.proxyHost': 'proxy.example.org @ promregator.yml:1:15',
          'cf.proxyPort': '3128 @ promregator.yml:2:15',
          'promregator.endpoint.maxProcessingTime': '4000 @ promregator.yml:3:41',
          'cf.request.timeout.app': '20000 @ promregator.yml:4:25',
        },
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});

describe('lists', () => {
  const RULES = 'promregator.targets: [{orgName: a, path: /a}, {orgName: b}]';
  test.concurrent.each<[string, Row]>([
    [
      'from the environment in place of the whole list of the file',
      {
        ...yaml(RULES),
        env: { PROMREGATOR_TARGETS_0_ORGNAME: 'c' },
        effective: {
          'promregator.targets[0].orgName': 'c @ environment PROMREGATOR_TARGETS_0_ORGNAME',
          'promregator.targets[0].path': '/metrics @ default',
          'promregator.targets[1].orgName': undefined,
        },
      },
    ],
    [
      'from the command line likewise',
      {
        ...yaml(RULES),
        args: ['--promregator.targets[0].orgName=c'],
        effective: {
          'promregator.targets[0].orgName': 'c @ command line --promregator.targets[0].orgName',
          'promregator.targets[1].orgName': undefined,
        },
      },
    ],
    [
      'from a later document likewise',
      {
        ...yaml(`${RULES}\n---\npromregator.targets: [{orgName: c}]`),
        effective: {
          'promregator.targets[0].orgName': 'c @ promregator.yml:3:33',
          'promregator.targets[0].path': '/metrics @ default',
          'promregator.targets[1].orgName': undefined,
        },
      },
    ],
    [
      'within a list, by number',
      {
        env: {
          PROMREGATOR_TARGETS_0_PREFERREDROUTEREGEX_0: 'a.*',
          PROMREGATOR_TARGETS_0_PREFERRED_ROUTE_REGEX_1: 'b.*',
          PROMREGATOR_TARGETS_1_ORGREGEX: 'x',
        },
        effective: {
          'promregator.targets[0].preferredRouteRegex[0]':
            'a.* @ environment PROMREGATOR_TARGETS_0_PREFERREDROUTEREGEX_0',
          'promregator.targets[0].preferredRouteRegex[1]':
            'b.* @ environment PROMREGATOR_TARGETS_0_PREFERRED_ROUTE_REGEX_1',
          'promregator.targets[1].orgRegex': 'x @ environment PROMREGATOR_TARGETS_1_ORGREGEX',
        },
      },
    ],
    [
      'as one text with commas',
      {
        ...yaml('promregator.targets: [{preferredRouteRegex: "a.*,b.*"}]'),
        effective: {
          'promregator.targets[0].preferredRouteRegex': 'a.*,b.* @ promregator.yml:1:45',
        },
      },
    ],
    [
      'with a gap in the numbers',
      {
        env: { PROMREGATOR_TARGETS_0_ORGNAME: 'a', PROMREGATOR_TARGETS_2_ORGNAME: 'c' },
        problems: [
          'environment PROMREGATOR_TARGETS_2_ORGNAME: promregator.targets: found item 2 without an item 1, expected indices without a gap; number the items of promregator.targets from 0 on',
        ],
        warnings: [NO_FILE],
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});

describe('placeholders', () => {
  test.concurrent.each<[string, Row]>([
    [
      'of a variable, by a dotted name',
      {
        bare: true,
        ...yaml('cf: {api_host: "${the.api.host}", username: "${CF_USER}", password: "${my.password.os.variable}"}'),
        env: { THE_API_HOST: 'api.example.org', CF_USER: 'reader', MY_PASSWORD_OS_VARIABLE: 'hunter2-os' },
        effective: {
          'cf.api_host': 'api.example.org @ environment THE_API_HOST, by promregator.yml:1:16',
          'cf.username': 'reader @ environment CF_USER, by promregator.yml:1:45',
          'cf.password': '<secret> @ environment MY_PASSWORD_OS_VARIABLE, by promregator.yml:1:69',
        },
      },
    ],
    [
      'with a default',
      { ...yaml('server.port: ${MY_PORT:81}'), effective: { 'server.port': '81 @ promregator.yml:1:14' } },
    ],
    [
      'with an empty default',
      {
        ...yaml('promregator.discovery.hostname: "${HOST_OF_MINE:}"'),
        effective: { 'promregator.discovery.hostname': undefined },
      },
    ],
    [
      'nested in a default',
      {
        ...yaml('server.port: ${A_PORT:${B_PORT:83}}'),
        env: { B_PORT: '82' },
        effective: { 'server.port': '82 @ environment B_PORT, by promregator.yml:1:14' },
      },
    ],
    [
      'nested in a name',
      {
        ...yaml('server.port: ${PORT_OF_${STAGE}}'),
        env: { STAGE: 'PROD', PORT_OF_PROD: '84' },
        effective: { 'server.port': '84 @ environment PORT_OF_PROD, by promregator.yml:1:14' },
      },
    ],
    [
      'of another option, from a lower source',
      {
        ...yaml('promregator.discovery.port: 85'),
        args: ['--server.port=${promregator.discovery.port}'],
        effective: { 'server.port': '85 @ promregator.yml:1:29, by command line --server.port' },
      },
    ],
    [
      'of an option that only the file knows',
      {
        ...yaml('my.name: p.example.org\npromregator.discovery.hostname: ${my.name}'),
        effective: {
          'promregator.discovery.hostname': 'p.example.org @ promregator.yml:1:10, by promregator.yml:2:33',
        },
      },
    ],
    [
      'of vcap.application',
      {
        ...yaml('promregator.targets: [{spaceName: "${vcap.application.space_name}"}]'),
        env: { VCAP_APPLICATION: '{"space_name": "prod"}' },
        effective: {
          'promregator.targets[0].spaceName': 'prod @ environment VCAP_APPLICATION, by promregator.yml:1:35',
        },
      },
    ],
    [
      'of a service binding, which is secret wherever it goes',
      {
        ...yaml(
          'promregator.authenticator:\n  type: basic\n  basic:\n    username: ${vcap.services.metrics-user.credentials.username}\n    password: ${vcap.services.metrics-user.credentials.password}',
        ),
        env: { VCAP_SERVICES: SERVICES },
        effective: {
          'promregator.authenticator.basic.username': '<secret> @ environment VCAP_SERVICES, by promregator.yml:4:15',
          'promregator.authenticator.basic.password': '<secret> @ environment VCAP_SERVICES, by promregator.yml:5:15',
        },
      },
    ],
    [
      'without a value',
      {
        ...yaml('server.address: ${NOBODY}'),
        problems: [
          'promregator.yml:1:17: server.address: found the placeholder ${NOBODY}, which has no value, expected a value for it in the environment, in a file or on the command line; set it, or write a fallback: ${NOBODY:…}',
        ],
      },
    ],
    [
      'without a value in a rule, where the original takes them as they stand',
      {
        ...yaml('promregator.targets:\n  - orgName: ${NOBODY}'),
        problems: [
          'promregator.yml:2:14: promregator.targets[0].orgName: found the placeholder ${NOBODY}, which has no value, expected a value for it in the environment, in a file or on the command line; set it, or write a fallback: ${NOBODY:…}',
        ],
      },
    ],
    [
      'that lead to themselves',
      {
        ...yaml('my.a: ${my.b}\nmy.b: ${my.a}\nserver.address: ${my.a}'),
        problems: [
          'promregator.yml:1:7: server.address: found placeholders that lead in a circle: my.a -> my.b -> my.a, expected each to lead to a value; write the value itself in one of them',
        ],
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});

describe('Cloud Foundry', () => {
  test.concurrent.each<[string, Row]>([
    [
      'PORT',
      { env: { VCAP_APPLICATION: '{}', PORT: '8181' }, effective: { 'server.port': '8181 @ environment PORT' } },
    ],
    ['PORT elsewhere', { env: { PORT: '8181' }, effective: { 'server.port': '8080 @ default' } }],
    [
      'PORT beside a port that somebody wrote',
      {
        ...yaml('server.port: 81'),
        env: { VCAP_APPLICATION: '{}', PORT: '8181' },
        effective: { 'server.port': '81 @ promregator.yml:1:14' },
      },
    ],
    [
      'PORT that is none',
      {
        env: { VCAP_APPLICATION: '{}', PORT: 'x' },
        problems: ['environment PORT: server.port: found "x", expected a whole number from 1 to 65535'],
        warnings: [NO_FILE],
      },
    ],
    [
      'time to be forgotten by the routers',
      { env: { VCAP_APPLICATION: '{}' }, effective: { 'server.drainSeconds': '4 @ default' } },
    ],
  ])('%s', (_, row) => checkRow(row));
});

describe('ciphers', () => {
  test.concurrent.each<[string, Row]>([
    [
      'by ENCRYPT_KEY, in a file',
      {
        ...yaml(`promregator.authentication.basic.password: "${KNOWN}"`),
        env: { ENCRYPT_KEY: 'mySecretKey' },
        effective: { 'promregator.authentication.basic.password': '<secret> @ promregator.yml:1:44' },
      },
    ],
    [
      'by encrypt.key of the file, in the environment',
      {
        ...yaml('encrypt.key: mySecretKey'),
        env: { CF_PASSWORD: KNOWN },
        effective: {
          'cf.password': '<secret> @ environment CF_PASSWORD',
          'encrypt.key': '<secret> @ promregator.yml:1:14',
        },
      },
    ],
    [
      'behind a placeholder',
      {
        ...yaml('promregator.authentication.basic.password: "${THE_CIPHER}"'),
        env: { ENCRYPT_KEY: 'mySecretKey', THE_CIPHER: KNOWN },
        effective: {
          'promregator.authentication.basic.password': '<secret> @ environment THE_CIPHER, by promregator.yml:1:44',
        },
      },
    ],
    [
      'by a key in a file',
      {
        files: { 'promregator.yml': `promregator.discovery.hostname: "${KNOWN}"`, key: 'mySecretKey\n' },
        env: { ENCRYPT_KEY_FILE: '$DIR/key' },
        effective: { 'promregator.discovery.hostname': '<secret> @ promregator.yml:1:33' },
      },
    ],
    [
      'of an option that is no secret otherwise',
      {
        ...yaml(`server.port: "${KNOWN}"`),
        env: { ENCRYPT_KEY: 'mySecretKey' },
        problems: [
          'promregator.yml:1:14: server.port: found a value (not shown), expected a whole number from 0 to 65535',
        ],
      },
    ],
    [
      'without a key',
      {
        ...yaml(`promregator.discovery.hostname: "${KNOWN}"`),
        problems: [
          'promregator.yml:1:33: promregator.discovery.hostname: found an encrypted value ({cipher}), and no key, expected the key that it was encrypted with; set ENCRYPT_KEY in the environment, ENCRYPT_KEY_FILE, or encrypt.key',
        ],
      },
    ],
    [
      'with a wrong key',
      {
        ...yaml(`promregator.discovery.hostname: "${KNOWN}"`),
        env: { ENCRYPT_KEY: 'hunter2-key' },
        problems: [
          'promregator.yml:1:33: promregator.discovery.hostname: found an encrypted value ({cipher}) that the key does not fit, expected the key, and the salt, that it was encrypted with; correct ENCRYPT_KEY, or encrypt it again by promregator encrypt',
        ],
      },
    ],
    [
      'with another salt',
      {
        ...yaml(`promregator.discovery.hostname: "${KNOWN}"`),
        env: { ENCRYPT_KEY: 'mySecretKey', ENCRYPT_SALT: 'cafe' },
        problems: [
          'promregator.yml:1:33: promregator.discovery.hostname: found an encrypted value ({cipher}) that the key does not fit, expected the key, and the salt, that it was encrypted with; correct ENCRYPT_KEY, or encrypt it again by promregator encrypt',
        ],
      },
    ],
    [
      'with a salt that is no hex text',
      {
        ...yaml(`promregator.discovery.hostname: "${KNOWN}"`),
        env: { ENCRYPT_KEY: 'mySecretKey', ENCRYPT_SALT: 'salt' },
        problems: [
          'environment ENCRYPT_SALT: encrypt.salt: found a salt that is no hex text, expected pairs of the digits 0 to 9 and a to f',
        ],
      },
    ],
    [
      'of a text that is cut off',
      {
        ...yaml(`promregator.discovery.hostname: "${KNOWN.slice(0, -2)}"`),
        env: { ENCRYPT_KEY: 'mySecretKey' },
        problems: [
          'promregator.yml:1:33: promregator.discovery.hostname: found an encrypted value ({cipher}) of a length that none has, expected at least 64 digits, and a multiple of 32; look whether some of it is missing, or encrypt it again by promregator encrypt',
        ],
      },
    ],
    [
      'with a key in a file that is not there',
      {
        ...yaml(`promregator.discovery.hostname: "${KNOWN}"`),
        env: { ENCRYPT_KEY_FILE: 'none/here' },
        problems: [
          'environment ENCRYPT_KEY_FILE: encrypt.keyFile: found no such file: "/run/secrets/none/here", expected the name of a file that holds the secret',
        ],
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});

describe('secrets in files of their own', () => {
  test.concurrent.each<[string, Row]>([
    [
      'by the twin of an option',
      {
        files: { 'promregator.yml': 'promregator.authentication.basic.passwordFile: $DIR/pw', pw: 'hunter2-file\n' },
        effective: { 'promregator.authentication.basic.password': '<secret> @ $DIR/pw, by promregator.yml:1:48' },
      },
    ],
    [
      'with an underscore, from the folder that we were started in',
      {
        bare: true,
        files: {
          'd/a.yml': 'cf: {api_host: api.example.org, username: reader, password_file: d/pw}',
          'd/pw': 'hunter2-file',
        },
        args: ['--config.file=d/a.yml'],
        effective: { 'cf.password': '<secret> @ $DIR/d/pw, by d/a.yml:1:66' },
      },
    ],
    [
      'by the environment',
      {
        bare: true,
        files: { pw: 'hunter2-file' },
        env: { CF_API_HOST: 'api.example.org', CF_USERNAME: 'reader', CF_PASSWORD_FILE: '$DIR/pw' },
        effective: { 'cf.password': '<secret> @ $DIR/pw, by environment CF_PASSWORD_FILE' },
      },
    ],
    [
      'of tokens, one a line',
      {
        files: {
          'promregator.yml': 'promregator:\n  endpoint.auth: BEARER\n  authentication.bearer.tokensFile: $DIR/t',
          t: 'hunter2-token\nhunter2-second\n',
        },
        effective: { 'promregator.authentication.bearer.tokens[0]': '<secret> @ $DIR/t, by promregator.yml:3:37' },
      },
    ],
    [
      'that hold a cipher',
      {
        files: { 'promregator.yml': 'promregator.authentication.basic.passwordFile: $DIR/pw', pw: `${KNOWN}\n` },
        env: { ENCRYPT_KEY: 'mySecretKey' },
        effective: { 'promregator.authentication.basic.password': '<secret> @ $DIR/pw, by promregator.yml:1:48' },
      },
    ],
    [
      'beside the option',
      {
        ...yaml('cf.client_id: c\ncf.client_secretFile: $DIR/pw\ncf.client_secret: hunter2-text'),
        env: { CF_USERNAME: '', CF_PASSWORD: '' },
        problems: [
          'promregator.yml:2:23: cf.client_secret_file: found a file beside cf.client_secret (set at promregator.yml:3:19), expected one of the two; remove one, or its variable from the environment',
        ],
      },
    ],
    [
      'beside the option in a higher source, which counts',
      {
        files: { 'promregator.yml': 'cf.passwordFile: $DIR/pw', pw: 'hunter2-file' },
        effective: { 'cf.password': '<secret> @ environment CF_PASSWORD' },
      },
    ],
    [
      'that are not there',
      {
        ...yaml('promregator.authentication.basic.passwordFile: $DIR/none'),
        problems: [
          'promregator.yml:1:48: promregator.authentication.basic.passwordFile: found no such file: "$DIR/none", expected the name of a file that holds the secret',
        ],
      },
    ],
    [
      'whose name may be the secret itself',
      {
        ...yaml('promregator.authentication.basic.passwordFile: hunter2'),
        problems: [
          'promregator.yml:1:48: promregator.authentication.basic.passwordFile: found no such file in "$DIR", expected the name of a file that holds the secret (the name is not shown, since a word without a slash may be the secret itself; ./ before it shows it)',
        ],
      },
    ],
    [
      'that are empty',
      {
        files: { 'promregator.yml': 'promregator.authentication.basic.passwordFile: $DIR/pw', pw: '\n' },
        problems: [
          'promregator.yml:1:48: promregator.authentication.basic.passwordFile: found an empty file: "$DIR/pw", expected the name of a file that holds the secret',
        ],
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});
