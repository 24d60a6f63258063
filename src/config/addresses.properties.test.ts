import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitsOf } from '../../test/support/address-bits.js';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { parseConnectTo } from './connect-to.js';
import { MASK, maskAddress, maskText } from './mask.js';
import { formatPath, relaxName, splitName } from './path.js';
import { parseProxyAddress } from './resolve/proxy-address.js';
import { parseExternalUrl, parseOrigin, trimPath } from './resolve/web-address.js';
import { createTrustedProxies, parseNetwork } from './trusted-proxies.js';

const PIECES = [
  ...[
    'http://',
    'https://',
    'HTTPS://',
    'ftp://',
    '//',
    '/',
    '\\',
    '@',
    ':',
    '::',
    '[',
    ']',
    '[::1]',
    '::1',
    '10.0.0.0',
    '/8',
    '/129',
  ],
  ...[
    '*',
    '.',
    '->',
    '→',
    'example.org',
    'user',
    '443',
    '0',
    '65536',
    ' ',
    '\n',
    '%',
    '%zz',
    '%41',
    '?',
    '#',
    '=',
    '&',
    'é',
    '-',
  ],
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 7 }).map((pieces) => pieces.join('')),
  anyText(),
);
const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
);
const port = fc.integer({ min: 1, max: 65_535 });

/** As a URL holds it, in which several spellings of one address become one. */
const inUrl = (written: string): string => new URL(`x://${written}`).hostname;

describe('addresses of any text', () => {
  test('are what can be connected to, or none', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const proxy = parseProxyAddress(text);
        if (proxy !== undefined) expect(URL.canParse(`http://${proxy.host}:${proxy.port ?? 80}/`)).toBe(true);
        const origin = parseOrigin(text);
        if (origin !== undefined) expect(new URL(origin).origin).toBe(origin);
        const external = parseExternalUrl(text);
        if (external !== undefined) {
          expect(external.port).toBeGreaterThan(0);
          expect(external.path).toMatch(/^(?:|\/[\x21-\x7e]*[^/])$/);
        }
        const connect = parseConnectTo(text);
        if (connect.ok) expect(connect.entry.address).toMatch(/^[\w.:-]+$/);
        const network = parseNetwork(text);
        if (network !== undefined) expect(createTrustedProxies([text]).contains(network.address)).toBe(true);
      }),
      propertyRuns(2000),
    );
  });

  test('are trimmed once and for all', () => {
    fc.assert(
      fc.property(hostile, (text) => void expect(trimPath(trimPath(text))).toBe(trimPath(text))),
      propertyRuns(300),
    );
  });
});

describe('an address that is well written', () => {
  test('of a proxy is read as it was meant, its user too', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(host, port, fc.option(fc.tuple(word, word)), (name, at, user) => {
        const credentials = user === null ? '' : `${user.map((each) => encodeURIComponent(each)).join(':')}@`;
        const proxy = parseProxyAddress(`http://${credentials}${name}:${at}/`);
        expect([proxy?.host, proxy?.port, proxy?.scheme]).toEqual([inUrl(name), at, 'http']);
        expect([proxy?.credentials?.username, proxy?.credentials?.password.reveal()]).toEqual(
          user ?? [undefined, undefined],
        );
      }),
      propertyRuns(),
    );
  });

  test('of a connection goes where it was meant to', () => {
    const optional = fc.option(port, { nil: undefined });
    fc.assert(
      fc.property(
        host,
        optional,
        host,
        optional,
        fc.constantFrom('->', ' → ', ' -> '),
        (from, port1, to, port2, arrow) => {
          const write = (name: string, at: number | undefined): string => (at === undefined ? name : `${name}:${at}`);
          const bare = (name: string): string => name.replace(/^\[|\]$/g, '');
          expect(parseConnectTo(write(from, port1) + arrow + write(to, port2))).toEqual({
            ok: true,
            entry: { hostPattern: bare(from).toLowerCase(), port: port1, address: bare(to), toPort: port2 },
          });
        },
      ),
      propertyRuns(),
    );
  });

  test('of a network holds what its bits say', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.nat({ max: 32 }), (network, peer, bits) => {
        const trusted = createTrustedProxies([`${network}/${bits}`]);
        const expected = bitsOf(network).slice(0, bits) === bitsOf(peer).slice(0, bits);
        expect([trusted.contains(peer), trusted.contains(`::ffff:${peer}`)]).toEqual([expected, expected]);
      }),
      propertyRuns(300),
    );
  });
});

describe('a value that is shown', () => {
  const password = fc
    .string({ unit: fc.constantFrom(..."abcXYZ019-._~!$&'*+,;=:%"), minLength: 1 })
    .map((text) => `hunter2${text}`);

  test('is without the password of its address', () => {
    fc.assert(
      fc.property(fc.constantFrom('http://', 'https://', ''), password, host, port, (scheme, secret, name, at) => {
        const text = `${scheme}user:${secret}@${name}:${at}/path`;
        expect(maskText(text)).toContain(`${MASK}@${name}:${at}/path`);
        expect(maskText(text)).not.toContain('hunter2');
        expect(maskAddress(text)).toBe(`${scheme}${MASK}@${name}:${at}/path`);
      }),
      propertyRuns(),
    );
  });

  test('is without what a query says in secret', () => {
    const value = fc.string({ unit: fc.constantFrom(...'abc019-._~%+'), minLength: 1 }).map((text) => `hunter2${text}`);
    fc.assert(
      fc.property(fc.constantFrom('password', 'client_secret', 'access_token', 'apiKey'), value, (name, secret) => {
        expect(maskText(`https://a/b?x=1&${name}=${secret}&y=2`)).toBe(`https://a/b?x=1&${name}=${MASK}&y=2`);
      }),
      propertyRuns(),
    );
  });
});

describe('the name of an option', () => {
  const segment = fc.oneof(
    fc.stringMatching(/^[a-zA-Z_-][a-zA-Z0-9_-]{0,8}$/),
    fc.constantFrom('__proto__', 'constructor', 'ä', ' '),
  );
  const path = fc
    .tuple(segment, fc.array(fc.oneof(segment, fc.nat({ max: 9999 })), { maxLength: 8 }))
    .map(([first, rest]) => [first, ...rest]);

  test('is split into the steps that it was made of', () => {
    fc.assert(
      fc.property(path, (steps) => void expect(splitName(formatPath(steps))).toEqual(steps)),
      propertyRuns(300),
    );
  });

  test('of any text has steps, and is relaxed once and for all', () => {
    const text = fc.oneof(
      fc
        .array(fc.constantFrom('a', '.', '[', ']', '0', '99999', '-', '_', 'A'), { maxLength: 12 })
        .map((all) => all.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (name) => {
        const steps = splitName(name);
        expect(steps.length).toBeGreaterThan(0);
        expect(steps.every((step) => typeof step === 'string' || (step >= 0 && step <= 9999))).toBe(true);
        expect(relaxName(relaxName(name))).toBe(relaxName(name));
      }),
      propertyRuns(500),
    );
  });
});
