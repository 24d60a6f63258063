import { expect, test } from 'vitest';
import { configOf } from '../../test/support/config/outcome.js';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { tellInterrupted } from './interrupted-expressions.js';

const HOSTILE = `${'a'.repeat(40)}!`;

test.each<[string, string, 'application' | 'excludeApplication']>([
  ['applicationRegex', 'applicationRegex: "(a+)+"', 'application'],
  ['excludeApplicationRegex', 'excludeApplicationRegex: "(a+)+"', 'excludeApplication'],
])('%s: the rule, the option and the name are said once', async (option, text, part) => {
  const { rules } = await configOf({ yaml: `promregator: {targets: [{id: shop, ${text}}]}` });
  const expression = rules[0]?.[part];
  if (expression === undefined || !('test' in expression)) throw new Error('a rule without its expression');
  expect(expression.test(HOSTILE)).toBe(false);
  const logged = recordedLog();
  tellInterrupted(rules, logged.log);
  tellInterrupted(rules, logged.log);
  expect(logged.lines).toHaveLength(1);
  expect(logged.lines[0]).toContain(`rule=shop option=${option} expression=(a+)+ name=${HOSTILE}`);
});
