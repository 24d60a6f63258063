import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { accessFaults } from '../bench/faults/access-faults.js';
import { answerFaults } from '../bench/faults/answer-faults.js';
import { applicationFaults } from '../bench/faults/application-faults.js';
import { OWN_METRICS } from '../src/telemetry/own-metrics.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** How an operator learns of a class of faults. */
interface Sign {
  readonly of: string;
  /** Names in the matrix of `npm run faults`; absent where the fault is of another kind. */
  readonly faults?: RegExp;
  /** A series of ours that changes by it. */
  readonly metric: string;
  /** Alert of deploy/prometheus/alerts.yml, or why there is none. */
  readonly alert: string | { readonly none: string };
  /** How a row of docs/operating.md begins that explains it; absent where there is nothing to explain. */
  readonly row?: string;
  /** What the log says, at WARN or above unless it is in DEBUG for single scrapes. */
  readonly log?: string;
}

const LISTS_FAIL = {
  row: 'targets stay that are gone, new ones do not come',
  log: 'lists could not be read',
} as const;

const OF_CLOUD_FOUNDRY: readonly Sign[] = [
  {
    of: 'an API that is not reached',
    faults: /^(?:(?:refuses|resets) connections|takes connections and is silent|resets .*|hangs .*|truncated .*)$/,
    metric: 'promregator_cf_requests_total{result="unreachable"}',
    alert: 'PromregatorApiFailing',
    ...LISTS_FAIL,
  },
  {
    of: 'an API that answers with errors',
    faults: /^(?:50\d as .*|API (?:in maintenance|unknown to the router|fails behind the router))$/,
    metric: 'promregator_cf_requests_total{result="error"}',
    alert: 'PromregatorApiFailing',
    ...LISTS_FAIL,
  },
  {
    of: 'names and certificates that lead nowhere',
    faults: /^(?:DNS .*|certificate (?:expired|replaced by one of .*))$/,
    metric: 'promregator_cf_requests_total{result="unreachable"}',
    alert: 'PromregatorApiFailing',
    ...LISTS_FAIL,
  },
  {
    of: 'answers that are no lists',
    faults: /^(?:half the JSON|HTML with 200|JSON (?:as|without) .*)$/,
    metric: 'promregator_inventory_age_seconds{kind="apps"}',
    alert: 'PromregatorInventoryOld',
    ...LISTS_FAIL,
  },
  {
    of: 'pages that do not fit together',
    faults: /^(?:pages .*|total_results .*)$/,
    metric: 'promregator_inventory_age_seconds{kind="apps"}',
    alert: 'PromregatorInventoryOld',
    ...LISTS_FAIL,
  },
  {
    of: 'a list of which much is missing',
    faults: /^list of \w+ cut by more than half once$/,
    metric: 'promregator_inventory_shrinks_total{result="refuted"}',
    alert: 'PromregatorListShrinkNotBelieved',
    row: 'log: `a list had shrunk a lot`',
    log: 'a list had shrunk a lot',
  },
  {
    of: 'a list that our user may not read any more',
    faults: /^(?:apps|processes|routes|organizations|spaces|domains) are forbidden$/,
    metric: 'promregator_inventory_age_seconds{kind="organizations"}',
    alert: 'PromregatorInventoryOld',
    row: 'the same of one kind of list only',
    log: 'lists could not be read',
  },
  {
    of: 'an API that limits us',
    faults: /^429 .*$/,
    metric: 'promregator_cf_request_pause_seconds',
    alert: 'PromregatorApiPause',
    row: 'log: `the API limits our requests; none is sent for a while`',
    log: 'the API limits our requests; none is sent for a while',
  },
  {
    of: 'a UAA that is away',
    faults: /^UAA down$/,
    metric: 'promregator_token_expiry_timestamp_seconds',
    alert: 'PromregatorNoToken',
    row: 'log: `no token can be had`',
    log: 'no token can be had',
  },
  {
    of: 'a UAA that refuses us',
    faults: /^(?:wrong password, .*|account locked)$/,
    metric: 'promregator_token_expiry_timestamp_seconds',
    alert: 'PromregatorNoToken',
    row: 'log: `Cloud Foundry refuses the login`',
    log: 'Cloud Foundry refuses the login',
  },
  {
    of: 'tokens that are not taken',
    faults: /^API refuses every token$/,
    metric: 'promregator_cf_requests_total{result="refused"}',
    alert: 'PromregatorApiFailing',
    ...LISTS_FAIL,
  },
  {
    of: 'tokens that end before their time',
    faults: /^(?:refresh token refused|token revoked early, .*)$/,
    metric: 'promregator_token_requests_total',
    alert: { none: 'another is had at once, and no list fails for it' },
  },
  {
    of: 'what is borne without loss',
    faults:
      /^(?:UAA slow .*|certificate replaced by another good one|(?:clock of the foundation|our clock) ten minutes (?:ahead|behind)|API restarted as .*)$/,
    metric: 'promregator_inventory_age_seconds',
    alert: { none: 'nothing fails for longer than one back-off; if it does, PromregatorInventoryOld tells' },
  },
];

const scrape = (result: string): Pick<Sign, 'metric' | 'alert'> => ({
  metric: `promregator_scrapes_total{result="${result}"}`,
  alert: 'PromregatorScrapesFailing',
});

const OF_APPLICATIONS: readonly Sign[] = [
  {
    of: 'an application that is not reached or breaks off',
    faults:
      /^(?:refuses|resets .*|Content-Length too long|two Content-Lengths|chunk.*|1 MB of headers|no HTTP at all|101 .*)$/,
    ...scrape('target_unreachable'),
    row: '502 | `target_unreachable`',
  },
  {
    of: 'an application that takes too long',
    faults: /^(?:hangs .*|drips .*|103 and never an answer)$/,
    ...scrape('target_late'),
    row: '504 | `target_late`',
  },
  {
    of: 'an application that answers another status',
    faults: /^(?:204|206|304|401|404|500) .*$/,
    ...scrape('target_status'),
    row: '502 | `target_status`',
  },
  {
    of: 'an application that sends us elsewhere',
    faults: /^redirects .*$/,
    ...scrape('target_redirect'),
    row: '502 | `target_redirect`',
  },
  {
    of: 'a body that is no exposition, and says so',
    faults: /^(?:(?:HTML|JSON) with 200|unknown Content-Encoding|gzip that .*)$/,
    ...scrape('target_type'),
    row: '502 | `target_type`',
  },
  {
    of: 'a body without measure',
    faults: /^(?:endless body|body over the limit)$/,
    ...scrape('response_too_large'),
    row: '503 | `response_too_large`',
  },
  {
    of: 'a body that only its reader finds fault with',
    faults: /^(?:HTML as text\/plain|UTF-16|OpenMetrics without EOF|gzip bomb)$/,
    metric: 'promregator_scrapes_total{result="success"}',
    alert: { none: 'bytes are passed through; the `up` of the target is 0, and Prometheus says why' },
    row: 'one, while `curl` of its path gives 200',
  },
  {
    of: 'what a scrape gets over',
    faults:
      /^(?:Content-Length too short|103 before the answer|body that ends with the connection|empty body|no Content-Type|unknown charset|no last newline)$/,
    metric: 'promregator_scrapes_total{result="success"}',
    alert: { none: 'the scrape succeeds' },
  },
];

const FURTHER: readonly Sign[] = [
  {
    of: 'a start while the API is away',
    metric: 'promregator_foundation_ready',
    alert: 'PromregatorFoundationNotReady',
    row: '`/discovery` and `/-/ready` answer 503 since the start',
    log: 'lists could not be read',
  },
  {
    of: 'a start on the inventory of before',
    metric: 'promregator_inventory_from_file',
    alert: 'PromregatorInventoryFromFile',
    row: 'log: `until the lists have been read, targets are those of the inventory on disk`',
    log: 'until the lists have been read, targets are those of the inventory on disk',
  },
  {
    of: 'a file that cannot be written',
    metric: 'promregator_inventory_file_writes_total{result="failure"}',
    alert: 'PromregatorInventoryFileNotWritten',
    row: 'log: `the inventory cannot be written to its file`',
    log: 'the inventory cannot be written to its file',
  },
  {
    of: 'a store of the replicas that is of no use',
    metric: 'promregator_replication_role{role="alone"}',
    alert: 'PromregatorReplicaAlone',
    row: 'log: `this replica reads Cloud Foundry by itself, since it cannot share`',
    log: 'this replica reads Cloud Foundry by itself, since it cannot share',
  },
  {
    of: 'elements that we do not understand',
    metric: 'promregator_inventory_dropped_elements_total',
    alert: 'PromregatorElementsLeftOut',
    row: 'log: `an element of a list does not fit and is left out`',
    log: 'an element of a list does not fit and is left out',
  },
  {
    of: 'intervals that the limit does not allow',
    metric: 'promregator_cf_request_budget_planned_per_hour',
    alert: 'PromregatorRequestBudgetTooSmall',
    row: 'lists are read more rarely than configured',
    log: 'less than a tenth of the requests that the API allows us is left, asking more slowly',
  },
  {
    of: 'an API that is dumb to the watchdog',
    metric: 'promregator_connection_watchdog_reconnect_total',
    alert: 'PromregatorWatchdogReconnects',
    row: 'log: `the API does not answer the watchdog`',
    log: 'the API does not answer the watchdog',
  },
  {
    of: 'a rule that takes nothing',
    metric: 'promregator_rule_applications',
    alert: 'PromregatorRuleMatchesNothing',
    row: '`/discovery` answers `[]`, or a rule takes nothing',
  },
  {
    of: 'a token service of applications that gives none',
    metric: 'promregator_authenticator_token_requests_total{result="refused"}',
    alert: 'PromregatorAuthenticatorTokenFailing',
    row: 'those of one authenticator, `token_unavailable`',
    log: 'no token for scrapes can be had',
  },
  { of: 'scrapes that lack a token', ...scrape('token_unavailable'), row: '502 | `token_unavailable`' },
  { of: 'instances that the router does not know', ...scrape('target_gone'), row: '502 | `target_gone`' },
  { of: 'one in five applications hanging', ...scrape('target_late'), row: 'many, for one reason' },
  {
    of: 'scrapes beyond our own limits',
    ...scrape('buffers_full'),
    row: '503 | `response_too_large`, `instance_busy`, `buffers_full`',
  },
  {
    of: 'credentials that a reload took',
    ...scrape('access_gone'),
    row: 'some for a moment after a reload, 503 `access_gone`',
  },
  {
    of: 'a configuration that is refused',
    metric: 'promregator_config_last_reload_successful',
    alert: 'PromregatorConfigReloadFailed',
    row: 'a reload changes nothing',
    log: 'the configuration was not taken, the old one stays in force',
  },
  {
    of: 'a replica that is down',
    metric: 'promregator_build_info',
    alert: 'PromregatorDown',
    row: 'it does not answer',
  },
  {
    of: 'replicas with different configurations',
    metric: 'promregator_config_hash',
    alert: 'PromregatorReplicasConfiguredDifferently',
    row: 'targets come and go with the replica that answers',
  },
  {
    of: 'replicas that offer different targets',
    metric: 'promregator_inventory_version',
    alert: 'PromregatorReplicasOfferDifferentTargets',
    row: 'targets come and go with the replica that answers',
  },
];

const SIGNS: readonly Sign[] = [...OF_CLOUD_FOUNDRY, ...OF_APPLICATIONS, ...FURTHER];

const rulesFile = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
const ALERTS = rulesFile
  .parse(parse(readFileSync(join(ROOT, 'deploy/prometheus/alerts.yml'), 'utf8')))
  .groups.flatMap(({ rules }) => rules);
const PAGE = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8').split('\n');
const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
  .join('\n');

/** `name{label="value"}` in its parts. */
function partsOf(metric: string): { readonly name: string; readonly labels: readonly (readonly [string, string])[] } {
  const [name = '', inner = ''] = metric.split(/[{}]/);
  return { name, labels: [...inner.matchAll(/(\w+)="(\w+)"/g)].map(([, label = '', value = '']) => [label, value]) };
}

describe('each class of faults shows', () => {
  test.each(SIGNS.map((sign) => [sign.of, sign] as const))('%s: in a metric that we have', (_, { metric }) => {
    const { name, labels } = partsOf(metric);
    const ours = Object.values(OWN_METRICS).find((each) => each.name === name);
    expect(ours?.labels).toEqual(expect.arrayContaining(labels.map(([label]) => label)));
    // A value that nobody says would never show.
    for (const [, value] of labels) expect(SOURCES).toContain(`'${value}'`);
  });

  test.each(SIGNS.map((sign) => [sign.of, sign] as const))('%s: in an alert, or for a reason in none', (_, sign) => {
    if (typeof sign.alert !== 'string') return expect(sign.alert.none).not.toBe('');
    const { name, labels } = partsOf(sign.metric);
    const expr = ALERTS.find(({ alert }) => alert === sign.alert)?.expr ?? '';
    expect(expr).toContain(name);
    for (const [label, value] of labels) expect(passes(expr, name, label, value)).toBe(true);
  });

  test.each(SIGNS.flatMap((sign) => (sign.row === undefined ? [] : [[sign.of, sign, sign.row] as const])))(
    '%s: in a row of operating.md, with its alert and its log line',
    (_, { alert, log }, row) => {
      const found = PAGE.filter((line) => line.startsWith(`| ${row}`));
      expect(found).toHaveLength(1);
      const cells = found[0]?.split(' | ') ?? [];
      expect(cells.length).toBeGreaterThanOrEqual(3);
      expect(cells.every((cell) => cell.replace(/[|\s]/g, '') !== '')).toBe(true);
      // The section on single scrapes is reached by the row of its alert.
      if (typeof alert === 'string' && alert !== 'PromregatorScrapesFailing')
        expect(found[0]).toContain(`\`${alert}\``);
      if (log !== undefined) expect(SOURCES).toContain(log);
    },
  );

  test('every fault of the matrix is of one class', () => {
    expect(misfits([...answerFaults(), ...accessFaults()], OF_CLOUD_FOUNDRY)).toEqual([]);
    expect(misfits(applicationFaults(), OF_APPLICATIONS)).toEqual([]);
  });

  test('every class of the matrix has a fault', () => {
    const names = [...answerFaults(), ...accessFaults(), ...applicationFaults()].map(({ name }) => name);
    const idle = SIGNS.filter(({ faults }) => faults !== undefined && !names.some((name) => faults.test(name)));
    expect(idle.map(({ of }) => of)).toEqual([]);
  });

  test('every alert is the sign of something, and has a symptom', () => {
    const used = new Set(SIGNS.map(({ alert }) => alert));
    expect(ALERTS.filter(({ alert }) => !used.has(alert)).map(({ alert }) => alert)).toEqual([]);
    const symptoms = PAGE.filter((line) => line.startsWith('| ')).join('\n');
    expect(ALERTS.filter(({ alert }) => !symptoms.includes(`\`${alert}\``)).map(({ alert }) => alert)).toEqual([]);
  });
});

/** Faults that no class takes, or more than one. */
function misfits(faults: readonly { readonly name: string }[], classes: readonly Sign[]): readonly string[] {
  return faults
    .map(({ name }) => [name, classes.filter((sign) => sign.faults?.test(name)).length] as const)
    .filter(([, count]) => count !== 1)
    .map(([name, count]) => `${name}: ${count}`);
}

/** Whether what the alert asks of a label lets the value through, where it asks anything. */
function passes(expr: string, name: string, label: string, value: string): boolean {
  const selectors = [...expr.matchAll(new RegExp(`${name}\\{([^}]*)\\}`, 'g'))].map(([, inner = '']) => inner);
  const plain = new RegExp(`${name}(?![\\w{])`).test(expr);
  return (
    plain ||
    selectors.some((inner) => {
      const [, operator, wanted = ''] = new RegExp(`\\b${label}(=~|!~|!=|=)"([^"]*)"`).exec(inner) ?? [];
      if (operator === undefined) return true;
      const matches = new RegExp(`^(?:${wanted})$`).test(value);
      return operator.startsWith('!') ? !matches : matches;
    })
  );
}
