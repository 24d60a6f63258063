import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { readVcap } from './vcap.js';

const word = fc.stringMatching(/^[a-z][a-z_-]{0,6}$/);
const key = fc.oneof(word, fc.constantFrom('__proto__', 'constructor', '', 'a.b', '[0]', 'name', 'label'));

describe('VCAP variables', () => {
  test('of any text are values or a warning that does not quote them', () => {
    const json = fc.oneof(
      fc.json({ maxDepth: 5 }),
      fc.string(),
      fc.constantFrom('{', '[]', 'null', '{"a":1}x', '['.repeat(10_000)),
    );
    fc.assert(
      fc.property(json, json, (VCAP_APPLICATION, VCAP_SERVICES) => {
        const warnings: Parameters<typeof readVcap>[1] = [];
        const values = readVcap({ VCAP_APPLICATION, VCAP_SERVICES }, warnings);
        for (const [name, { text }] of values) {
          expect(name).toMatch(/^vcap\.(?:application|services)/);
          expect(typeof text).toBe('string');
        }
        for (const { found } of warnings) expect(found).toBe('a text that is no JSON object (not shown)');
        expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      }),
      propertyRuns(500),
    );
  });

  test('are found by the way that leads to them, and nobody walks for ever', () => {
    const steps = fc.array(word, { minLength: 1, maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(steps, fc.string({ unit: 'grapheme' }), (names, text) => {
        const json = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), text);
        const values = readVcap({ VCAP_APPLICATION: JSON.stringify(json) }, []);
        const name = ['vcap.application', ...names].join('.');
        expect(values.get(name)?.text).toBe(names.length <= 32 ? text : undefined);
      }),
      propertyRuns(),
    );
  });

  test('of services keep their credentials secret, and only these', () => {
    const tree = fc.dictionary(key, fc.oneof(fc.string(), fc.array(fc.string()), fc.dictionary(key, fc.string())));
    fc.assert(
      fc.property(word, tree, tree, (name, credentials, other) => {
        const services = { db: [{ ...other, name, label: 'db', credentials }] };
        const values = readVcap({ VCAP_SERVICES: JSON.stringify(services) }, []);
        for (const [path, { secret }] of values) {
          if (path.startsWith(`vcap.services.${name}.credentials.`)) expect([path, secret]).toEqual([path, true]);
          else if (!path.includes('credentials')) expect([path, secret]).toEqual([path, false]);
        }
      }),
      propertyRuns(200),
    );
  });
});
