import { oneLine } from '../base/errors.js';
import { MASK, maskText } from './mask.js';
import { compareOrigins, formatOrigin, type Origin } from './origin.js';
import { formatPath, type Path } from './path.js';
import { findOrigin, findOwnOrigin, nodeAt, ownNodeAt, type TreeNode } from './tree.js';

/**
 * Something to change in the configuration, or, as a warning, to look at.
 *
 * `found` and `expected` complete the sentence "found …, expected …"; neither ever holds a secret. Where nothing is
 * expected, that is empty, and `found` is the whole sentence.
 */
export interface Problem {
  /** Undefined when the trouble is that nothing was written anywhere. */
  readonly origin: Origin | undefined;
  /** The option, `promregator.targets[3].orgRegex`; empty when a whole file is meant. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  /** What to do, as an imperative. */
  readonly remedy: string | undefined;
}

export type ProblemText = Pick<Problem, 'found' | 'expected'> & { readonly remedy?: string };

/** Collects what is wrong with the merged values, each at the place where the value was written. */
export interface Reporter {
  error(path: Path, text: ProblemText): void;
  /** An error about nothing being there; said only where nothing is wrong with what is there. */
  missing(path: Path, text: Omit<ProblemText, 'found'>): void;
  /** At the place of the value itself; without place for one that nobody wrote. */
  warning(path: Path, text: ProblemText): void;
  /** The same at a place that the caller knows better, such as that of a key instead of its value. */
  errorAt(origin: Origin | undefined, path: Path, text: ProblemText): void;
  warningAt(origin: Origin | undefined, path: Path, text: ProblemText): void;
  /** Whether an error has been reported at `path` or around it. */
  hasError(path: Path): boolean;
  /** Whether one has been reported at `path` or below it. */
  hasErrorBelow(path: Path): boolean;
}

/** The two lists that everything which reads configuration adds to. */
export interface Findings {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

export function createReporter(root: TreeNode, findings: Findings): Reporter {
  const about = (origin: Origin | undefined, path: Path, text: ProblemText): Problem => {
    return problem(origin, path, withoutSecret(ownNodeAt(root, path), text));
  };
  const error = (path: Path, text: ProblemText): void => {
    findings.problems.push(about(findOrigin(root, path), path, text));
  };
  const hasError = (path: Path): boolean => {
    const node = nodeAt(root, path);
    if (node?.kind === 'leaf' && node.faulty) return true;
    const around = path.map((_, at) => formatPath(path.slice(0, at + 1)));
    return findings.problems.some((each) => around.includes(each.path));
  };
  return {
    error,
    hasError,
    hasErrorBelow(path) {
      const here = formatPath(path);
      return findings.problems.some((each) => each.path === here || /^[.[]/.test(afterPrefix(each.path, here)));
    },
    missing(path, text) {
      if (!hasError(path)) error(path, { found: 'nothing', ...text });
    },
    warning: (path, text) => void findings.warnings.push(about(findOwnOrigin(root, path), path, text)),
    errorAt: (origin, path, text) => void findings.problems.push(problem(origin, path, text)),
    warningAt: (origin, path, text) => void findings.warnings.push(problem(origin, path, text)),
  };
}

/** What was encrypted is secret in any option; whoever checks the option does not know that it was. */
function withoutSecret(node: TreeNode | undefined, text: ProblemText): ProblemText {
  if (node?.kind !== 'leaf' || !node.secret || node.text === '') return text;
  const hide = (sentence: string): string => sentence.replaceAll(node.text, MASK).replace(/".*"/gs, MASK);
  const { found, expected, remedy } = text;
  return { found: hide(found), expected: hide(expected), ...(remedy === undefined ? {} : { remedy: hide(remedy) }) };
}

function afterPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : '';
}

export function problem(origin: Origin | undefined, path: Path, text: ProblemText): Problem {
  return {
    origin,
    path: formatPath(path),
    found: text.found,
    expected: text.expected,
    remedy: text.remedy,
  };
}

/** `promregator.yml:12:5: server.port: found "http", expected a whole number from 0 to 65535; write …`, in one line. */
export function formatProblem(problem: Problem): string {
  const place = problem.origin === undefined ? 'configuration' : formatOrigin(problem.origin);
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const remedy = problem.remedy === undefined ? '' : `; ${problem.remedy}`;
  const { found, expected } = problem;
  const sentence = expected === '' ? found : `found ${found}, expected ${expected}`;
  return oneLine(`${place}: ${path}${sentence}${remedy}`);
}

export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => compareOrigins(a.origin, b.origin));
}

/** Longer values are cut: a pasted certificate would hide the sentence. */
const LONGEST_QUOTE = 60;

/** A value as it may be shown, without the user of an address. Not for options that hold secrets. */
export function quote(text: string): string {
  const line = oneLine(maskText(text));
  const points = [...line];
  return points.length > LONGEST_QUOTE ? `"${points.slice(0, LONGEST_QUOTE).join('')}…"` : `"${line}"`;
}
