import { visibleText } from './visible-text.js';

/** Columns of text for a terminal, two spaces apart; numbers to the right. Each row is one line, whatever stands in it. */
export function textTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => {
    return row.map((cell) => ({
      text: visibleText(String(cell)).replaceAll('\n', '\\u000a'),
      isNumber: typeof cell === 'number',
    }));
  });
  const widths = head.map((_, column) => {
    return cells.reduce((widest, row) => Math.max(widest, row[column]?.text.length ?? 0), 0);
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
