// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
import { describe, expect, test } from 'vitest';
import { loadWritten, MANDATORY_ENV, type Written } from '../../test/support/config/load-written.js';
import { formatProblem } from './report.js';

/** Nobody else reaches it, so that a row holds only what it is about. */
const LOOPBACK = '--server.address=127.0.0.1';

async function warningsOf({ args = [LOOPBACK], ...written }: Written): Promise<readonly string[]> {
  const { warnings } = await loadWritten({ args, ...written });
  return warnings.map(formatProblem);
}

const RULE = 'promregator: {targets: [{orgName: a}]}';

const targets = (text: string): string => `promregator: {targets: [${text}]}`;

describe('warnings', () => {
  test.each<[string, Written, readonly string[]]>([
    ['none for a good file', { yaml: RULE }, []],
    ['an empty group of the original', { yaml: `${RULE}\nspring:\ncf.proxy:` }, []],
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
      { yaml: RULE, args: [LOOPBACK, '--maxResponseBytes=1'] },
      [
        'command line --maxResponseBytes: maxResponseBytes: found an unknown name, expected an option; it is passed over; did you mean promregator.scraping.maxResponseBytes?',
      ],
    ],
    ['a property that a placeholder reads', { yaml: `my.org: foo\n${targets('{orgName: "${my.org}"}')}` }, []],
    [
      'a property that nobody reads',
      { yaml: `my.org: foo\n${RULE}` },
      ['promregator.yml:1:1: my: found an unknown name, expected an option; it is passed over'],
    ],
    ['a holder of anchors', { yaml: `x-base: &b {orgName: a}\n${targets('{<<: *b, spaceName: c}')}` }, []],
    [
      'such a name on the command line',
      { yaml: RULE, args: [LOOPBACK, '--x-base=1'] },
      ['command line --x-base: x-base: found an unknown name, expected an option; it is passed over'],
    ],
    [
      'a rule that selects nothing',
      { yaml: targets('{orgName: }, {applicationRegex: ""}') },
      [
        'promregator.yml:1:35: promregator.targets[0].orgName: found an empty text, which no name fits, so that the rule selects nothing, expected a name; remove the line where all are meant',
        'promregator.yml:1:57: promregator.targets[1].applicationRegex: found an empty text, which no name fits, so that the rule selects nothing, expected a name; remove the line where all are meant',
      ],
    ],
    [
      'zeros before a number in YAML',
      { yaml: `${RULE}\nserver.port: 0443\ncf.connectionPool.size: 07` },
      [
        'promregator.yml:2:14: server.port: found "0443", which is read as 443, expected a number without zeros before it; the original reads it as octal, which is 291',
      ],
    ],
    ['zeros before a number elsewhere', { yaml: RULE, args: [LOOPBACK, '--server.port=0443'] }, []],
    [
      'a reload that anybody may ask for',
      { yaml: `${RULE}\npromregator.discovery.auth: BASIC`, args: ['--web.enable-lifecycle'] },
      [
        'command line --web.enable-lifecycle: web.enable-lifecycle: found a reload that everybody who reaches us may ask for, expected a guard; set promregator.cache.invalidate.auth',
      ],
    ],
    [
      'a reload with a guard',
      { yaml: `${RULE}\npromregator.cache.invalidate.auth: BASIC`, args: ['--web.enable-lifecycle'] },
      [],
    ],
    ['a reload by ourselves', { yaml: RULE, args: [LOOPBACK, '--web.enable-lifecycle'] }, []],
    [
      'an address of nobody, without the place of others',
      { yaml: `${RULE}\nserver.port: 1\nserver: {drainSeconds: 1}`, args: [] },
      [expect.stringContaining('configuration: server.address: found 0.0.0.0')],
    ],
    [
      'what is switched off, or empty',
      {
        yaml: `${RULE}\nserver.ssl.enabled: false\ncf.proxy:\n  host:\n  port: 0\npromregator.scraping.labelEnrichment: false`,
      },
      [],
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
      'credentials without a type',
      { yaml: 'promregator: {targets: [{}], authenticator: {basic: {username: u, password: p}}}' },
      [
        'promregator.yml:1:53: promregator.authenticator.basic: found credentials without a type, which are not used, expected a type beside them; write type: basic',
      ],
    ],
    [
      'listening to everybody without a guard',
      { yaml: RULE, args: [] },
      [
        'configuration: server.address: found 0.0.0.0, where everybody who reaches us may see all targets, expected a guard; set promregator.discovery.auth and promregator.endpoint.auth, or listen on 127.0.0.1',
      ],
    ],
    [
      'the same on Cloud Foundry, where nobody would reach 127.0.0.1',
      { yaml: RULE, args: [], env: { ...MANDATORY_ENV, VCAP_APPLICATION: '{}' } },
      [
        'configuration: server.address: found 0.0.0.0, where everybody who reaches us may see all targets, expected a guard; set promregator.discovery.auth and promregator.endpoint.auth',
      ],
    ],
    ['one guard', { yaml: `${RULE}\npromregator.discovery.auth: BASIC`, args: [] }, []],
    ['listening to ourselves', { yaml: `${RULE}\nserver.address: "::1"`, args: [] }, []],
    [
      'VCAP_APPLICATION that is no JSON',
      { yaml: RULE, env: { ...MANDATORY_ENV, VCAP_APPLICATION: 'x' } },
      [
        'environment VCAP_APPLICATION: found a text that is no JSON object (not shown), expected the JSON object that Cloud Foundry gives; it is passed over',
      ],
    ],
    [
      'names of other programs in the environment',
      { yaml: RULE, env: { ...MANDATORY_ENV, SERVER_NAME: 'x', CF_HOME: '/x', SPRING_X: 'y', PATH: '/bin' } },
      [],
    ],
  ])('%s', async (_, written, expected) => {
    expect(await warningsOf(written)).toEqual(expected);
  });

  test('where files were looked for, when something is missing', async () => {
    expect(await warningsOf({ env: { PROMREGATOR_CONFIG_DIR: '/etc/p/' } })).toContain(
      'configuration: found no configuration file, expected promregator with .yaml, .yml, .properties in ./, /etc/p/, ./config/; or name one by --config.file=F',
    );
  });
});

test('options without meaning here are named', async () => {
  const yaml = `${RULE}\ncf: {cache: {type: CLASSIC, expiry: {org: 1}, timeout.resolver: 1}, threadPool.size: 3}\nserver.tomcat.threads.max: 4\nspring: {application: {name: x}}\nlogging.pattern.console: x`;
  const outcome = await loadWritten({
    yaml,
    env: { ...MANDATORY_ENV, PROMREGATOR_SCRAPING_THREADS: '5', SPRING_X: 'y', MANAGEMENT_Y: 'z' },
    args: [LOOPBACK, '-Xmx1g'],
  });
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
