import { expect, test } from 'vitest';
import { mostConnections } from './most-connections.js';

test.each([
  ['http', undefined, 10_000],
  ['http', Number.POSITIVE_INFINITY, 10_000],
  ['http', 1_048_576, 10_000],
  ['https', 1_048_576, 4_000],
  ['http', 20_000, 9_900],
  ['http', 16_384, 8_092],
  ['https', 1_024, 412],
  ['http', 100, 64],
] as const)('%s, with %s file descriptors: %d', (scheme, fileDescriptors, most) => {
  expect(mostConnections(scheme, fileDescriptors)).toBe(most);
});
