import type { YamlFault } from './yaml-fault.js';

/** Where a map or list began that is still open: its column, counted from 0, and the line, counted from 1. */
interface Block {
  readonly column: number;
  readonly line: number;
  readonly kind: 'item' | 'name';
}

/**
 * Tells which line is indented wrongly, and unlike which other, when that can be seen from the lines alone: people mend
 * indentation by looking at two lines. Undefined where the trouble may be another.
 */
export function explainIndentation(lines: readonly string[], faultyLine: number): YamlFault | undefined {
  const blocks = blocksBefore(lines, faultyLine);
  const [own] = blocksOf(lines[faultyLine - 1] ?? '', faultyLine);
  if (own === undefined) return undefined;
  const left = blocks.filter(({ column }) => column > own.column);
  const fits = blocks.some(({ column, kind }) => column === own.column && kind === own.kind);
  const [neighbour] = left;
  if (neighbour !== undefined && !fits) return fault(own, `less than its neighbour in line ${neighbour.line}`);
  return explainNext(lines, faultyLine);
}

/** `name: value` with a line behind it that is indented deeper, as if the value were a map. */
function explainNext(lines: readonly string[], faultyLine: number): YamlFault | undefined {
  const line = lines[faultyLine - 1] ?? '';
  const name = blocksOf(line, faultyLine).at(-1);
  const at = lines.findIndex((each, index) => index >= faultyLine && !NO_CONTENT.test(each));
  const [next] = blocksOf(lines[at] ?? '', at + 1);
  if (name?.kind !== 'name' || next?.kind !== 'name' || next.column <= name.column) return undefined;
  return line.split(': ').length === 2 ? fault(next, `more than its neighbour in line ${faultyLine}`) : undefined;
}

function fault({ line, column }: Block, how: string): YamlFault {
  return {
    place: { line, column: column + 1 },
    text: { found: `a line indented ${how}`, expected: 'equal indentation in one map or list' },
  };
}

const NO_CONTENT = /^\s*(?:#.*)?$/;

function blocksBefore(lines: readonly string[], faultyLine: number): readonly Block[] {
  let open: readonly Block[] = [];
  for (const [index, line] of lines.slice(0, faultyLine - 1).entries()) {
    if (NO_CONTENT.test(line)) continue;
    if (/^---(?:\s|$)/.test(line)) open = [];
    for (const block of blocksOf(line, index + 1)) {
      // Items may stand below their list's name, in the same column.
      const around = open.filter(
        ({ column, kind }) =>
          column < block.column || (column === block.column && (kind === block.kind || kind === 'name')),
      );
      const known = around.some(({ column, kind }) => column === block.column && kind === block.kind);
      open = known ? around : [...around, block];
    }
  }
  return open;
}

/** The items and the name that a line begins with: `- - name: value` has three. */
function blocksOf(line: string, number: number): readonly Block[] {
  const blocks: Block[] = [];
  let column = /^ */.exec(line)?.[0].length ?? 0;
  for (;;) {
    const item = /^-(?: +|$)/.exec(line.slice(column))?.[0];
    if (item === undefined) break;
    blocks.push({ column, line: number, kind: 'item' });
    column += item.length;
  }
  if (/^(?:"[^"]*"|'[^']*'|[^\s#"'{[&*!|>-][^:]*?) *:(?:\s|$)/.test(line.slice(column))) {
    blocks.push({ column, line: number, kind: 'name' });
  }
  return blocks;
}
