import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { createAcceptNegotiation, cutAccept, DEFAULT_ACCEPT, preferredFormat } from './accept.js';

/** facts/prometheus.md 2.1, bytes as sent. */
const V2_33 = 'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const V2_40 =
  'application/openmetrics-text;version=1.0.0;q=0.75,application/openmetrics-text;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const V2_42 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const V2_53 =
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const V2_49_0 = V2_53.replace('*/*;q=0.2', '*/*;q=2');
const V3_0 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;escaping=allow-utf-8;q=0.3,*/*;q=0.2';
const V3_4 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const V3_4_PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';
const TEXT_ONLY = 'text/plain;version=0.0.4;q=0.6,*/*;q=0.5';

describe('cutAccept', () => {
  test.each([
    ['2.42', V2_42],
    ['2.40', V2_40],
    ['2.53', V2_53],
    ['3.4', V3_4],
    ['3.4 with protobuf', V3_4_PROTOBUF],
    ['text alone', TEXT_ONLY],
    ['curl', '*/*'],
  ])('asks for what Prometheus %s asks for, to the byte', (_, accept) => {
    expect(cutAccept(accept)).toBe(accept);
  });

  test.each([
    ['no header', undefined, DEFAULT_ACCEPT],
    ['an empty one', '', DEFAULT_ACCEPT],
    ['nothing that we pass on', 'text/html,application/json;q=0.9', DEFAULT_ACCEPT],
    ['more than 2,000 characters', `text/plain,${'x'.repeat(1990)}`, DEFAULT_ACCEPT],
    ['2,000 characters', `text/plain,${'x'.repeat(1989)}`, 'text/plain'],
    ['16 KB of quotes', `text/plain,"${'\\"'.repeat(8000)}`, DEFAULT_ACCEPT],
    ['quotes that nobody closes', 'text/plain,x/y;z="\\",*/*', 'text/plain'],
    ['exclusions alone', 'application/openmetrics-text;q=0', DEFAULT_ACCEPT],
    ['blanks', V2_33, V2_33.replace('; ', ';')],
    ['a parameter that stands twice', V3_0, V3_0.replace(';escaping=allow-utf-8;escaping', ';escaping')],
    ['a quality out of range', V2_49_0, V2_53.replace('*/*;q=0.2', '*/*;q=1')],
    ['a browser', 'text/html,application/xml;q=0.9,image/webp,*/*;q=0.8', '*/*;q=0.8'],
    ['an exclusion beside others', '*/*, Text/Plain;Q=0', '*/*,text/plain;q=0'],
    [
      'other versions',
      'application/openmetrics-text;version=2.0.0,text/plain;version=0.0.4',
      'text/plain;version=0.0.4',
    ],
    ['other messages', 'application/vnd.google.protobuf;proto=x.Y;encoding=delimited,*/*;q=0.1', '*/*;q=0.1'],
    ['protobuf that is not delimited', 'application/vnd.google.protobuf,*/*;q=0.1', '*/*;q=0.1'],
    [
      'parameters that are none of ours',
      'text/plain;secret=1;version="0.0.4";proto=x;escaping=odd',
      'text/plain;version=0.0.4',
    ],
    ['a comma within quotes', 'text/plain;x="a,text/html,b";q=0.5', 'text/plain;q=0.5'],
  ])('cuts down %s', (_, accept, cut) => {
    expect(cutAccept(accept)).toBe(cut);
  });
});

describe('preferredFormat', () => {
  const OWN_METRICS = ['text', 'openmetrics'] as const;
  const ALL = ['text', 'openmetrics', 'protobuf'] as const;
  const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
  const OM = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
  const PROTO = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
  test.each([
    ['no header', undefined, ALL, TEXT],
    ['curl', '*/*', ALL, TEXT],
    ['more than 2,000 characters', `application/openmetrics-text,${'x'.repeat(1972)}`, ALL, TEXT],
    ['2.33', V2_33, ALL, 'application/openmetrics-text; version=0.0.1; charset=utf-8'],
    ['2.42', V2_42, ALL, OM],
    ['2.49.0', V2_49_0, ALL, OM],
    ['3.4', V3_4, ALL, `${OM}; escaping=allow-utf-8`],
    ['protobuf first', V3_4_PROTOBUF, ALL, PROTO],
    ['protobuf first where it is not offered', V3_4_PROTOBUF, OWN_METRICS, `${OM}; escaping=allow-utf-8`],
    ['text alone', TEXT_ONLY, ALL, TEXT],
    ['quality before order', 'text/plain;q=0.5,application/openmetrics-text;version=1.0.0;q=0.6', ALL, OM],
    ['order among equals', 'text/plain;q=0.5,application/openmetrics-text;version=1.0.0;q=0.5', ALL, TEXT],
    ['what is excluded', 'application/openmetrics-text;version=1.0.0;q=0', ALL, TEXT],
    ['no version', 'application/openmetrics-text', ALL, 'application/openmetrics-text; version=0.0.1; charset=utf-8'],
  ])('by %s', (_, accept, offered, contentType) => {
    expect(preferredFormat(accept, offered).contentType).toBe(contentType);
  });
});

describe('createAcceptNegotiation', () => {
  test('answers as the functions do, before and after its memory is full', () => {
    const negotiation = createAcceptNegotiation();
    const headers = Array.from({ length: 100 }, (_, index) => `text/plain;version=0.0.4;q=0.${index + 1}`);
    for (const accept of [...headers, undefined, V3_4, 'x'.repeat(2000), `*/*${','.repeat(2000)}`, V3_4, ...headers]) {
      expect(negotiation.cut(accept)).toBe(cutAccept(accept));
      expect(negotiation.preferred(accept, ['openmetrics', 'text'])).toEqual(
        preferredFormat(accept, ['openmetrics', 'text']),
      );
    }
  });
});

test('no header makes it throw or send on anything that is not a clause of ours', () => {
  const token = fc.constantFrom(
    'text/plain',
    '*/*',
    'application/openmetrics-text',
    ';',
    ',',
    'q=',
    '"',
    '\\',
    '=',
    ' ',
    '2',
    'version=',
  );
  const header = fc.oneof(
    fc.string(),
    fc.array(token, { maxLength: 30 }).map((parts) => parts.join('')),
  );
  const clause = /^(?:\*\/\*|text\/plain|application\/(?:openmetrics-text|vnd\.google\.protobuf))(?:;[a-z]+=[\w.-]+)*$/;
  fc.assert(
    fc.property(header, (accept) => {
      for (const each of cutAccept(accept).split(',')) expect(each).toMatch(clause);
      preferredFormat(accept, ['text', 'openmetrics', 'protobuf']);
    }),
    propertyRuns(),
  );
});
