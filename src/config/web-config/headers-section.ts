import { nearestName } from '../nearest-name.js';
import { quote } from '../report.js';
import type { Section } from './section.js';

/** The headers that exporter-toolkit allows, with the values that it allows; undefined: any (facts/prometheus.md 7.1). */
const ALLOWED: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  ['Content-Security-Policy', undefined],
  ['Strict-Transport-Security', undefined],
  ['X-Content-Type-Options', ['nosniff']],
  ['X-Frame-Options', ['deny', 'sameorigin']],
  ['X-XSS-Protection', undefined],
]);

/** Names as HTTP writes them within Node: in lower case. */
export function readHeaders(section: Section): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [written, value] of section.entries()) {
    const path = [...section.path, written];
    if (section.reporter.hasError(path)) continue;
    const name = [...ALLOWED.keys()].find((each) => each.toLowerCase() === written.toLowerCase());
    const values = name === undefined ? undefined : ALLOWED.get(name);
    if (name === undefined) {
      const nearest = nearestName(written, ALLOWED.keys());
      const remedy = nearest === undefined ? {} : { remedy: `did you mean ${nearest}?` };
      const expected = `one of ${[...ALLOWED.keys()].join(', ')}`;
      section.reporter.error(path, { found: 'a header that cannot be set', expected, ...remedy });
    } else if (values !== undefined && !values.includes(value.toLowerCase())) {
      section.reporter.error(path, { found: quote(value), expected: values.join(' or ') });
    } else if (!/^[\x20-\x7e]+$/.test(value)) {
      section.reporter.error(path, { found: quote(value), expected: 'a value of printable ASCII characters' });
    } else {
      headers[name.toLowerCase()] = value;
    }
  }
  return headers;
}
