import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { loadWritten, MANDATORY_ENV } from '../../test/support/config/load-written.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { formatPath } from './path.js';
import { formatProblem } from './report.js';
import { rootSchema } from './schema/root.js';
import { optionsOf, shapeOf } from './shape.js';

describe('no input', () => {
  const hidden = 'hunter2secret';

  test('makes it throw, as a text', async () => {
    await fc.assert(
      fc.asyncProperty(anyText(), fc.array(fc.string()), async (yaml, args) => {
        await loadWritten({ yaml, args });
      }),
      propertyRuns(100),
    );
  });

  test('makes it throw, as values where they do not belong', async () => {
    const name = fc.constantFrom(
      ...options().map(({ path }) => formatPath(path)),
      '__proto__',
      'a.b',
      'spring.x',
      'x[0]',
      '',
    );
    const value = fc.oneof(
      fc.json(),
      fc.constantFrom('*x', '&x [*x]', '!!int a', '~', '<<', '{<<: *x}', `$\{x}`, '-1'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value)), fc.array(fc.tuple(name, value)), async (lines, words) => {
        const yaml = lines.map(([key, text]) => `${key}: ${text}`).join('\n');
        const args = words.map(([key, text]) => `--${key}=${text}`);
        const outcome = await loadWritten({ yaml, args });
        if (!outcome.ok) expect(outcome.problems.length).toBeGreaterThan(0);
      }),
      propertyRuns(100),
    );
  });

  test.each([
    ['in a circle', 'a: &a [*a]\nb: &b {<<: *b}\nc: &c {d: *c}'],
    [
      'multiplied by anchors',
      [
        'a: &a0 [1,2,3,4,5,6,7,8,9]',
        ...Array.from(
          { length: 9 },
          (_, n) => `b${n}: &a${n + 1} [*a${n},*a${n},*a${n},*a${n},*a${n},*a${n},*a${n},*a${n},*a${n}]`,
        ),
      ].join('\n'),
    ],
    [
      'merged over and over',
      ['a: &a0 {x: 1}', ...Array.from({ length: 30 }, (_, n) => `b${n}: &a${n + 1} {<<: [*a${n}, *a${n}]}`)].join('\n'),
    ],
    ['nested without end', '['.repeat(20_000)],
    ['nested by aliases', `a: &a ${'{x: '.repeat(2000)}1${'}'.repeat(2000)}\nb: *a`],
    ['of large numbers', 'promregator.targets[99999999].orgName: a'],
  ])('%s is more than an error', async (_, yaml) => {
    expect(await loadWritten({ yaml })).toMatchObject({ ok: expect.any(Boolean) });
  });

  test('of many steps on the command line is more than an error', async () => {
    expect(await loadWritten({ args: [`--${'a.'.repeat(50_000)}a=1`] })).toMatchObject({ ok: true });
  });

  test.each([
    [{ yaml: `cf:\n  password: [${hidden}]` }],
    [{ yaml: `cf:\n  password: "${hidden}` }],
    [{ yaml: `cf:\n  password: @${hidden}` }],
    [{ yaml: `cf:\n  password: *${hidden}` }],
    [{ yaml: `cf:\n  password: a: ${hidden}` }],
    [{ yaml: `cf:\n  pasword: ${hidden}` }],
    [{ yaml: `cf.password: '{cipher}${hidden}'` }],
    [{ yaml: `cf.password: \${${hidden}}` }],
    [{ yaml: `cf.passwordFile: ${hidden}` }],
    [{ yaml: `server.port: $\{P}`, env: { P: `{cipher}${hidden}` } }],
    [{ env: { ...MANDATORY_ENV, VCAP_SERVICES: `{${hidden}` } }],
    [{ args: [`--cf.password`, hidden] }],
    [{ args: [`-Dcf.password=${hidden}`] }],
    [{ env: { ...MANDATORY_ENV, CF_API_HOST: `https://u:${hidden}@x/y` } }],
    [{ env: { ...MANDATORY_ENV, JAVA_OPTS: `-Dcf.password=${hidden}` } }],
    [{ yaml: `promregator.discovery.externalUrl: https://u:${hidden}@x/y` }],
    [{ yaml: 'server.port: x', env: { ...MANDATORY_ENV, CF_PASSWORD: hidden } }],
  ])('shows a secret: %j', async (written) => {
    const outcome = await loadWritten(written);
    const said = [...(outcome.ok ? [] : outcome.problems), ...outcome.warnings].map(formatProblem).join('\n');
    expect(said).not.toBe('');
    expect(said).not.toContain(hidden);
  });

  function options(): ReturnType<typeof optionsOf> {
    return optionsOf(shapeOf(rootSchema));
  }
});
