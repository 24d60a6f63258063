import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** From the ground up; rooms on one floor do not know each other (docs/architecture.md). */
const FLOORS: readonly (readonly string[])[] = [
  ['base'],
  ['config', 'exposition'],
  ['telemetry'],
  ['outbound'],
  ['foundation', 'credentials'],
  ['discovery'],
  ['scraping', 'replication'],
  ['server'],
  ['assembly'],
  ['app.ts'],
  ['cli'],
  ['main.ts'],
];

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every way to name another module: static, type-only, re-exported, dynamic and by `import('…').Type`. */
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\1/g;

function importsOf(file: string, text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(SPECIFIER)]
    .map((match) => match[2] ?? '')
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => ({
      from: file,
      to: relative(ROOT, resolve(ROOT, dirname(file), specifier)).replace(/\.js$/, '.ts'),
    }));
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function roomOf(file: string): string {
  const [house, room = ''] = file.split(sep);
  return house === 'src' ? room : (house ?? '');
}

function floorOf(file: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)));
}

/** What is wrong with an import, or undefined. */
function complaint({ from, to }: Import): string | undefined {
  const arrow = `${from} imports ${to}`;
  if (to.startsWith('test') || to.startsWith('bench')) return `${arrow}: nothing in the product needs tests`;
  if (from.startsWith('simulator')) {
    return to.startsWith('simulator') || to.startsWith(`src${sep}base`)
      ? undefined
      : `${arrow}: the simulator knows base only`;
  }
  if (to.startsWith('simulator')) return roomOf(from) === 'cli' ? undefined : `${arrow}: only cli knows the simulator`;
  if (floorOf(from) < 0 || floorOf(to) < 0) return `${arrow}: a room that stands on no floor`;
  if (roomOf(from) === roomOf(to)) return undefined;
  return floorOf(to) < floorOf(from) ? undefined : `${arrow}: upward or sideways`;
}

/** Files on a circle of imports, by depth-first search. */
function findCircle(imports: readonly Import[]): readonly string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  function visit(file: string, path: readonly string[]): readonly string[] | undefined {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of next.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  }
  for (const file of next.keys()) {
    const circle = visit(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe('the house', () => {
  const files = [...sourceFiles('src'), ...sourceFiles('simulator')];
  const imports = files.flatMap((file) => importsOf(file, readFileSync(join(ROOT, file), 'utf8')));

  test('has files and imports to look at', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(files.length);
  });

  test('has no import that goes up or sideways', () => {
    expect(imports.map(complaint).filter((each) => each !== undefined)).toEqual([]);
  });

  test('has no circle of imports', () => {
    expect(findCircle(imports)).toBeUndefined();
  });

  test('has no `any` and no non-null assertion silenced', () => {
    const silenced = files.filter((file) =>
      /biome-ignore.*(noExplicitAny|noNonNull)|@ts-(ignore|expect-error|nocheck)/.test(
        readFileSync(join(ROOT, file), 'utf8'),
      ),
    );
    expect(silenced).toEqual([]);
  });
});

describe('the check itself', () => {
  test.each([
    ["import { a } from '../server/guard.js';", 'src/scraping/x.ts', true],
    ["import type { a } from '../credentials/a.js';", 'src/foundation/x.ts', true],
    ["export * from '../app.js';", 'src/server/x.ts', true],
    ["const a = await import('../../simulator/simulator.js');", 'src/server/x.ts', true],
    ["import '../src/config/config.js';", 'simulator/x.ts', true],
    ["let a: import('../cli/serve.js').A;", 'src/base/x.ts', true],
    ["import { a } from '../base/clock.js';", 'src/server/x.ts', false],
    ["import { a } from '../../simulator/simulator.js';", 'src/cli/x.ts', false],
    ["// import { a } from '../server/guard.js';", 'src/base/x.ts', false],
  ])('%s in %s', (code, file, wrong) => {
    expect(
      importsOf(file, code)
        .map(complaint)
        .filter((each) => each !== undefined).length > 0,
    ).toBe(wrong);
  });

  test('sees a circle', () => {
    expect(
      findCircle([
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'c', to: 'a' },
      ]),
    ).toEqual(['a', 'b', 'c', 'a']);
  });
});
