import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatPath } from '../path.js';
import { optionsOf, shapeOf } from '../shape.js';
import { rootSchema } from './root.js';

describe('the schema', () => {
  const options = optionsOf(shapeOf(rootSchema));

  test.each(options.map(({ path, leaf }) => [formatPath(path), leaf] as const))('%s has its sentence', (path, leaf) => {
    // Lists say what they are for themselves; their items need no words.
    if (path.endsWith('[0]')) expect(leaf.type.kind).toBe('text');
    else expect(leaf.description).toMatch(/\.$/);
  });

  test('can be said as a JSON schema', () => {
    const text = JSON.stringify(z.toJSONSchema(rootSchema, { io: 'input' }));
    expect(text).toContain('"writeOnly":true');
    expect(text).toContain('"default":8080');
  });
});
