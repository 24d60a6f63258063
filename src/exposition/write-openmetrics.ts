import { type FamilyHead, type MetricFamily, sampleLine } from './metric-family.js';

/** What has to be the very last line of an OpenMetrics document, and nowhere else. */
export const OPENMETRICS_EOF = '# EOF\n';

const TOTAL_SUFFIX = '_total';

/** HELP and TYPE in OpenMetrics, where a counter's family lacks the `_total` of its samples, and help escapes quotes too. */
export function openMetricsHead(family: FamilyHead): string {
  const help = family.help.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  const name = openMetricsName(family);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${family.type}\n`;
}

/** Whole families as one OpenMetrics 1.0.0 document, `# EOF` included. */
export function writeOpenMetrics(families: Iterable<MetricFamily>): string {
  let text = '';
  for (const family of families) {
    text += openMetricsHead(family);
    for (const sample of family.samples) text += sampleLine(sample);
  }
  return text + OPENMETRICS_EOF;
}

function openMetricsName({ name, type }: FamilyHead): string {
  return type === 'counter' && name.endsWith(TOTAL_SUFFIX) ? name.slice(0, -TOTAL_SUFFIX.length) : name;
}
