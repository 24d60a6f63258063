import { expect, test } from 'vitest';
import { type DiscoverArguments, readDiscoverArguments } from './discover-arguments.js';

test.each<[string[], Partial<DiscoverArguments>]>([
  [[], {}],
  [['--format=json'], { format: 'json' }],
  [['--format', 'file_sd', '--output', 'a b.json'], { format: 'file_sd', output: 'a b.json' }],
  [['--output=x=y'], { output: 'x=y' }],
  [['--every=30', '--output=x'], { output: 'x', everyMs: 30_000 }],
  [
    ['--config.file=x', '--format=table', '-Dformat=json', '--formatter=1'],
    { others: ['--config.file=x', '-Dformat=json', '--formatter=1'] },
  ],
])('%j', (args, expected) => {
  const usual = { format: 'table', output: undefined, everyMs: undefined, others: [] };
  expect(readDiscoverArguments(args)).toEqual({ ...usual, ...expected });
});

test.each([
  [['--format=xml'], "not 'xml'"],
  [['--format'], "not ''"],
  [['--output='], 'name of a file'],
  [['--every=30'], '--every needs --output'],
  [['--every=0', '--output=x'], "not '0'"],
  [['--every=1.5', '--output=x'], "not '1.5'"],
  [['--every=86401', '--output=x'], "not '86401'"],
  [['--output=x', '--every'], "not ''"],
])('%j is refused', (args, words) => {
  expect(readDiscoverArguments(args)).toEqual({ problem: expect.stringContaining(words) });
});
