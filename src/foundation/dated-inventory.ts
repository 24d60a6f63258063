import type { Milliseconds } from '../base/duration.js';
import type { Inventory } from './inventory.js';
import type { ResourceKind } from './resources.js';

/** An inventory and where it comes from: enough to judge later, perhaps in another process, whether it may be used. */
export interface DatedInventory {
  readonly inventory: Inventory;
  readonly apiOrigin: string;
  /** Whose eyes it was seen with: another user may see other spaces. */
  readonly reader: Reader;
  /** When each list was asked for, in milliseconds since 1970. */
  readonly readAtMs: Readonly<Record<ResourceKind, Milliseconds>>;
}

/** Who asks the API: a user by password, or a client of UAA. */
export interface Reader {
  readonly grant: 'password' | 'client_credentials';
  readonly name: string;
}
