import type { Path } from '../path.js';
import { quote, type Reporter } from '../report.js';

/** Goes into metrics, logs and URLs as it stands. */
export function checkName(name: string, path: Path, reporter: Reporter): boolean {
  if (/^[A-Za-z0-9._-]+$/.test(name)) return true;
  reporter.error(path, { found: quote(name), expected: 'a name of letters, digits, ".", "_" and "-"' });
  return false;
}

/** Reports a name that an earlier one has; `seen` is added to. */
export function checkUnique(name: string, seen: Set<string>, path: Path, reporter: Reporter): void {
  const what = path.at(-1) === 'id' ? 'an id' : 'a name';
  if (seen.has(name)) {
    const remedy = `give it another ${what.split(' ')[1]}`;
    reporter.error(path, { found: quote(name), expected: `${what} that no earlier one has`, remedy });
  }
  seen.add(name);
}
