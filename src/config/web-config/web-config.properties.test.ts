import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../test/support/any-text.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { type Findings, formatProblem } from '../report.js';
import { readWebConfig } from './read-web-config.js';

const NAMES = [
  ...[
    'tls_server_config',
    'http_server_config',
    'basic_auth_users',
    'rate_limit',
    'cert_file',
    'key_file',
    'cert',
    'key',
    'headers',
  ],
  ...[
    'client_auth_type',
    'client_ca_file',
    'min_version',
    'cipher_suites',
    'curve_preferences',
    'http2',
    'interval',
    'burst',
  ],
  ...['X-Frame-Options', 'Strict-Transport-Security', '__proto__', 'constructor', 'alice', ''],
];
const name = fc.constantFrom(...NAMES);
const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    'a.crt',
    'RequireAndVerifyClientCert',
    'TLS12',
    'deny',
    true,
    1,
    '1s',
    '1h1m',
    '.s',
    '1.1.1s',
    null,
    '',
  ),
  fc.constant('$2y$10$abcdefghijklmnopqrstuuDzJ4yo9Gv1LyHnZ0G2l2wVhIv3h9ZJ6'),
  anyText(),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
}));
const PIECES = [
  'a: ',
  'b',
  '\n',
  '\n  ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '&x ',
  '*x',
  '<<: ',
  ',',
  '"',
  '---\n',
  '\t',
  ...NAMES.map((each) => `${each}: `),
];
/** Where they belong, so that what they hold is looked at. */
const wellPlaced = fc.record({
  http_server_config: fc.record({
    headers: fc.dictionary(
      fc.constantFrom('X-Frame-Options', 'Content-Security-Policy', 'x-xss-protection', 'Server'),
      scalar,
    ),
  }),
  basic_auth_users: fc.dictionary(
    name,
    anyText().map((password) => `hunter2${password}`),
  ),
  tls_server_config: fc.record({ cert: scalar, key: anyText().map((key) => `hunter2${key}`) }, { requiredKeys: [] }),
});
const text = fc.oneof(
  wellPlaced.map((json) => JSON.stringify(json)),
  fc.dictionary(name, value, { maxKeys: 4 }).map((json) => JSON.stringify(json)),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 15 }).map((pieces) => pieces.join('')),
  anyText(),
);

test('any text is a web config or problems, and no text is shown that may be a secret', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (written) => {
      const findings: Findings = { problems: [], warnings: [] };
      const readBytes = async (): Promise<Uint8Array> => Buffer.from('hunter2');
      const config = await readWebConfig({ file: 'web.yml', text: written, readBytes, findings });
      if (config === undefined) expect(findings.problems.length).toBeGreaterThan(0);
      for (const line of [...findings.problems, ...findings.warnings].map(formatProblem)) {
        expect(line).not.toMatch(/hunter2|undefined|[\r\n]/);
        // Where nothing is secret, what stands there is quoted.
        if (/ (?:basic_auth_users|tls_server_config\.key:)/.test(line))
          expect(line).not.toMatch(/abcdefghijklmnopqrstuu/);
      }
      for (const [header, each] of Object.entries(config?.headers ?? {})) {
        expect(header).toMatch(/^[a-z-]+$/);
        expect(each).toMatch(/^[\x20-\x7e]+$/);
      }
      const { intervalMs = 1, burst = 1 } = config?.rateLimit ?? {};
      expect(Number.isFinite(intervalMs) && intervalMs > 0 && burst >= 1).toBe(true);
    }),
    propertyRuns(500),
  );
});

test('a duration of the rate limit is what Go reads', async () => {
  const unit = fc.constantFrom<readonly [string, number]>(
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
    ['us', 0.001],
    ['ns', 1e-6],
  );
  const part = fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 9 }), unit);
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 3 }), async (parts) => {
      const sum = parts.reduce((before, [whole, tenths, [, ms]]) => before + (whole + tenths / 10) * ms, 0);
      fc.pre(sum > 0);
      const written = parts.map(([whole, tenths, [name_]]) => `${whole}.${tenths}${name_}`).join('');
      const findings: Findings = { problems: [], warnings: [] };
      const config = await readWebConfig({
        file: 'web.yml',
        text: `rate_limit: {interval: ${written}, burst: 1}`,
        readBytes: () => Promise.reject(new Error('no file is named')),
        findings,
      });
      expect(config?.rateLimit?.intervalMs).toBeCloseTo(sum, 6);
    }),
    propertyRuns(),
  );
});
