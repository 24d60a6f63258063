import type { CompiledExpression } from './name-expression.js';

/** Which organizations, spaces or applications a rule means. */
export type NameSelector =
  | { readonly kind: 'all' }
  /** An empty name is one that nobody has. */
  | { readonly kind: 'name'; readonly name: string }
  | ({ readonly kind: 'expression' } & CompiledExpression);

/** Whether a rule means what Cloud Foundry calls `name`. Names are equal without regard to the case of ASCII letters. */
export function selectsName(selector: NameSelector, name: string): boolean {
  switch (selector.kind) {
    case 'all':
      return true;
    case 'name':
      return selector.name !== '' && lowerAscii(selector.name) === lowerAscii(name);
    case 'expression':
      return selector.test(name);
  }
}

/** Lower case for A to Z only. `toLowerCase` would turn the Kelvin sign into a k. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
