import type { Rule } from '../config/config.js';
import type { CompiledExpression } from '../config/name-expression.js';
import type { NameSelector } from '../config/name-selector.js';
import type { Log } from '../telemetry/log.js';

/** Tenants choose names; the beginning tells whose it is. */
const LONGEST_NAME = 200;

/** Says which expressions ran so long on a name that they were interrupted, and with which option of which rule. */
export function tellInterrupted(rules: readonly Rule[], log: Log): void {
  for (const rule of rules) {
    for (const [option, expression] of expressionsOf(rule)) {
      for (const name of expression.takeInterrupted()) {
        log.warn(
          'an expression ran too long on a name and was interrupted; the name counts as before, else as no match',
          {
            rule: rule.name,
            option,
            expression: expression.source,
            name: name.slice(0, LONGEST_NAME),
          },
        );
      }
    }
  }
}

function expressionsOf(rule: Rule): readonly (readonly [string, CompiledExpression])[] {
  const selected = (option: string, selector: NameSelector): readonly (readonly [string, CompiledExpression])[] =>
    selector.kind === 'expression' ? [[option, selector]] : [];
  return [
    ...selected('orgRegex', rule.organization),
    ...selected('spaceRegex', rule.space),
    ...selected('applicationRegex', rule.application),
    ...(rule.excludeApplication === undefined ? [] : [['excludeApplicationRegex', rule.excludeApplication] as const]),
    ...rule.preferredRouteRegex.map((expression) => ['preferredRouteRegex', expression] as const),
  ];
}
