import type { CompiledExpression } from './name-expression.js';

/** Which organizations, spaces or applications a rule means. */
export type NameSelector =
  | { readonly kind: 'all' }
  /** An empty name is one that nobody has. */
  | { readonly kind: 'name'; readonly name: string }
  | ({ readonly kind: 'expression' } & CompiledExpression);
