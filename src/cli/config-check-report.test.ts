// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
import { describe, expect, test } from 'vitest';
import { loadWritten, MANDATORY_ENV, type Written } from '../../test/support/config/load-written.js';
import { formatOrigin } from '../config/origin.js';
import { writeCheckJson, writeCheckText } from './config-check-report.js';

const HIDDEN = /S3CRET/;
const { CF_API_HOST: _, ...WITHOUT_HOST } = MANDATORY_ENV;
const { CF_PASSWORD: _password, ...WITHOUT_PASSWORD } = MANDATORY_ENV;

const targets = (text: string): string => `promregator: {targets: [${text}]}`;
const withSecret = (name: string): Readonly<Record<string, string>> => ({
  ...WITHOUT_PASSWORD,
  CF_PASSWORD: 'p',
  [name]: 'S3CRET',
});

describe('no secret is shown, neither in values nor in what is said of them', () => {
  test.each<[string, Written]>([
    ['the user of a proxy', { yaml: 'cf.proxy.host: "u:S3CRET@proxy.x"' }],
    ['a bare user of a proxy', { yaml: 'cf.proxy: {host: "S3CRET@proxy.x", port: 1}' }],
    ['the user of the API', { yaml: 'cf.api_host: u:S3CRET@api.x', env: WITHOUT_HOST }],
    ['the user of a switch', { args: ['-Dhttps.proxyHost=u:S3CRET@h'] }],
    ['the user of a gateway', { yaml: targets('{overrideRouteAndPath: "u:S3CRET@gw.x/p"}') }],
    ['the user of our own address', { yaml: 'promregator.discovery.hostname: u:S3CRET@h' }],
    ['the user of a path', { yaml: targets('{path: "http://u:S3CRET@h/p"}') }],
    [
      'the query of a token service',
      {
        yaml: 'promregator.authenticator: {type: OAuth2XSUAABasic, oauth2xsuaaBasic: {tokenServiceURL: "https://u.x/t?client_secret=S3CRET", client_id: a, client_secret: b}}',
      },
    ],
    ['the query of a path', { yaml: targets('{path: "/m?api_key=S3CRET"}') }],
    [
      'the variable of a secret option',
      { yaml: targets('{orgName: "${CF_PASSWORD}"}'), env: withSecret('CF_PASSWORD') },
    ],
    ['a secret option by its name', { yaml: targets('{orgName: "x${cf.password}"}'), env: withSecret('CF_PASSWORD') }],
    [
      'a secret option of a file',
      { yaml: 'cf: {password: S3CRET, username: "${cf.password}"}', env: { CF_API_HOST: 'x' } },
    ],
    [
      'a secret option that another value makes',
      { yaml: 'log.format: ${cf.password}', env: { ...WITHOUT_PASSWORD, PW: 'S3CRET', CF_PASSWORD: '${PW}' } },
    ],
    [
      'the variable of a secret option in a wrong place',
      { yaml: 'server.port: ${CF_PASSWORD}', env: withSecret('CF_PASSWORD') },
    ],
    ['a variable that says so', { yaml: 'server.port: ${MY_SECRET}', env: withSecret('MY_SECRET') }],
    ['an own property that says so', { yaml: 'my.api-key: S3CRET\nserver.address: x${my.api-key}' }],
    [
      'several texts in one',
      { yaml: targets('{preferredRouteRegex: "${MY_TOKEN}"}'), env: { ...MANDATORY_ENV, MY_TOKEN: 'a,*S3CRET"' } },
    ],
    ['the name of a placeholder', { yaml: 'server.address: "${x${MY_TOKEN}}"', env: withSecret('MY_TOKEN') }],
  ])('%s', async (_name, written) => {
    const outcome = await loadWritten(written);
    expect(writeCheckJson(outcome)).not.toMatch(HIDDEN);
    expect(writeCheckText(outcome)).not.toMatch(HIDDEN);
    expect(outcome.effective.some(({ value }) => value?.includes('<secret>'))).toBe(true);
  });
});

describe('what is shown', () => {
  test.each<[string, string, Written, string]>([
    [
      'a name that nobody has',
      'promregator.targets[0].applicationName',
      { yaml: targets('{applicationName: }') },
      ' promregator.yml:1:43',
    ],
    ['an option without value', 'server.address', { yaml: 'server.address:' }, '0.0.0.0 default'],
    [
      'the file of a key',
      'server.ssl.certificate-private-key',
      { yaml: 'server.ssl: {enabled: false, certificate-private-key: /etc/key.pem}' },
      '/etc/key.pem promregator.yml:1:55',
    ],
    [
      'the text of a key',
      'server.ssl.certificate-private-key',
      { yaml: 'server.ssl: {enabled: false, certificate-private-key: "-----BEGIN PRIVATE KEY-----\\nx.pem"}' },
      '<secret> promregator.yml:1:55',
    ],
    [
      'a file by a variable',
      'cf.tls_config.ca_file',
      { yaml: 'cf.tls_config.ca_file: ${MY_KEY_FILE}', env: { ...MANDATORY_ENV, MY_KEY_FILE: '/k' } },
      '/k environment MY_KEY_FILE',
    ],
    [
      'the directory of the user',
      'logging.file.name',
      { yaml: 'logging.file.name: ${user.home}/l', env: { ...MANDATORY_ENV, HOME: '/h' } },
      '/h/l promregator.yml:1:20',
    ],
    [
      'the directory of work',
      'logging.file.name',
      { yaml: 'logging.file.name: ${user.dir}/l' },
      '/work/l promregator.yml:1:20',
    ],
    ['a number in hex', 'server.port', { yaml: 'server.port: 0x1F' }, '31 promregator.yml:1:14'],
    [
      'a time by its name of 0.x',
      'cf.request.timeout.appInSpace',
      { yaml: 'cf.request.timeout.app: 20000' },
      '20000 promregator.yml:1:25',
    ],
    [
      'such a time that was too short',
      'cf.request.timeout.app',
      { yaml: 'cf.request.timeout.app: 4000' },
      '10000 promregator.yml:1:25',
    ],
    ['a proxy of 0.x', 'cf.proxy.host', { yaml: 'cf: {proxyHost: p, proxyPort: 1}' }, 'p promregator.yml:1:17'],
    ['its port', 'cf.proxy.port', { yaml: 'cf: {proxyHost: p, proxyPort: 1}' }, '1 promregator.yml:1:31'],
    [
      'it, for applications',
      'promregator.scraping.proxy.port',
      { yaml: 'cf.proxyHost: p:3128' },
      '3128 promregator.yml:1:15',
    ],
    [
      'a longest time of 0.x',
      'promregator.scraping.maxProcessingTime',
      { yaml: 'promregator.endpoint.maxProcessingTime: 7' },
      '7 promregator.yml:1:41',
    ],
  ])('%s', async (_name, path, written, expected) => {
    const { effective } = await loadWritten(written);
    const found = effective.find((each) => each.path === path);
    expect(`${found?.value} ${found?.origin === 'default' ? 'default' : found && formatOrigin(found.origin)}`).toBe(
      expected,
    );
  });

  test('a name that nobody has, to people and programs', async () => {
    const outcome = await loadWritten({ yaml: targets('{applicationName: }') });
    expect(writeCheckText(outcome)).toMatch(/promregator\.targets\[0\]\.applicationName +"" +promregator\.yml:1:43/);
    expect(JSON.parse(writeCheckJson(outcome)).effective).toContainEqual({
      path: 'promregator.targets[0].applicationName',
      value: '',
      source: 'promregator.yml:1:43',
    });
  });

  test('what is ignored, once for each reason', async () => {
    const outcome = await loadWritten({
      yaml: 'cf.threadPool.size: 1\npromregator.scraping: {threads: 2, labelEnrichment: false}',
    });
    expect(writeCheckText(outcome)).toContain(
      'ignored: cf.threadPool.size, promregator.scraping.threads (there are no thread pools to size)\nignored: promregator.scraping.labelEnrichment (it is switched off',
    );
  });
});
