import type { Path } from '../path.js';
import type { Reporter } from '../report.js';

/** RFC 7617, 2: a colon ends the name, and control characters are not allowed. */
export function checkUserName(name: string, path: Path, reporter: Reporter): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!/[:\u0000-\u001f\u007f]/.test(name)) return;
  reporter.error(path, { found: 'a name with a colon or a control character', expected: 'one that HTTP can carry' });
}
