import { expect, test } from 'vitest';
import { directoryOf, targetAt } from '../../test/support/scrape/directory.js';
import { createCurrentDirectory } from './current-directory.js';

test('of 100,000 Hosts that are made up, eight documents are kept', () => {
  const current = createCurrentDirectory();
  current.replace(directoryOf(targetAt('http://127.0.0.1:1')));
  const documentFor = (host: number): unknown =>
    current.document({ address: { host: `h${host}:80`, scheme: undefined, pathPrefix: '' }, ownMetrics: false });
  const last = new Map<number, unknown>();
  for (let host = 0; host < 100_000; host += 1) {
    const document = documentFor(host);
    if (host >= 99_950) last.set(host, document);
  }
  // Backwards, since each that is not kept is made anew and takes the place of another.
  const kept = [...last].reverse().filter(([host, document]) => documentFor(host) === document);
  expect(kept.map(([host]) => host)).toEqual(Array.from({ length: 8 }, (_, index) => 99_999 - index));
});
