import { describe, expect, test } from 'vitest';
import { MANDATORY_ENV, type Written } from '../../../test/support/config/load-written.js';
import { configOf, problemsOf, reveal, warningsOf } from '../../../test/support/config/outcome.js';

interface Seen {
  readonly cf?: unknown;
  readonly scraping?: unknown;
}

const PROXY = { host: 'p', port: 3128, scheme: 'http', credentials: undefined, noProxy: [] };
const FROM_ENVIRONMENT = 'promregator.proxyFromEnvironment: true';

describe('proxies', () => {
  test.each<[string, Written, Seen]>([
    ['none', {}, {}],
    ['towards the API', { yaml: 'cf.proxy: {host: p, port: 3128}' }, { cf: PROXY }],
    ['towards applications', { yaml: 'promregator.scraping.proxy: {host: p, port: 3128}' }, { scraping: PROXY }],
    ['as a URL', { yaml: 'cf.proxy.host: https://p:3128/' }, { cf: { ...PROXY, scheme: 'https' } }],
    [
      'with the scheme as an option',
      { yaml: 'cf.proxy: {host: "p:3128", scheme: HTTPS}' },
      { cf: { ...PROXY, scheme: 'https' } },
    ],
    ['with a port that a URL has by itself', { yaml: 'cf.proxy.host: http://p:80' }, { cf: { ...PROXY, port: 80 } }],
    ['by its IPv6 address', { yaml: 'cf.proxy: {host: "[::1]", port: 3128}' }, { cf: { ...PROXY, host: '[::1]' } }],
    [
      'with user and password',
      { yaml: 'cf.proxy: {host: p, port: 3128, username: u, password: "x:y"}' },
      { cf: { ...PROXY, credentials: { username: 'u', password: 'x:y' } } },
    ],
    ['of 0.x, for both', { yaml: 'cf: {proxyHost: p, proxyPort: 3128}' }, { cf: PROXY, scraping: PROXY }],
    [
      'of 0.x beside the later names',
      { yaml: 'cf: {proxyHost: p, proxyPort: 3128, proxy: {host: q, port: 1}}' },
      { cf: { ...PROXY, host: 'q', port: 1 }, scraping: PROXY },
    ],
    [
      'exceptions of the environment',
      { yaml: 'cf.proxy: {host: p, port: 3128}', env: { ...MANDATORY_ENV, NO_PROXY: 'a.example, 10.0.0.0/8' } },
      { cf: { ...PROXY, noProxy: ['a.example', '10.0.0.0/8'] } },
    ],
    [
      'the environment says nothing by itself',
      { env: { ...MANDATORY_ENV, HTTPS_PROXY: 'http://p:3128', HTTP_PROXY: 'http://p:3128' } },
      {},
    ],
    [
      'the environment, when asked for',
      { yaml: FROM_ENVIRONMENT, env: { ...MANDATORY_ENV, https_proxy: 'http://u:p%40@p:3128', HTTP_PROXY: 'p:3128' } },
      {
        cf: { ...PROXY, credentials: { username: 'u', password: 'p@' } },
        scraping: { ...PROXY, credentials: { username: 'u', password: 'p@' } },
      },
    ],
    [
      'ALL_PROXY for whatever has none of its own',
      { yaml: FROM_ENVIRONMENT, env: { ...MANDATORY_ENV, ALL_PROXY: 'http://p:3128' } },
      { cf: PROXY, scraping: PROXY },
    ],
    [
      'a proxy for one scheme',
      { yaml: FROM_ENVIRONMENT, env: { ...MANDATORY_ENV, HTTPS_PROXY: 'http://p:3128' } },
      { cf: PROXY, scraping: { ...PROXY, only: 'https' } },
    ],
    [
      'an option before the environment',
      {
        yaml: `${FROM_ENVIRONMENT}\ncf.proxy: {host: q, port: 3128}`,
        env: { ...MANDATORY_ENV, ALL_PROXY: 'http://p:3128' },
      },
      { cf: { ...PROXY, host: 'q' }, scraping: PROXY },
    ],
    [
      'switches of Java, for applications alone',
      { args: ['-Dhttps.proxyHost=p', '-Dhttps.proxyPort=3128', '-Dhttp.nonProxyHosts=localhost|*.internal|[::1]'] },
      { scraping: { ...PROXY, only: 'https', noProxy: ['=localhost', '*.internal', '=::1'] } },
    ],
    [
      'the ports that Java has by itself',
      { args: ['-Dhttp.proxyHost=p'] },
      { scraping: { ...PROXY, port: 80, only: 'http' } },
    ],
    [
      'both switches of Java',
      {
        env: {
          ...MANDATORY_ENV,
          JAVA_OPTS: '-Dhttp.proxyHost=p -Dhttp.proxyPort=3128 -Dhttps.proxyHost=p -Dhttps.proxyPort=3128',
        },
      },
      { scraping: PROXY },
    ],
    [
      'an option before the switches of Java',
      { yaml: 'promregator.scraping.proxy: {host: q, port: 3128}', args: ['-Dhttp.proxyHost=p'] },
      { scraping: { ...PROXY, host: 'q' } },
    ],
    [
      'variables that are named like the switches',
      { env: { ...MANDATORY_ENV, HTTP_PROXY_HOST: 'p', HTTPS_PROXYHOST: 'p' } },
      {},
    ],
  ])('%s', async (_, written, { cf, scraping }) => {
    const config = await configOf(written);
    expect(reveal([config.foundations[0]?.proxy, config.scraping.proxy])).toEqual([cf, scraping]);
  });

  test.each<[string, Written, readonly string[]]>([
    [
      'no port',
      { yaml: 'cf.proxy.host: p' },
      ['configuration: cf.proxy.port: found nothing, expected the port of the proxy that cf.proxy.host names'],
    ],
    [
      'the port 0',
      { yaml: 'cf.proxyHost: p\ncf.proxyPort: 0' },
      ['promregator.yml:2:15: cf.proxyPort: found "0", expected the port of the proxy that cf.proxyHost names'],
    ],
    [
      'a password in the host, which is not shown',
      { yaml: 'cf.proxy.host: http://u:hunter2@p:3128' },
      [
        'promregator.yml:1:16: cf.proxy.host: found a value that is no such host (not shown), expected a host such as proxy.example.org, perhaps with http:// or https:// and port; user and password have options of their own beside it',
      ],
    ],
    [
      'another kind of proxy',
      { yaml: 'promregator.scraping.proxy: {host: "socks5://p", port: 1}' },
      [expect.stringContaining('promregator.scraping.proxy.host: found a value that is no such host')],
    ],
    [
      'an address that there is not',
      { yaml: 'promregator.scraping.proxy: {host: 1.2.3.256, port: 3128}' },
      [expect.stringContaining('promregator.scraping.proxy.host: found a value that is no such host')],
    ],
    [
      'two ports',
      { yaml: 'cf.proxy: {host: "p:1", port: 2}' },
      [
        'promregator.yml:1:31: cf.proxy.port: found "2" where cf.proxy.host says 1, expected one port; remove one of them',
      ],
    ],
    [
      'half of the credentials',
      { yaml: 'cf.proxy: {host: "p:1", username: u}' },
      ['promregator.yml:1:1: cf.proxy.password: found nothing, expected the password of cf.proxy.username'],
    ],
    [
      'a variable that is none, once',
      { yaml: FROM_ENVIRONMENT, env: { ...MANDATORY_ENV, ALL_PROXY: 'http://u:hunter2@' } },
      [
        'environment ALL_PROXY: found a value that is no proxy (not shown), expected http:// or https://, a host and a port, perhaps user:password@ before it, in URL encoding',
      ],
    ],
  ])('%s', async (_, written, expected) => {
    expect(await problemsOf(written)).toEqual(expected);
  });

  test.each<[string, Written, string]>([
    [
      'a port without host',
      { yaml: 'cf.proxy.port: 1' },
      'promregator.yml:1:16: cf.proxy.port: found port without host, expected both; no proxy is used',
    ],
    [
      'two switches of Java that differ',
      { args: ['-Dhttp.proxyHost=p', '-Dhttps.proxyHost=q'] },
      'command line -Dhttp.proxyHost: http.proxyHost: found a proxy for http that is not the one for https, expected one proxy for both; that of https is used for both',
    ],
  ])('a warning of %s', async (_, written, expected) => {
    expect(await warningsOf(written)).toContain(expected);
  });
});
