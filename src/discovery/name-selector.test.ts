import { expect, test } from 'vitest';
import { indexByName, type NameSelector, remembering } from './name-selector.js';

const items = ['Prod', 'prod', 'test', 'straße', 'STRASSE', 'Ö', ''].map((name) => ({ name }));
const expression = (pattern: RegExp): NameSelector => {
  return { kind: 'expression', source: pattern.source, test: (name) => pattern.test(name) };
};

test.each<[string, NameSelector, string[]]>([
  ['everything', { kind: 'all' }, ['Prod', 'prod', 'test', 'straße', 'STRASSE', 'Ö', '']],
  ['names that differ in case only', { kind: 'name', name: 'PROD' }, ['Prod', 'prod']],
  ['no other case outside of ASCII', { kind: 'name', name: 'ö' }, []],
  ['a name outside of ASCII', { kind: 'name', name: 'STRAßE' }, ['straße']],
  ['nobody by a name that is not there', { kind: 'name', name: 'prod ' }, []],
  ['an empty name as a name', { kind: 'name', name: '' }, ['']],
  ['what an expression takes, by its own idea of case', expression(/^p.*$/), ['prod']],
])('takes %s', (_, selector, names) => {
  expect(
    indexByName(items)
      .pick(selector)
      .map(({ name }) => name),
  ).toEqual(names);
  expect(indexByName(items).pick(remembering(selector))).toEqual(indexByName(items).pick(selector));
});

test('asks an expression once for each name', () => {
  const asked: string[] = [];
  const selector = remembering({ kind: 'expression', source: '', test: (name) => asked.push(name) > 1 });
  const pick = () => indexByName([{ name: 'a' }, { name: 'b' }, { name: 'a' }]).pick(selector);
  expect([pick(), pick()]).toEqual([[{ name: 'b' }], [{ name: 'b' }]]);
  expect(asked).toEqual(['a', 'b']);
});

test('tells an expression all names before it asks about one', () => {
  const heard: unknown[] = [];
  const selector = remembering({
    kind: 'expression',
    source: '',
    prepare: (names) => heard.push(names),
    test: (name) => heard.push(name) > 0,
  });
  indexByName([{ name: 'a' }, { name: 'b' }]).pick(selector);
  expect(heard).toEqual([['a', 'b'], 'a', 'b']);
});
