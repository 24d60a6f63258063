import { describe, expect, test } from 'vitest';
import type { NameSelector } from './name-selector.js';
import { choosePlan, foundationScope, type Places, planCovers, type ScopeRule, wantedSpaces } from './scope.js';

const all: NameSelector = { kind: 'all' };
const named = (name: string): NameSelector => ({ kind: 'name', name });
const like = (pattern: RegExp): NameSelector => {
  return { kind: 'expression', source: pattern.source, test: (name) => pattern.test(name) };
};
const rule = (organization: NameSelector, space: NameSelector): ScopeRule => ({ organization, space });

/** Organizations `o0`…, each with spaces `s0`…; guids are `o0` and `o0/s0`. */
function world(organizations: number, spacesEach: number): Places {
  const names = Array.from({ length: organizations }, (_, n) => `o${n}`);
  return {
    organizations: new Map(names.map((name) => [name, { guid: name, name }])),
    spaces: new Map(
      names.flatMap((organizationGuid) => {
        return Array.from({ length: spacesEach }, (_, n) => {
          const guid = `${organizationGuid}/s${n}`;
          return [guid, { guid, name: `s${n}`, organizationGuid }] as const;
        });
      }),
    ),
  };
}

const small = world(2, 2);

describe('wantedSpaces', () => {
  test.each<[string, ScopeRule[], 'all' | string[]]>([
    ['no rule', [], []],
    ['everything', [rule(named('o0'), named('s0')), rule(all, all)], 'all'],
    ['an organization', [rule(named('O1'), all)], ['o1/s0', 'o1/s1']],
    ['a space in each organization', [rule(all, named('s1'))], ['o0/s1', 'o1/s1']],
    ['an expression', [rule(like(/^o[01]$/), like(/^s0$/))], ['o0/s0', 'o1/s0']],
    ['two rules, their union', [rule(named('o0'), named('s0')), rule(named('o0'), all)], ['o0/s0', 'o0/s1']],
    ['a name that nobody has', [rule(named('o7'), all), rule(all, named(''))], []],
  ])('%s', (_, rules, wanted) => {
    const spaces = wantedSpaces(rules, small);
    expect(spaces === 'all' ? spaces : [...spaces]).toEqual(wanted);
  });

  test('a space of an organization that is not listed is nobody`s', () => {
    const orphan = { guid: 'x', name: 's0', organizationGuid: 'gone' };
    const places = { ...small, spaces: new Map([...small.spaces, ['x', orphan]]) };
    expect([...wantedSpaces([rule(all, named('s0'))], places)]).toEqual(['o0/s0', 'o1/s0']);
  });
});

describe('choosePlan', () => {
  const big = world(250, 7);
  test.each<[string, Places, ScopeRule[], number, 'all' | number]>([
    ['everything is listed whole', small, [rule(all, all)], 1000, 'all'],
    ['expressions that take everything too', small, [rule(like(/.*/), like(/.*/))], 1000, 'all'],
    ['one space of a small world', small, [rule(named('o0'), named('s0'))], 1000, 1],
    ['nothing wanted lists nothing', small, [], 1000, 0],
    ['nothing there', world(0, 0), [rule(named('o0'), all)], 1000, 0],
    ['one space of a big world', big, [rule(named('o0'), named('s0'))], 1000, 1],
    ['250 spaces, two batches against four pages', big, [rule(all, named('s0'))], 1000, 250],
    ['1,000 spaces, six batches against four pages', big, [rule(all, like(/^s[0-3]$/))], 1000, 'all'],
    ['1,000 spaces, but pages are small', big, [rule(all, like(/^s[0-3]$/))], 100, 1000],
    ['two batches against one page', big, [rule(all, named('s0'))], 5000, 'all'],
  ])('%s', (_, places, rules, pageSize, expected) => {
    const { spaces } = choosePlan({ ...places, rules, pageSize });
    expect(spaces === 'all' ? spaces : spaces.size).toBe(expected);
  });
});

describe('planCovers', () => {
  test.each<[string, 'all' | string[], ScopeRule[], boolean]>([
    ['whole, everything', 'all', [rule(all, all)], true],
    ['whole, a part', 'all', [rule(named('o0'), all)], true],
    ['a part, the same', ['o0/s0', 'o0/s1'], [rule(named('o0'), all)], true],
    ['a part, less', ['o0/s0', 'o0/s1'], [rule(named('o0'), named('s1'))], true],
    ['a part, another', ['o0/s0', 'o0/s1'], [rule(named('o1'), named('s1'))], false],
    ['a part, one more', ['o0/s0'], [rule(named('o0'), all)], false],
    ['a part, everything', ['o0/s0', 'o0/s1'], [rule(all, all)], false],
    ['every space by name, everything', ['o0/s0', 'o0/s1', 'o1/s0', 'o1/s1'], [rule(all, all)], true],
    ['nothing, nothing', [], [rule(named('o7'), all)], true],
  ])('%s', (_, spaces, rules, covers) => {
    expect(planCovers({ spaces: spaces === 'all' ? spaces : new Set(spaces) }, rules, small)).toBe(covers);
  });

  test.each([[[rule(all, all)]], [[rule(all, named('s1'))]], [[]]])('a chosen plan covers its rules', (rules) => {
    expect(planCovers(choosePlan({ ...small, rules, pageSize: 10 }), rules, small)).toBe(true);
  });
});

test.each<[string, ScopeRule[], boolean]>([
  ['everything', [rule(named('o0'), all), rule(all, all)], true],
  ['a part', [rule(named('o0'), all), rule(all, named('s0'))], false],
  ['an expression that could be everything', [rule(like(/.*/), like(/.*/))], false],
  ['nothing', [], false],
])('the scope of %s', (_, rules, everything) => {
  const scope = foundationScope({ rules, pageSize: 1000 });
  expect(scope.everything).toBe(everything);
  const plan = scope.choosePlan(small.organizations, small.spaces);
  expect(plan).toEqual(choosePlan({ ...small, rules, pageSize: 1000 }));
  const lists = { apps: new Map(), processes: new Map(), routes: new Map(), domains: new Map() };
  const inventory = { foundation: 'default', ...small, ...lists, plan };
  expect(scope.isCoveredBy(inventory)).toBe(true);
  expect(scope.isCoveredBy({ ...inventory, plan: { spaces: new Set<string>() } })).toBe(rules.length === 0);
});
