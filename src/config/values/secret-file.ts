import { resolve } from 'node:path';
import { CodedError, errorCode } from '../../base/errors.js';
import type { Path } from '../path.js';
import { type Findings, problem, quote } from '../report.js';
import { describeFileError } from '../sources/file-errors.js';
import { type Leaf, leaf } from '../tree.js';

/** How files that hold secrets are read. */
export interface SecretFiles {
  /** Relative names start from here. */
  readonly cwd: string;
  /** Text of a file by absolute path; what was read so is watched for changes. */
  readonly readFile: (path: string) => Promise<string>;
}

const EXPECTED = 'the name of a file that holds the secret';
const NOT_SHOWN = 'the name is not shown, since a word without a slash may be the secret itself; ./ before it shows it';

/** The content of the file that `named` names, without one line break at its end. A fault is a problem at `path`. */
export async function readSecretFile(
  named: Leaf,
  path: Path,
  files: SecretFiles,
  findings: Findings,
): Promise<Leaf | undefined> {
  const file = resolve(files.cwd, named.text);
  const report = (trouble: string): undefined => {
    const shown = isPath(named);
    const place = shown ? `: ${quote(file)}` : ` in ${quote(files.cwd)}`;
    const expected = shown || named.secret ? EXPECTED : `${EXPECTED} (${NOT_SHOWN})`;
    findings.problems.push(problem(named.origin, path, { found: `${trouble}${place}`, expected }));
  };
  try {
    const text = (await files.readFile(file)).replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
    if (text === '') return report('an empty file');
    return { ...leaf(text, { kind: 'file', file }, named.keyOrigin), secret: true, through: named.origin };
  } catch (error) {
    const code = errorCode(error);
    // The error's own words would name the file.
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    if (error instanceof CodedError) return report(describeFileError(error));
    return report(missing ? 'no such file' : `a file that cannot be read (${code ?? 'for reasons unknown'})`);
  }
}

/** A word without a slash may be the secret itself, written into the wrong option: it is not shown. */
function isPath({ text, secret }: Leaf): boolean {
  return text.includes('/') && !secret;
}
