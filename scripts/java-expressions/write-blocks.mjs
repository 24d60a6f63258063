// Writes src/config/java-expression/unicode-blocks.ts anew from what the installed Java knows.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('Blocks.java', import.meta.url));
const target = new URL('../../src/config/java-expression/unicode-blocks.ts', import.meta.url);

const run = spawnSync(process.env.JAVA ?? 'java', ['--add-opens', 'java.base/java.lang=ALL-UNNAMED', program], {
  encoding: 'utf8',
});
if (run.status !== 0) throw new Error(`java failed: ${run.error ?? run.stderr}`);
const rows = run.stdout
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [bounds, ...names] = line.split(' ');
    return names.map((name) => `${name} ${bounds}`);
  });
const text = readFileSync(target, 'utf8');
writeFileSync(
  target,
  text.replace(/(BLOCKS.*= `\n)[^`]*/, (_, head) => `${head}${rows.join('\n')}\n`),
);
