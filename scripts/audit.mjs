// Asks the registry for known weaknesses of the packages that run in production. Fails when there are any, and says so
// when the registry does not answer such questions, as mirrors often do not.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WITHIN_MS = 60_000;

const args = ['audit', '--omit=dev', '--json', '--package-lock-only', '--fetch-retries=1', '--loglevel=silent'];
const { stdout, error } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', timeout: WITHIN_MS });
const report = read(stdout);
const found = report?.metadata?.vulnerabilities?.total;

if (found === undefined) {
  const why = report?.message ?? report?.error?.summary ?? error?.message ?? 'npm audit gave no report';
  console.log(`not answered by this registry: audit of the packages (${why})`);
} else if (found > 0) {
  for (const { name, severity, via } of Object.values(report.vulnerabilities)) {
    const titles = via.map((each) => (typeof each === 'string' ? `by ${each}` : `${each.title}, ${each.url}`));
    console.error(`${name} (${severity}): ${titles.join('; ')}`);
  }
  console.error(`${found} known weaknesses in packages that run in production: take newer ones, or say why not`);
  process.exitCode = 1;
} else {
  console.log(`no known weakness in ${report.metadata.dependencies?.prod ?? 'the'} packages`);
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
