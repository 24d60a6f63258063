import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitsOf } from '../../test/support/address-bits.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { createNoProxy } from './no-proxy.js';

const piece = fc.constantFrom(
  '*',
  '.',
  '=',
  '/',
  ':',
  '[',
  ']',
  ',',
  ' ',
  '8',
  '10.0.0.0',
  '::1',
  'example',
  '%',
  '(',
  '\\',
  '-',
);
const entry = fc.oneof(
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.string(),
);
const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('', '.', '*', 'localhost', 'a.localhost'),
  fc.string(),
);
const port = fc.integer({ min: 1, max: 65_535 });

describe('a list of hosts without proxy', () => {
  test('of any texts answers for any host', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), host, port, (entries, name, toPort) => {
        expect(typeof createNoProxy(entries)(name, toPort)).toBe('boolean');
      }),
      propertyRuns(500),
    );
  });

  test('is the union of its entries, however they are parted', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), host, port, (entries, name, toPort) => {
        const each = entries.some((one) => createNoProxy([one])(name, toPort)) || createNoProxy([])(name, toPort);
        expect(createNoProxy(entries)(name, toPort)).toBe(each);
        expect(createNoProxy([entries.join(' , ')])(name, toPort)).toBe(each);
      }),
      propertyRuns(500),
    );
  });

  test('takes a domain with all below it, in any case, and none beside it', () => {
    fc.assert(
      fc.property(fc.domain(), fc.domain(), port, (domain, other, toPort) => {
        const noProxy = createNoProxy([domain]);
        const shouted = createNoProxy([domain.toUpperCase()]);
        for (const name of [domain, `${other}.${domain}`, `${domain}.`]) {
          expect([name, noProxy(name, toPort), shouted(name, toPort)]).toEqual([name, true, true]);
        }
        expect(noProxy(`x${domain}`, toPort)).toBe(false);
        expect(noProxy(`${domain}.org`, toPort)).toBe(`${domain}.org`.endsWith(`.${domain}`));
        expect(createNoProxy([`.${domain}`])(domain, toPort)).toBe(false);
        expect(createNoProxy([`=${domain}`])(`a.${domain}`, toPort)).toBe(false);
        expect(createNoProxy([`${domain}:${toPort}`])(domain, (toPort % 65_535) + 1)).toBe(false);
      }),
      propertyRuns(),
    );
  });

  test('takes a network by its bits, as counting them shows', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.nat({ max: 32 }), (network, address, bits) => {
        const loopback = address.startsWith('127.');
        const expected = loopback || bitsOf(network).slice(0, bits) === bitsOf(address).slice(0, bits);
        expect(isIP(network) === 4 && createNoProxy([`${network}/${bits}`])(address, 443)).toBe(expected);
      }),
      propertyRuns(300),
    );
  });
});
