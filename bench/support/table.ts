/** Prints an aligned Markdown table, to be pasted into docs/performance.md as it is. */
export function printTable(columns: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = columns.map((column, index) =>
    Math.max(3, ...[column, ...rows.map((row) => row[index] ?? '')].map(widthOf)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, index) => pad(cells[index] ?? '', width, alignmentOf(index))).join(' | ')} |`;
  const rule = widths.map((width, index) =>
    alignmentOf(index) === 'left' ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  console.log(['', line(columns), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n'));
}

type Alignment = 'left' | 'right';

/** The first column names, the others count. */
function alignmentOf(index: number): Alignment {
  return index === 0 ? 'left' : 'right';
}

function pad(text: string, width: number, alignment: Alignment): string {
  const blanks = ' '.repeat(width - widthOf(text));
  return alignment === 'left' ? text + blanks : blanks + text;
}

/** Code points, not UTF-16 units. */
function widthOf(text: string): number {
  return [...text].length;
}
