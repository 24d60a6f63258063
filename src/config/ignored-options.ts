import type { IgnoredOption } from './sources/source.js';

/** What is ignored, as one text for each reason: `cf.threadPool.size, -Xmx1g (there are no thread pools to size)`. */
export function groupIgnored(ignored: readonly IgnoredOption[]): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { path, reason } of ignored) byReason.set(reason, [...(byReason.get(reason) ?? []), path]);
  return [...byReason].map(([reason, paths]) => `${paths.join(', ')} (${reason})`);
}
