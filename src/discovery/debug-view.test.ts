import { expect, test } from 'vitest';
import { debugView } from './debug-view.js';
import type { Directory, LeftOut, LeftOutReason, Target } from './directory.js';

function leftOut(organizationName: string, spaceName: string, appName: string, reason: LeftOutReason): LeftOut {
  return {
    foundation: 'default',
    appGuid: appName,
    appName,
    spaceName,
    organizationName,
    rule: 'promregator.targets[0]',
    reason,
    detail: 'why',
  };
}

function targetOf(organizationName: string, spaceName: string, name: string): Target {
  const application = {
    ...{ foundation: 'default', organizationGuid: 'o', organizationName, spaceGuid: 's', spaceName, guid: name, name },
    ...{ processGuid: 'p', route: 'r', domain: 'd', internal: false, labels: {}, annotations: {}, rule: '' },
    authenticatorId: undefined,
    tlsId: undefined,
    accessId: '',
    scrapeIntervalMs: undefined,
    scrapeTimeoutMs: undefined,
  };
  const address = { origin: 'https://r', path: '/metrics', instanceHeader: undefined };
  return { key: `${name}/0`, instanceId: `${name}:0`, index: 0, ...address, application };
}

const targets = [targetOf('Acme', 'prod', 'orders'), targetOf('Beta', 'prod', 'orders')];
const directory: Directory = {
  foundations: ['default'],
  targets,
  byKey: new Map(targets.map((target) => [target.key, target])),
  leftOut: [
    leftOut('Acme', 'dev', 'a', 'stopped'),
    leftOut('Acme', 'prod', 'b', 'no_route'),
    leftOut('Beta', 'prod', 'c', 'stopped'),
  ],
  ignoredWishes: ['Acme', 'Beta'].map((organizationName) => {
    const { reason: _, ...app } = leftOut(organizationName, 'prod', 'orders', 'stopped');
    return app;
  }),
  rules: [
    {
      rule: 'promregator.targets[0]',
      foundation: undefined,
      organizations: 2,
      spaces: 3,
      applications: 5,
      instances: 2,
    },
  ],
  warnings: ['a sentence'],
};
const none = { foundations: [], rules: [], organizations: [], spaces: [], applications: [] };

test.each([
  ['nothing said', undefined, ['a', 'b', 'c'], { stopped: 2, no_route: 1 }, 2],
  ['an organization', { ...none, organizations: ['ACME'] }, ['a', 'b'], { stopped: 1, no_route: 1 }, 1],
  ['a space', { ...none, spaces: ['prod'] }, ['b', 'c'], { stopped: 1, no_route: 1 }, 2],
  ['an application', { ...none, applications: ['C', 'orders'] }, ['c'], { stopped: 1 }, 2],
  ['a rule', { ...none, rules: ['promregator.targets[0]'] }, ['a', 'b', 'c'], { stopped: 2, no_route: 1 }, 0],
  ['a foundation', { ...none, foundations: ['b'] }, [], {}, 0],
  ['nobody', { ...none, organizations: ['Beta'], spaces: ['dev'] }, [], {}, 0],
])('filter: %s', (_, filter, names, byReason, count) => {
  const view = debugView(directory, filter);
  expect(view.leftOut.map(({ appName }) => appName)).toEqual(names);
  expect(view.leftOutByReason).toEqual(byReason);
  expect(view.targets).toBe(count);
  expect([view.rules, view.warnings]).toEqual([directory.rules, directory.warnings]);
});

test('each selected application is told with its rule, its instances and where it is scraped', () => {
  expect(debugView(directory, { ...none, organizations: ['Beta'] }).selected).toEqual([
    {
      foundation: 'default',
      organizationName: 'Beta',
      spaceName: 'prod',
      appName: 'orders',
      appGuid: 'orders',
      rule: '',
      instances: 1,
      url: 'https://r/metrics',
      route: 'r',
    },
  ]);
});

test('wishes that are not honoured are told of the applications that the filter takes', () => {
  const view = debugView(directory, { ...none, organizations: ['Beta'] });
  expect(view.ignoredWishes).toEqual([expect.objectContaining({ organizationName: 'Beta', detail: 'why' })]);
});
