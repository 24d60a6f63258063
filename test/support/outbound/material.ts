import { createReporter, type Findings, formatProblem } from '../../../src/config/report.js';
import type { MaterialContext } from '../../../src/config/tls-material/material.js';
import { mapNode } from '../../../src/config/tree.js';

export interface TestMaterial extends MaterialContext {
  readonly listFolder: (folder: string) => Promise<readonly string[]>;
  /** `path: found …, expected …`, in the order in which they were reported. */
  readonly errors: () => readonly string[];
  readonly warnings: () => readonly string[];
}

/** Files by name, as they lie in memory, and what is reported about them. */
export function materialOf(files: Readonly<Record<string, string | Uint8Array>> = {}): TestMaterial {
  const findings: Findings = { problems: [], warnings: [] };
  const failure = (code: string, name: string): Error => Object.assign(new Error(`${code}: open '${name}'`), { code });
  const say = (problem: Parameters<typeof formatProblem>[0]): string =>
    formatProblem(problem).replace(/^configuration: /, '');
  return {
    reporter: createReporter(mapNode({ kind: 'environment', name: 'variables' }), findings),
    readBytes: async (name) => {
      const content = files[name];
      if (content === undefined) throw failure('ENOENT', name);
      if (content === 'forbidden') throw failure('EACCES', name);
      return Buffer.from(content);
    },
    listFolder: async (folder) => {
      const names = Object.keys(files).filter((name) => name.startsWith(`${folder}/`));
      if (names.length === 0) throw failure('ENOENT', folder);
      return names.map((name) => name.slice(folder.length + 1)).reverse();
    },
    errors: () => findings.problems.map(say),
    warnings: () => findings.warnings.map(say),
  };
}
