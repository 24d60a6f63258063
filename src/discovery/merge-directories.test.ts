import { expect, test } from 'vitest';
import { type AppSketch, inventoryOf, keys, reasons, select } from '../../test/support/discovery/selection.js';
import type { Directory } from './directory.js';
import { mergeDirectories } from './merge-directories.js';
import type { Rule } from './rules.js';

const RULES: readonly Partial<Rule>[] = [{ foundation: 'b' }, {}, { paths: ['/m'] }];

function directoryOf(foundation: string, apps: readonly AppSketch[]): Directory {
  return select(apps, RULES, { inventory: { ...inventoryOf(apps), foundation } });
}

test('one directory is left as it is', () => {
  const directory = directoryOf('a', [{ guid: 'x' }]);
  expect(mergeDirectories([directory])).toBe(directory);
});

test('none is an empty one', () => {
  expect(mergeDirectories([])).toEqual({
    ...{ foundations: [], targets: [], byKey: new Map(), leftOut: [], ignoredWishes: [], rules: [], warnings: [] },
  });
});

test('foundations stay one behind the other, and counts of a rule are added', () => {
  const a = directoryOf('a', [
    { guid: 'z', web: [2] },
    { guid: 's', state: 'STOPPED' },
  ]);
  const b = directoryOf('b', [{ guid: 'y' }]);
  const merged = mergeDirectories([a, b]);
  expect(merged.foundations).toEqual(['a', 'b']);
  expect(merged.targets).toEqual([...a.targets, ...b.targets]);
  expect([...merged.byKey]).toEqual(merged.targets.map((target) => [target.key, target]));
  expect(reasons(merged)).toEqual(['s: stopped', 'y: served_by_earlier_rule']);
  expect(merged.leftOut.map(({ foundation }) => foundation)).toEqual(['a', 'b']);
  expect(merged.rules.map(({ rule, foundation, ...counts }) => [rule, foundation, ...Object.values(counts)])).toEqual([
    ['promregator.targets[0]', 'b', 2, 3, 1, 1],
    ['promregator.targets[1]', undefined, 4, 6, 3, 2],
    ['promregator.targets[2]', undefined, 4, 6, 3, 3],
  ]);
  expect(merged.warnings).toEqual([]);
});

test('an application that two foundations show is the first one`s', () => {
  const apps: AppSketch[] = [{ guid: 'x', web: [2] }, { guid: 'w' }];
  const merged = mergeDirectories([
    directoryOf('a', apps),
    directoryOf('b', [...apps, { guid: 'v' }]),
    directoryOf('c', apps),
  ]);
  const owners = new Map(merged.targets.map(({ application: { guid, foundation } }) => [guid, foundation]));
  expect([...owners]).toEqual([
    ['w', 'a'],
    ['x', 'a'],
    ['v', 'b'],
  ]);
  expect(new Set(keys(merged)).size).toBe(merged.targets.length);
  expect(merged.rules.map(({ instances }) => instances)).toEqual([1, 3, 4]);
  expect(merged.leftOut.filter(({ reason }) => reason === 'served_by_earlier_foundation')).toHaveLength(8);
  expect(merged.warnings).toEqual([
    expect.stringMatching(/^Foundation b shows applications that foundation a shows too/),
    expect.stringMatching(/^Foundation c shows applications that foundation a shows too/),
  ]);
});

test('warnings say whose they are', () => {
  const crowded = directoryOf('b', [{ guid: 'x', web: [5001] }]);
  expect(mergeDirectories([directoryOf('a', []), crowded]).warnings).toEqual([
    expect.stringMatching(/^Foundation b: Application Acme\/dev\/x wants more than 5000 instances/),
  ]);
});
