// Compiles, and lets the program be started by its name. What was there before stays in use until all is compiled.
import { execFileSync } from 'node:child_process';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const [MADE, LEFT] = [`${DIST}.${process.pid}`, `${DIST}.${process.pid}.old`];

try {
  execFileSync('tsc', ['-p', 'tsconfig.build.json', '--outDir', MADE], { cwd: ROOT, stdio: 'inherit' });
  chmodSync(`${MADE}/src/main.js`, 0o755);
  rename(DIST, LEFT);
  renameSync(MADE, DIST);
} finally {
  for (const folder of [MADE, LEFT]) rmSync(folder, { recursive: true, force: true });
}

function rename(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
