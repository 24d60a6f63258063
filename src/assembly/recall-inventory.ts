import type { Clock } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import type { Log } from '../telemetry/log.js';
import type { Foundations } from './foundations.js';
import type { InventoryStore, InventoryStoreSettings } from './inventory-store.js';
import { judgeInventory } from './judge-inventory.js';

export interface RecallParts {
  readonly store: InventoryStore;
  readonly foundations: Foundations;
  readonly settings: InventoryStoreSettings | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Lets the foundations go by what an earlier process has left, until their lists have been read. Says of each whether it
 * does. Never rejects.
 */
export async function recallInventories({ store, foundations, settings, clock, log }: RecallParts): Promise<void> {
  const stored = await store.read();
  if (settings === undefined || stored.length === 0) return;
  const { file, maxAgeMs } = settings;
  foundations.recall((forgotten) => {
    const recalled = judgeInventory(stored, forgotten, { nowMs: clock.now(), maxAgeMs });
    const facts = { foundation: forgotten.name, file };
    if (!recalled.ok) {
      log.warn('the inventory on disk is not used', { ...facts, reason: recalled.reason });
      return undefined;
    }
    const age = formatDuration(recalled.ageMs);
    log.info('until the lists have been read, targets are those of the inventory on disk', { ...facts, age });
    return recalled.dated;
  });
}
