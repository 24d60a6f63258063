import { expect, test } from 'vitest';
import { looksLikeFile, readLeadingFile } from './leading-file.js';

test.each<[string[], string[]]>([
  [[], []],
  [
    ['a.yml', '--x.y=1'],
    ['--config.file=a.yml', '--x.y=1'],
  ],
  [
    ['--config.file', 'a.yml'],
    ['--config.file', 'a.yml'],
  ],
  [
    ['-Da=b', 'a.yml'],
    ['-Da=b', 'a.yml'],
  ],
  [[''], ['']],
])('%j', (args, expected) => {
  expect(readLeadingFile(args)).toEqual(expected);
});

test.each([
  ['base.yml', true],
  ['conf/base', true],
  ['serv', false],
  ['--server.port', false],
])('%s may be a file: %s', (word, expected) => {
  expect(looksLikeFile(word)).toBe(expected);
});
