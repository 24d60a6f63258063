import { visibleLine } from '../base/visible-text.js';

/** What is longer stands out of its own row: one long name is not to push the others' columns away. */
const WIDEST_COLUMN = 100;

/** Columns of text for a terminal, two spaces apart; numbers to the right. Each row is one line, whatever stands in it. */
export function textTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => {
    return row.map((cell) => ({
      text: visibleLine(String(cell)),
      isNumber: typeof cell === 'number',
    }));
  });
  const widths = head.map((_, column) => {
    const widest = cells.reduce((width, row) => Math.max(width, row[column]?.text.length ?? 0), 0);
    return Math.min(widest, WIDEST_COLUMN);
  });
  const lines = cells.map((row) => {
    const padded = row.map(({ text, isNumber }, column) => {
      const width = widths[column] ?? 0;
      return isNumber ? text.padStart(width) : text.padEnd(width);
    });
    return padded.join('  ').trimEnd();
  });
  return `${lines.join('\n')}\n`;
}
