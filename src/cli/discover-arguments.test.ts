import { expect, test } from 'vitest';
import { type DiscoverArguments, readDiscoverArguments } from './discover-arguments.js';

test.each<[string[], Partial<DiscoverArguments>]>([
  [[], {}],
  [['--format=json'], { format: 'json' }],
  [['--format', 'file_sd', '--output', 'a b.json'], { format: 'file_sd', output: 'a b.json' }],
  [['--output=x=y'], { output: 'x=y' }],
  [['--every=30', '--output=x'], { output: 'x', everyMs: 30_000 }],
  [
    ['--config.file=x', '--format=table', '-Dformat=json', '--server[port]=1'],
    { others: ['--config.file=x', '-Dformat=json', '--server[port]=1'] },
  ],
  [['base.yml', '--format=json'], { format: 'json', others: ['--config.file=base.yml'] }],
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
  [['--ouput=x.json'], 'there is no option --ouput; did you mean --output?'],
  [['--fromat', 'json'], 'did you mean --format?'],
  [['--configfile=x'], 'did you mean --config.file?'],
  [['--nothing'], 'there is no option --nothing; '],
])('%j is refused', (args, words) => {
  expect(readDiscoverArguments(args)).toEqual({ problem: expect.stringContaining(words) });
});
