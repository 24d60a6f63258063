// Writes test/fixtures/java-expressions.json: what java.util.regex says of expressions and subjects. Needs Java 11 or newer
// ($JAVA, else `java`); the fixture in the project was written by Java 17, which the original runs on.
//
//   node scripts/java-expressions/write-fixture.mjs [--expressions=200] [--seed=1] [--output=file]
//
// For a larger corpus, name a file and let the test read it:
//
//   node scripts/java-expressions/write-fixture.mjs --expressions=20000 --output=/tmp/large.json
//   JAVA_EXPRESSIONS=/tmp/large.json npx vitest run src/config/java-expression
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { handWrittenCases } from './cases.mjs';
import { generateCases } from './generate.mjs';
import { askJava } from './java.mjs';

const { values } = parseArgs({
  options: {
    expressions: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    output: {
      type: 'string',
      default: fileURLToPath(new URL('../../test/fixtures/java-expressions.json', import.meta.url)),
    },
  },
});

const cases = [...handWrittenCases(), ...generateCases(Number(values.seed), Number(values.expressions))];
const { version, answers } = askJava(cases);
const rows = cases.map((asked, index) => ({ ...asked, ...answers[index] })).map(tidy);

// One row a line, so that a change can be read.
const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
writeFileSync(values.output, `{\n  "java": ${JSON.stringify(version)},\n  "rows": [\n${lines}\n  ]\n}\n`);

/** `verdicts` has what Java says of each subject; null where it came to no end. */
function tidy({ flag, expression, subjects, error, verdicts }) {
  return error === undefined ? { flag, expression, subjects, verdicts } : { flag, expression, error };
}
