import { createHash } from 'node:crypto';
import { VERSION } from '../base/version.js';
import type { DatedInventory } from '../foundation/dated-inventory.js';
import { seal, unseal } from '../foundation/inventory-envelope.js';
import { decodeInventories, encodeInventories } from '../foundation/inventory-file.js';

/** The bytes of a shared inventory: the form that it has on disk. */
export interface ValueCodec {
  pack(dated: DatedInventory, nowMs: number): Promise<Buffer>;
  /** @throws for anything else than what was packed */
  unpack(value: Buffer): Promise<DatedInventory>;
}

export const inventoryCodec: ValueCodec = {
  pack: (dated, nowMs) => seal(encodeInventories({ program: VERSION, writtenAtMs: nowMs, inventories: [dated] })),
  async unpack(value) {
    const [dated] = (await decodeInventories(await unseal(value))).inventories;
    if (dated === undefined) throw new Error('it holds no inventory');
    return dated;
  },
};

export function hashOf(value: Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}
