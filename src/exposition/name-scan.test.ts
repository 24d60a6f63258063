import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { createNameScan } from './name-scan.js';
import { ownSamples } from './own-samples.js';

const UP = 'promregator_up';
const DURATION = 'promregator_scrape_duration_seconds';

function scan(
  format: 'text' | 'openmetrics' | 'protobuf',
  body: Buffer,
  lengths: readonly number[] = [],
): readonly string[] {
  const names = createNameScan(format);
  let rest = body;
  for (const length of [...lengths, rest.length]) {
    names.push(Buffer.from(rest.subarray(0, length)));
    rest = rest.subarray(length);
  }
  return names.found();
}

const ROWS: readonly (readonly [string, readonly string[]])[] = [
  ['promregator_up 1\n', [UP]],
  ['promregator_up 1', [UP]],
  ['a 1\npromregator_up{app="x"} 1\nb 2\n', [UP]],
  ['a 1\npromregator_up\t1\n', [UP]],
  ['# TYPE promregator_up gauge\n', [UP]],
  ['#  HELP\tpromregator_up text\n', [UP]],
  ['# HELP promregator_up\n', [UP]],
  ['# TYPE "promregator_up" gauge\n', [UP]],
  ['{"promregator_up"} 1\n', [UP]],
  ['{"promregator_up",a="b"} 1\n', [UP]],
  ['{a="x\\"y", "promregator_up"} 1\n', [UP]],
  [`${DURATION} 1\n${UP} 1\n`, [UP, DURATION]],
  ['promregator_upper 1\n', []],
  ['promregator_up_total 1\n', []],
  ['my_promregator_up 1\n', []],
  ['# HELP other says promregator_up 1\n', []],
  ['# promregator_up 1\n', []],
  ['a{x="promregator_up"} 1\n', []],
  ['a{x="\\"promregator_up "} 1\n', []],
  ['{"a",x="promregator_up"} 1\n', []],
  ['{"promregator_up"="x","a"} 1\n', []],
  ['{"promregator_up', []],
  ['', []],
];

describe('lines', () => {
  test.each(ROWS)('%j', (body, names) => {
    expect(scan('text', Buffer.from(body))).toEqual(names);
  });

  test.each(ROWS)('%j by the byte', (body, names) => {
    expect(scan('openmetrics', Buffer.from(body), Array(body.length).fill(1))).toEqual(names);
  });

  test('are found in any chunks', () => {
    const line = fc.constantFrom(...ROWS.map(([body]) => body), 'x 1\n', 'promregator_', '\n');
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, lengths) => {
        const body = Buffer.from(lines.join(''));
        expect(scan('text', body, lengths)).toEqual(scan('text', body));
      }),
      propertyRuns(),
    );
  });

  test('without end keep a bounded part', () => {
    const names = createNameScan('text');
    const chunk = Buffer.alloc(60_000, 'promregator_up');
    for (let count = 0; count < 100; count += 1) names.push(chunk);
    names.push(Buffer.from('\npromregator_up 1'));
    expect(names.found()).toEqual([UP]);
  });

  /** The work itself is counted in name-in-braces.test.ts; here all of the way, in chunks as a socket gives them. */
  test.each([
    ['blanks', '{x', ' '],
    ['quotes', '{', '"'],
    ['backslashes', '{"', '\\'],
    ['braces', '{', '{'],
    ['labels', '{', 'a="b",'],
    ['blanks in metadata', '#', ' '],
    ['blanks behind HELP', '# HELP', ' '],
    ['a long name', 'promregator_up', 'x'],
    ['our names', '', 'promregator_up'],
  ])('of 1 MB and %s are passed over, five times, in long and in short ones', (_, head, filling) => {
    for (const length of [1_000_000, 4000]) {
      const line = `${head}${filling.repeat(length / filling.length)}promregator_\n`;
      const body = Buffer.from(`${line.repeat(5_000_000 / length)}${UP} 1\n`);
      expect(scan('text', body, Array(80).fill(65_536))).toEqual([UP]);
    }
  });
});

describe('messages', () => {
  const family = (name: string, helpLength = 0) => {
    const help = Buffer.alloc(helpLength, 'promregator_up');
    const message = [0x0a, name.length, ...Buffer.from(name), 0x12, ...varint(helpLength), ...help];
    return Buffer.from([...varint(message.length), ...message]);
  };
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
  const own = ownSamples('protobuf', { up: 1, durationSeconds: 1 });

  test.each<[string, Buffer, readonly string[]]>([
    ['ours', own, [UP, DURATION]],
    ['ours behind others', Buffer.concat([family('a', 5000), own]), [UP, DURATION]],
    ['one of ours', Buffer.concat([family('a'), family(UP, 300), family('b')]), [UP]],
    ['help texts', family('a', 5000), []],
    ['longer names', family(`${UP}per`), []],
    ['empty messages', Buffer.concat([Buffer.from([0, 0]), family(UP)]), [UP]],
    ['no protobuf', Buffer.alloc(100, 0xff), []],
    ['nothing', Buffer.alloc(0), []],
  ])('%s', (_, body, names) => {
    expect(scan('protobuf', body)).toEqual(names);
    expect(scan('protobuf', body, Array(body.length).fill(1))).toEqual(names);
  });

  test('are found in any chunks, and any bytes are survived', () => {
    const part = fc.oneof(
      fc.constantFrom(family('a', 200), family(UP), family(DURATION, 9), own),
      fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat(60)), (parts, lengths) => {
        const body = Buffer.concat(parts);
        expect(scan('protobuf', body, lengths)).toEqual(scan('protobuf', body));
      }),
      propertyRuns(),
    );
  });
});
