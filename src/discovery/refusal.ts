import type { App } from '../foundation/resources.js';
import type { LeftOutReason } from './directory.js';
import { rememberingTest } from './name-selector.js';
import type { Rule } from './rules.js';

export interface Refusal {
  readonly reason: LeftOutReason;
  /** The reason in words. */
  readonly detail: string;
}

/** What a rule says against applications that it names otherwise. The texts are shared: there may be thousands. */
export function refusalOf({ excludeApplication, labelSelector }: Rule): (app: App) => Refusal | undefined {
  if (excludeApplication === undefined && labelSelector === undefined) return () => undefined;
  const isExcluded = rememberingTest((name) => excludeApplication?.test(name) ?? false);
  const excluded: Refusal = {
    reason: 'excluded',
    detail: `its name matches ${excludeApplication?.source}, which the rule excludes`,
  };
  const unlabelled: Refusal = {
    reason: 'label_selector',
    detail: `its labels do not fulfil ${labelSelector?.source}`,
  };
  return ({ name, labels }) => {
    if (isExcluded(name)) return excluded;
    return labelSelector?.test(labels) === false ? unlabelled : undefined;
  };
}
