import { expect, test } from 'vitest';
import { type Findings, formatProblem } from '../report.js';
import { rootShape } from '../root-shape.js';
import { leavesOf } from '../tree.js';
import { readEnvironment } from './environment-source.js';

function read(...names: readonly string[]): Findings & { readonly count: number } {
  const findings: Findings = { problems: [], warnings: [] };
  const tree = readEnvironment(Object.fromEntries(names.map((name) => [name, 'x'])), rootShape(), findings);
  return { ...findings, count: leavesOf(tree).length };
}

test.each<[string, string]>([
  [
    'PROMREGATOR_TARGETS_0_APPNAME',
    'environment PROMREGATOR_TARGETS_0_APPNAME: promregator.targets[0].appname: found an unknown name, expected the name of an option; did you mean PROMREGATOR_TARGETS_0_APPLICATIONNAME?',
  ],
  [
    'PROMREGATOR_TARGETS_1_TLS_CONFIG_CAFIL',
    'environment PROMREGATOR_TARGETS_1_TLS_CONFIG_CAFIL: promregator.targets[1].tls_config.cafil: found an unknown name, expected the name of an option; did you mean PROMREGATOR_TARGETS_1_TLS_CONFIG_CA_FILE?',
  ],
  [
    'PROMREGATOR_TARGETAUTHENTICATORS_0_BASIC_USRNAME',
    'environment PROMREGATOR_TARGETAUTHENTICATORS_0_BASIC_USRNAME: promregator.targetAuthenticators[0].basic.usrname: found an unknown name, expected the name of an option; did you mean PROMREGATOR_TARGETAUTHENTICATORS_0_BASIC_USERNAME?',
  ],
  [
    'PROMREGATOR_TARGETS_0_PORT',
    'environment PROMREGATOR_TARGETS_0_PORT: promregator.targets[0].port: found an unknown name, expected the name of an option',
  ],
  [
    'PROMREGATOR_TARGETS',
    'environment PROMREGATOR_TARGETS: promregator.targets: found a single value, expected numbered items; write PROMREGATOR_TARGETS_0_ORGNAME=…',
  ],
  [
    'PROMREGATOR_AUTHENTICATION_USERS',
    'environment PROMREGATOR_AUTHENTICATION_USERS: promregator.authentication.users: found a single value, expected numbered items; write PROMREGATOR_AUTHENTICATION_USERS_0_USERNAME=…',
  ],
])('%s is an error', (name, expected) => {
  const { problems, warnings } = read(name);
  expect([problems.map(formatProblem), warnings]).toEqual([[expected], []]);
});

test.each<[string, string]>([
  [
    'PROMREGATOR_DISCOVERY_HOSTNAM',
    'environment PROMREGATOR_DISCOVERY_HOSTNAM: promregator.discovery.hostnam: found an unknown name, expected the name of an option; it is passed over; did you mean PROMREGATOR_DISCOVERY_HOSTNAME?',
  ],
  [
    'PROMREGATOR_VERSION',
    'environment PROMREGATOR_VERSION: promregator.version: found an unknown name, expected the name of an option; it is passed over',
  ],
])('%s is a warning', (name, expected) => {
  const { problems, warnings } = read(name);
  expect([problems, warnings.map(formatProblem)]).toEqual([[], [expected]]);
});

test('options are read, and nothing is said of others', () => {
  const links = [
    'PROMREGATOR_PORT',
    'PROMREGATOR_PORT_80_TCP_ADDR',
    'PROMREGATOR_SERVICE_HOST',
    'PROMREGATOR_X_SERVICE_PORT',
  ];
  const known = ['PROMREGATOR_TARGETS_0_ORGNAME', 'PROMREGATOR_SCRAPING_THREADS'];
  const outcome = read(...links, ...known, 'PROMREGATOR_CONFIG_DIR', 'PROMREGATORX_Y', 'CF_HOME', 'TARGETS_0_X');
  expect(outcome).toEqual({ problems: [], warnings: [], count: known.length });
});

test.each([
  ['tcp://10.0.0.1:80', 0],
  ['443', 1],
])('PROMREGATOR_DISCOVERY_PORT=%s sets %d options: a service of Kubernetes may be called so', (value, count) => {
  const findings: Findings = { problems: [], warnings: [] };
  const tree = readEnvironment({ PROMREGATOR_DISCOVERY_PORT: value }, rootShape(), findings);
  expect([leavesOf(tree).length, findings]).toEqual([count, { problems: [], warnings: [] }]);
});
