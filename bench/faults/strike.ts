import type { FaultAction, FaultRule, RequestKind } from '../../simulator/simulator.js';
import type { Lab } from './lab.js';
import type { Phase, PlatformFault } from './platform-row.js';

export const LISTS = ['organizations', 'spaces', 'domains', 'apps', 'processes', 'routes'] as const;

/** Beyond the first page of a list. */
const LATER_PAGES = '[?&]page=([2-9]|\\d\\d)';

export interface Strike extends Omit<PlatformFault, 'begin' | 'end'> {
  /** What befalls a request; by its kind where UAA says the same in other words. */
  action(kind: RequestKind, lab: Lab): FaultAction;
}

/** A fault that befalls requests: which of them, the phase says. */
export function striking({ action, ...rest }: Strike): PlatformFault {
  return {
    ...rest,
    begin(lab, phase) {
      for (const { kind, ...matcher } of rulesOf(phase)) {
        lab.simulator.faults.add({ ...matcher, kind, action: action(kind, lab) });
      }
    },
    end: (lab) => lab.simulator.faults.clear(),
  };
}

type Matcher = Omit<FaultRule, 'action' | 'kind'> & { readonly kind: RequestKind };

function rulesOf(phase: Phase): readonly Matcher[] {
  const kinds = (names: readonly RequestKind[]): Matcher[] => names.map((kind) => ({ kind }));
  switch (phase) {
    case 'first listing':
      return kinds(['root', 'token', ...LISTS]);
    case 'normal operation':
      return kinds(['root', ...LISTS]);
    case 'mid-paging':
      return LISTS.map((kind) => ({ kind, path: LATER_PAGES }));
    case 'token renewal':
      return kinds(['token']);
  }
}
