import { expect, test } from 'vitest';
import { splitList } from './split-list.js';

/** Frame and elements parsed one by one, as the lister does. */
function joined(text: string): unknown {
  const json = Buffer.from(text);
  const split = splitList(json);
  if (split === undefined) return undefined;
  const resources = split.elements.map(([start, end]) => JSON.parse(json.toString('utf8', start, end)) as unknown);
  return { ...(JSON.parse(split.frame) as object), resources };
}

test.each<[string, string]>([
  ['none', '{"pagination":{"next":null},"resources":[]}'],
  ['one', '{"resources":[{"guid":"a"}]}'],
  ['blanks', ' {\n "resources" : [ {"guid" : "a"} ,\n\t{ } ] , "x": 1 } '],
  ['brackets and quotes within strings', '{"a":"resources\\":[","resources":[{"n":"]}\\"{[\\\\"},{"n":"\\\\\\""}]}'],
  ['nested lists', '{"resources":[{"destinations":[{"app":{"guid":"a"}},[]]},[1,[2]]]}'],
  ['another list of this name further down', '{"included":{"resources":[1,{"x":2}]},"resources":[{"guid":"a"}]}'],
  ['a list within it', '{"resources":[{"resources":[{"guid":"inner"}]}],"after":{"resources":[3]}}'],
  ['several bytes a character', '{"ü":"€","resources":[{"guid":"ü€😀"}]}'],
  ['elements that are no objects', '{"resources":[null,1.5e3,"text, ]",true,{"guid":"a"},-1]}'],
])('%s', (_, text) => {
  expect(joined(text)).toEqual(JSON.parse(text));
});

test.each([
  [''],
  ['null'],
  ['[]'],
  ['{}'],
  ['"resources"'],
  ['{"resources":{}}'],
  ['{"resources":null}'],
  ['{"resources":[{"guid":"a"}'],
  ['<html>[</html>'],
  ['{"a":{"resources":[]}}'],
])('%s has no list', (text) => {
  expect(splitList(Buffer.from(text))).toBe(undefined);
});

test.each([
  ['{"guid":"a"} rubbish {"guid":"b"}'],
  ['{"guid":"a"}{"guid":"b"}'],
  ['{"guid":"a"} null'],
  ['{"guid":"a"},,{"guid":"b"}'],
  ['{"guid":"a"},'],
  [',{"guid":"a"}'],
  [','],
])('%s is no list of elements', (elements) => {
  expect(splitList(Buffer.from(`{"resources":[${elements}]}`))).toBe(undefined);
});

test.each([['\u0001'], ['{"guid":"a"},\u0000'], ['{"guid":"a"]'], ['rubbish']])(
  '%j shows when it is parsed',
  (elements) => {
    expect(() => joined(`{"resources":[${elements}]}`)).toThrow(SyntaxError);
  },
);
