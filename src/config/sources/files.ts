import { resolve } from 'node:path';
import { describeError, errorCode } from '../../base/errors.js';
import { type Findings, problem, quote } from '../report.js';
import type { Environment } from './environment-source.js';

export interface ConfigFile {
  /** As it was named, for messages. */
  readonly name: string;
  readonly text: string;
}

export interface FileChoice {
  /** Values of `--config.file` and `--spring.config.location`. */
  readonly configFiles: readonly string[];
  readonly locations: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  /** Rejects with an error of code ENOENT when there is no such file. */
  readonly readFile: (path: string) => Promise<string>;
}

/** Files that somebody named all count, the last most; of those that are looked for, the first that is there. */
export async function readConfigFiles(choice: FileChoice, findings: Findings): Promise<readonly ConfigFile[]> {
  const named = namedFiles(choice, findings);
  if (named === undefined) return readFirst(choice, findings);
  const files: ConfigFile[] = [];
  for (const { name, optional } of named) {
    const outcome = await tryFile(choice, name);
    if ('file' in outcome) files.push(outcome.file);
    else if (!(optional && outcome.missing)) findings.problems.push(unreadable(name, outcome));
  }
  return files;
}

const FILE_NAME = 'promregator.yml';

interface Named {
  readonly name: string;
  readonly optional: boolean;
}

/** Undefined when nobody named any. `--config.file` counts alone, as the last word on the matter. */
function namedFiles(choice: FileChoice, findings: Findings): readonly Named[] | undefined {
  const [file] = choice.configFiles.slice(-1);
  if (file !== undefined) return [{ name: file, optional: false }];
  const argument = choice.locations.join(',');
  const location = argument === '' ? choice.env['SPRING_CONFIG_LOCATION'] : argument;
  if (location === undefined || location.trim() === '') return undefined;
  const parts = location.split(/[,;]/).map((part) => part.trim());
  return parts.filter((part) => part !== '').flatMap((part) => parseLocation(part, findings));
}

/** Spring's form of a place: `optional:` first, then `file:`, which may be left out; a directory ends in a slash. */
function parseLocation(text: string, findings: Findings): readonly Named[] {
  const optional = text.startsWith('optional:');
  const place = optional ? text.slice('optional:'.length) : text;
  const path = place.replace(/^file:(?:\/\/(?=\/))?/, '');
  if (/^(classpath\*?|configtree|env|https?):/.test(path) || path.endsWith('.properties')) {
    findings.problems.push(
      problem(undefined, ['spring', 'config', 'location'], {
        found: quote(text),
        expected: 'YAML files, since this version reads no others yet',
        remedy: 'name a file that ends in .yml',
      }),
    );
    return [];
  }
  return [{ name: path.endsWith('/') ? `${path}${FILE_NAME}` : path, optional }];
}

async function readFirst(choice: FileChoice, findings: Findings): Promise<readonly ConfigFile[]> {
  const candidates = candidateFiles(choice.env);
  for (const name of candidates) {
    const outcome = await tryFile(choice, name);
    if ('file' in outcome) return [outcome.file];
    if (!outcome.missing) findings.problems.push(unreadable(name, outcome));
  }
  return [];
}

/** Where a file is looked for when nobody names one. */
export function candidateFiles(env: Environment): readonly string[] {
  const directory = env['PROMREGATOR_CONFIG_DIR'];
  const elsewhere =
    directory === undefined || directory === '' ? [] : [`${directory.replace(/\/+$/, '')}/${FILE_NAME}`];
  return [`config/${FILE_NAME}`, FILE_NAME, ...elsewhere];
}

type Attempt = { readonly file: ConfigFile } | { readonly missing: boolean; readonly reason: string };

async function tryFile(choice: FileChoice, name: string): Promise<Attempt> {
  try {
    const text = await choice.readFile(resolve(choice.cwd, name));
    return { file: { name, text: text.replace(/^\uFEFF/, '') } };
  } catch (error) {
    const code = errorCode(error);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    return { missing, reason: missing ? 'no such file' : describeError(error) };
  }
}

function unreadable(name: string, attempt: { readonly reason: string }): ReturnType<typeof problem> {
  return problem({ kind: 'file', file: name }, [], {
    found: attempt.reason,
    expected: 'a readable configuration file, since it was named or stands where we look',
  });
}
