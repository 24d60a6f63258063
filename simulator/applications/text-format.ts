import type { Family, HistogramSample, Labels } from './family.js';

/** `text`: version 0.0.4, where a counter's family has the name of its samples; `openmetrics`: 1.0.0, where it lacks `_total`. */
export type TextDialect = 'text' | 'openmetrics';

export const OPENMETRICS_END = '# EOF\n';

/** Families one after the other; the end mark of OpenMetrics is not part of it. */
export function writeText(families: readonly Family[], dialect: TextDialect): string {
  return families.map((family) => writeFamily(family, dialect)).join('');
}

function writeFamily(family: Family, dialect: TextDialect): string {
  const suffix = family.type === 'counter' ? '_total' : '';
  const name = dialect === 'text' ? family.name + suffix : family.name;
  let text = `# HELP ${name} ${escapeHelp(family.help)}\n# TYPE ${name} ${family.type}\n`;
  if (family.type === 'histogram') {
    for (const sample of family.samples) text += writeHistogram(family.name, sample);
    return text;
  }
  for (const sample of family.samples) {
    text += `${family.name}${suffix}${writeLabels(sample.labels)} ${sample.value}\n`;
  }
  return text;
}

function writeHistogram(name: string, sample: HistogramSample): string {
  const lines = sample.buckets.map(
    ([bound, count]) => `${name}_bucket${writeLabels([...sample.labels, ['le', String(bound)]])} ${count}`,
  );
  lines.push(`${name}_bucket${writeLabels([...sample.labels, ['le', '+Inf']])} ${sample.count}`);
  lines.push(`${name}_sum${writeLabels(sample.labels)} ${sample.sum}`);
  lines.push(`${name}_count${writeLabels(sample.labels)} ${sample.count}`);
  return `${lines.join('\n')}\n`;
}

function writeLabels(labels: Labels): string {
  if (labels.length === 0) return '';
  return `{${labels.map(([name, value]) => `${name}="${escapeValue(value)}"`).join(',')}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
