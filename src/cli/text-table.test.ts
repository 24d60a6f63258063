import { expect, test } from 'vitest';
import { visibleText } from '../base/visible-text.js';
import { textTable } from './text-table.js';

test('columns are as wide as their widest cell, numbers stand to the right', () => {
  const table = textTable(
    ['NAME', 'INSTANCES', 'RULE'],
    [
      ['orders', 12, 'a'],
      ['b', 3, ''],
    ],
  );
  expect(table).toBe('NAME    INSTANCES  RULE\norders         12  a\nb               3\n');
});

test('a row is one line, whatever a tenant writes', () => {
  expect(textTable(['A'], [['x\ny\u001b[2J']])).toBe('A\nx\\ny\\u001b[2J\n');
});

test('one long name does not push the columns of the others away', () => {
  const [, short] = textTable(
    ['A', 'B'],
    [
      ['x', 'y'],
      ['z'.repeat(10_000), 'y'],
    ],
  ).split('\n');
  expect(short).toBe(`x${' '.repeat(99)}  y`);
});

test.each([
  ['orders ä 😀', 'orders ä 😀'],
  ['a\nb', 'a\nb'],
  ['\u001b[31m', '\\u001b[31m'],
  ['\u009b31m', '\\u009b31m'],
  ['\u007f\r\t\u0000', '\\u007f\\r\\t\\u0000'],
  ['\u202egnp.exe\u2066', '\\u202egnp.exe\\u2066'],
  ['\u2028\u2029\ufeff\u200e', '\\u2028\\u2029\\ufeff\\u200e'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test('JSON stays the same value', () => {
  const value = { name: '\u001b\u009b\u202e\u2028"\\\n' };
  expect(JSON.parse(visibleText(JSON.stringify(value, null, 2)))).toEqual(value);
});
