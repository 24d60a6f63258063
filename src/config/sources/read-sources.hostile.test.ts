import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWrittenSources } from '../../../test/support/config/read-written-sources.js';
import { propertyRuns } from '../../../test/support/property-runs.js';

const PIECES = [
  ...['spring.config.import', 'spring.profiles.active', 'spring', 'server.port', '__proto__', '[0]', 'a', '-D', '--'],
  ...['optional:', 'file:', 'configtree:', 'env:', 'classpath:', 'promregator.yml', '/', './', '*/', '..', ';', ','],
  ...['=', ':', ' ', '\n', '#---\n', '---\n', '"', "'", '{', '}', '[', ']', '\\', '\\u', '${', '!', '&', '|', '('],
];

test('no text of any source makes reading throw or run for ever', async () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(''));
  const written = fc.record({
    yaml: text,
    properties: text,
    tree: text,
    SPRING_APPLICATION_JSON: text,
    JAVA_OPTS: text,
    SPRING_CONFIG_IMPORT: text,
    SPRING_CONFIG_ADDITIONAL_LOCATION: text,
    SPRING_CONFIG_NAME: text,
    SPRING_PROFILES_ACTIVE: text,
    args: fc.array(text, { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(written, async ({ yaml, properties, tree, args, ...env }) => {
      const files = { '/work/promregator.properties': properties, '/work/s/a': tree };
      const outcome = await readWrittenSources({ yaml, args, env, files });
      expect(outcome.problems.join('\n')).not.toContain('undefined');
    }),
    propertyRuns(500),
  );
});
