import { rootSchema } from './schema/root.js';
import { type ObjectShape, shapeOf } from './shape.js';

/** What the schema says of names, lists and texts. */
export function rootShape(): ObjectShape {
  const shape = shapeOf(rootSchema);
  if (shape.kind !== 'object') throw new TypeError('the schema is an object');
  return shape;
}
