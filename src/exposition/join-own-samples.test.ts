import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { createEofHoldback } from './eof-holdback.js';
import { type BodyForm, createStreamedJoin, joinOwnSamples } from './join-own-samples.js';
import { leadingOpenMetricsSamples, ownDocument, ownSamples } from './own-samples.js';

const OUTCOME = { up: 1, durationSeconds: 0.5 } as const;
const OM_OWN = ownSamples('openmetrics', OUTCOME).toString();
const TEXT_OWN = ownSamples('text', OUTCOME).toString();

function whole(form: BodyForm, body: readonly Buffer[]): Buffer {
  return Buffer.concat([...joinOwnSamples(body, form, OUTCOME)]);
}

function streamed(form: BodyForm, body: readonly Buffer[]): Buffer {
  const join = createStreamedJoin(form);
  const head = join.start(OUTCOME);
  const passed = body.flatMap((chunk) => join.push(chunk));
  return Buffer.concat([head, ...passed, join.end(OUTCOME)]);
}

describe.each([
  ['whole', whole],
  ['streamed', streamed],
])('%s', (_, joined) => {
  test.each([
    ['text', 'a 1\n', `a 1\n${TEXT_OWN}`],
    ['text', 'a 1', `a 1${TEXT_OWN}`],
    ['openmetrics', 'a 1\n# EOF\n', `a 1\n${OM_OWN}# EOF\n`],
    ['openmetrics', 'a 1\n# EOF', `a 1\n${OM_OWN}# EOF`],
    ['openmetrics', '# EOF\n', `${OM_OWN}# EOF\n`],
    ['openmetrics', '# EOF', `${OM_OWN}# EOF`],
    ['openmetrics', 'a 1\n', 'a 1\n'],
    ['openmetrics', 'a# EOF\n', 'a# EOF\n'],
    ['openmetrics', 'abcdefgh# EOF', 'abcdefgh# EOF'],
    ['openmetrics', 'a 1\n# EOF\n\n', 'a 1\n# EOF\n\n'],
    ['openmetrics', '\n', '\n'],
  ] as const)('%s %j', (format, body, expected) => {
    const form: BodyForm = { format, coding: 'identity' };
    expect(joined(form, [Buffer.from(body)]).toString()).toBe(expected);
    const bytes = [...Buffer.from(body)].map((byte) => Buffer.from([byte]));
    expect(joined(form, bytes).toString()).toBe(expected);
  });

  test('protobuf and gzip get ours as messages and members', () => {
    const message = ownSamples('protobuf', OUTCOME);
    const body = Buffer.from([3, 10, 1, 97]);
    const packed = gzipSync(body);
    expect(joined({ format: 'protobuf', coding: 'identity' }, [body])).toEqual(Buffer.concat([body, message]));
    expect(gunzipSync(joined({ format: 'protobuf', coding: 'gzip' }, [packed]))).toEqual(
      Buffer.concat([body, message]),
    );
    expect(gunzipSync(joined({ format: 'text', coding: 'gzip' }, [gzipSync('a 1')])).toString()).toBe(`a 1${TEXT_OWN}`);
    expect(gunzipSync(joined({ format: 'openmetrics', coding: 'gzip' }, [gzipSync('a 1\n# EOF\n')])).toString()).toBe(
      `${leadingOpenMetricsSamples(OUTCOME)}a 1\n# EOF\n`,
    );
  });
});

test.each(['text', 'openmetrics', 'protobuf'] as const)('an empty %s body becomes our samples alone', (format) => {
  const document = ownDocument(format, OUTCOME);
  for (const body of [[], [Buffer.alloc(0)]]) {
    expect(whole({ format, coding: 'identity' }, body)).toEqual(document);
    expect(gunzipSync(whole({ format, coding: 'gzip' }, body))).toEqual(document);
  }
});

test('the holdback loses nothing, adds nothing and finds the end wherever chunks break', () => {
  const text = fc
    .tuple(fc.string({ unit: fc.constantFrom('a', '\n', '#', ' ', 'E') }), fc.constantFrom('', '# EOF', '# EOF\n'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(9)), (body, lengths) => {
      const holdback = createEofHoldback();
      let rest = Buffer.from(body);
      const out: Buffer[] = [];
      for (const length of [...lengths, rest.length]) {
        out.push(...holdback.push(rest.subarray(0, length)));
        rest = rest.subarray(length);
      }
      const tail = holdback.end();
      expect(Buffer.concat([...out, tail.body, tail.eof ?? Buffer.alloc(0)]).toString()).toBe(body);
      expect(tail.eof !== undefined).toBe(/(?:^|\n)# EOF\n?$/.test(body));
    }),
    propertyRuns(),
  );
});
