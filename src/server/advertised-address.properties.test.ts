import { IncomingMessage } from 'node:http';
import { isIPv6, Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { type AddressOptions, advertisedAddress } from './advertised-address.js';

const OPTIONS: AddressOptions = {
  hostname: undefined,
  port: undefined,
  scheme: undefined,
  externalUrl: undefined,
  believed: 'everybody',
  contextPath: '',
};

type Headers = Readonly<Partial<Record<string, string>>>;

function requestWith(headers: Headers): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  return request;
}

const PIECES = [
  ...[
    'prom.example.org',
    'a',
    '[::1]',
    '[fe80::1%eth0]',
    '[.:]',
    '::1',
    '10.0.0.1',
    ':',
    '80',
    '0',
    '65535',
    '65536',
    '99999',
  ],
  ...[
    '/',
    '@',
    '"',
    "'",
    ' ',
    '\t',
    ',',
    ';',
    '=',
    '\\',
    '?',
    '#',
    '<',
    '%',
    'é',
    'host=',
    'proto=',
    'https',
    'for=x',
    '..',
  ],
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }).map((pieces) => pieces.join('')),
  fc.string(),
);
const hostAndPort = fc
  .tuple(
    fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
    ),
    fc.integer({ min: 1, max: 65_535 }),
  )
  .map(([host, port]) => `${host}:${port}`);
const headers: fc.Arbitrary<Headers> = fc.record(
  {
    host: fc.oneof(hostile, hostAndPort),
    forwarded: fc.oneof(
      hostile,
      hostAndPort.map((host) => `proto=https;host="${host}"`),
    ),
    'x-forwarded-host': fc.oneof(hostile, hostAndPort),
    'x-forwarded-proto': fc.oneof(hostile, fc.constantFrom('http', 'https')),
    'x-forwarded-port': fc.oneof(hostile, fc.nat({ max: 99_999 }).map(String)),
  },
  { requiredKeys: [] },
);

describe('the address for targets', () => {
  test('is a host and a port that can stand in a URL, whatever headers say', () => {
    fc.assert(
      fc.property(headers, (all) => {
        const { host, scheme } = advertisedAddress(requestWith(all), OPTIONS);
        const [, name = '', address, port] = /^(?:([\w.-]+)|\[([^\]]+)\]):(\d+)$/.exec(host) ?? [];
        expect(host).toMatch(/^(?:[\w.-]+|\[[^\]]+\]):\d+$/);
        expect(address === undefined ? name !== '' : isIPv6(address)).toBe(true);
        expect(Number(port)).toBeGreaterThanOrEqual(1);
        expect(Number(port)).toBeLessThanOrEqual(65_535);
        expect([undefined, 'http', 'https']).toContain(scheme);
      }),
      propertyRuns(2000),
    );
  });

  test('does not depend on what nobody believes', () => {
    fc.assert(
      fc.property(headers, (all) => {
        const options = { ...OPTIONS, believed: { contains: () => false } };
        const told = all['host'] === undefined ? {} : { host: all['host'] };
        expect(advertisedAddress(requestWith(all), options)).toEqual(advertisedAddress(requestWith(told), options));
      }),
      propertyRuns(300),
    );
  });

  test('is the same by either kind of header, and by a quoted host or a plain one', () => {
    fc.assert(
      fc.property(hostAndPort, fc.constantFrom('http', 'https'), (host, proto) => {
        const expected = { host, scheme: proto, pathPrefix: '' };
        for (const all of [
          { forwarded: `for=1.2.3.4;proto=${proto};host="${host}"` },
          { forwarded: `Host="${host}"; Proto=${proto.toUpperCase()}, host=inner;proto=http` },
          { 'x-forwarded-host': `${host}, inner`, 'x-forwarded-proto': proto },
        ]) {
          expect(advertisedAddress(requestWith({ host: 'inner:80', ...all }), OPTIONS)).toEqual(expected);
        }
      }),
      propertyRuns(),
    );
  });
});
