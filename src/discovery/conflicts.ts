import type { TargetApplication } from './directory.js';

/**
 * Sentences on what a later rule says about an application that an earlier one scrapes already at the same address. The
 * first rule decides about credentials too, which the author of the later one may not have meant. They name rules only,
 * so that many applications give one sentence.
 */
export function conflictsBetween(earlier: TargetApplication, later: TargetApplication): readonly string[] {
  const sentences: string[] = [];
  if (earlier.authenticatorId !== later.authenticatorId) {
    sentences.push(
      `${later.rule} names ${authenticator(later)} for applications that ${earlier.rule} scrapes already with ${authenticator(earlier)}; the earlier rule counts`,
    );
  }
  const differences: string[] = [];
  if (earlier.tlsId !== later.tlsId) differences.push('other TLS settings');
  if (earlier.scrapeIntervalMs !== later.scrapeIntervalMs || earlier.scrapeTimeoutMs !== later.scrapeTimeoutMs) {
    differences.push('another scrape interval or time-out');
  }
  for (const difference of differences) {
    sentences.push(
      `${later.rule} has ${difference} for applications that ${earlier.rule} scrapes already; the earlier rule counts`,
    );
  }
  return sentences;
}

function authenticator({ authenticatorId }: TargetApplication): string {
  return authenticatorId === undefined ? 'the default authenticator' : `authenticator '${authenticatorId}'`;
}
