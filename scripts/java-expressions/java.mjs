import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('Matches.java', import.meta.url));

/**
 * Asks Java about cases `{ flag, expression, subjects }`. Gives Java's version, and for each case either
 * `{ error }` or `{ verdicts }`: true, false or null (Java did not come to an end) for each subject.
 */
export function askJava(cases, command = process.env.JAVA ?? 'java') {
  const questions = cases.map(({ flag, expression, subjects }) =>
    [flag, ...[expression, ...subjects].map(units)].join('\t'),
  );
  const run = spawnSync(command, [PROGRAM], {
    input: `${questions.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (run.status !== 0) throw new Error(`${command} failed: ${run.error ?? run.stderr}`);
  const [version, ...lines] = run.stdout.trimEnd().split('\n');
  if (lines.length !== cases.length) throw new Error(`${cases.length} questions, ${lines.length} answers`);
  return { version, answers: lines.map(readAnswer) };
}

function readAnswer(line) {
  const [verdicts, error] = line.split('\t');
  if (error !== undefined) return { error };
  return { verdicts: [...verdicts].map((verdict) => (verdict === '!' ? null : verdict === '1')) };
}

function units(text) {
  let result = '';
  for (let index = 0; index < text.length; index += 1) result += text.charCodeAt(index).toString(16).padStart(4, '0');
  return result;
}
