import { accessFaults } from './access-faults.js';
import { answerFaults } from './answer-faults.js';
import { limitRow } from './limit-row.js';
import { PHASES, platformRow } from './platform-row.js';
import type { Row } from './row.js';

/** Every fault of Cloud Foundry in every phase. */
export function platformRows(): readonly Row[] {
  const faults = [...answerFaults(), ...accessFaults()];
  return [...faults.flatMap((fault) => PHASES.map((phase) => platformRow(fault, phase))), limitRow()];
}
