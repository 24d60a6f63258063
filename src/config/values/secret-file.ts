import { resolve } from 'node:path';
import { describeError, errorCode } from '../../base/errors.js';
import type { Path } from '../path.js';
import { type Findings, problem, quote } from '../report.js';
import { type Leaf, leaf } from '../tree.js';

/** How files that hold secrets are read. */
export interface SecretFiles {
  /** Relative names start from here. */
  readonly cwd: string;
  /** Text of a file by absolute path; what was read so is watched for changes. */
  readonly readFile: (path: string) => Promise<string>;
}

/** The content of the file that `named` names, without one line break at its end. A fault is a problem at `path`. */
export async function readSecretFile(
  named: Leaf,
  path: Path,
  files: SecretFiles,
  findings: Findings,
): Promise<Leaf | undefined> {
  const report = (reason: string, remedy: string): undefined => {
    const found = `${quote(named.text)}: ${reason}`;
    findings.problems.push(problem(named.origin, path, { found, expected: 'a file that holds the secret', remedy }));
  };
  const file = resolve(files.cwd, named.text);
  try {
    const text = (await files.readFile(file)).replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
    if (text === '') return report('an empty file', 'put the secret into it');
    return { ...leaf(text, { kind: 'file', file }, named.keyOrigin), secret: true, through: named.origin };
  } catch (error) {
    const missing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    return report(missing ? 'no such file' : describeError(error), `looked for as ${file}`);
  }
}
