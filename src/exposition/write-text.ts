import { type FamilyHead, type MetricFamily, sampleLine } from './metric-family.js';

/** HELP and TYPE in text 0.0.4. */
export function textHead(family: FamilyHead): string {
  const help = family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const type = family.type === 'unknown' ? 'untyped' : family.type;
  return `# HELP ${family.name} ${help}\n# TYPE ${family.name} ${type}\n`;
}

/** Whole families in text 0.0.4. Each has a TYPE line, so that nothing inherits one (facts/prometheus.md 3.2). */
export function writeText(families: Iterable<MetricFamily>): string {
  let text = '';
  for (const family of families) {
    text += textHead(family);
    for (const sample of family.samples) text += sampleLine(sample);
  }
  return text;
}
