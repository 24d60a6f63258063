import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../test/support/property-runs.js';
import { parseSimulatorArguments } from './arguments.js';
import { SimulatorError } from './simulator-error.js';

test('any arguments are options, or an error that names one of them', () => {
  const name = fc.constantFrom(
    '--organizations',
    '--spaces',
    '--port',
    '--rate-limit',
    '--scheme',
    '--password',
    '--seed',
    '--__proto__',
    'constructor',
    'toString',
    '--constructor',
    '-x',
    '',
  );
  const value = fc.oneof(
    fc.constantFrom('', '0', '1', '-1', '65535', '65536', '65537', '1e3', 'http', 'https', '99999999999'),
    fc.string(),
  );
  const argument = fc.oneof(
    fc.tuple(name, value).map((all) => all.join('=')),
    name,
  );
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 2 }), (args) => {
      try {
        const options = parseSimulatorArguments(args);
        for (const key of Object.keys(options)) expect(key).toMatch(/^[a-zA-Z]+$/);
        for (const each of Object.values(options)) expect(each).not.toBeNaN();
        expect(options.ports?.https ?? 0).toBeLessThanOrEqual(65_535);
      } catch (error) {
        expect(error).toBeInstanceOf(SimulatorError);
      }
    }),
    propertyRuns(2000),
  );
});
