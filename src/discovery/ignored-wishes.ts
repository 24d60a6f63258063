import { oneLine } from '../base/errors.js';
import type { IgnoredWish } from './directory.js';
import { placeName } from './place-name.js';

/** Tenants write annotations, so they do not decide how many lines a log gets. */
const MOST_SENTENCES = 20;

/** Sentences for the log on wishes that are not honoured, in their order, each once; beyond a bound where to find all. */
export function ignoredWishWarnings(wishes: Iterable<IgnoredWish>): readonly string[] {
  const sentences = new Set<string>();
  for (const { organizationName, spaceName, appName, detail } of wishes) {
    const name = placeName(organizationName, spaceName, appName);
    const sentence = oneLine(`Application ${name} is scraped without regard to one of its wishes: ${detail}.`);
    if (sentences.size === MOST_SENTENCES && !sentences.has(sentence)) {
      return [
        ...sentences,
        'More applications have wishes that are not honoured: see ignoredWishes in /debug/discovery.',
      ];
    }
    sentences.add(sentence);
  }
  return [...sentences];
}
