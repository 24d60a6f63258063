import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Directory } from '../discovery/directory.js';
import { mergeDirectories } from '../discovery/merge-directories.js';
import { type SelectOptions, selectTargets } from '../discovery/select.js';
import type { Inventory } from '../foundation/inventory.js';
import type { Scope } from '../foundation/plan.js';

/** How the targets of one foundation are selected: everything but its inventory. */
export interface Selecting {
  readonly foundation: string;
  readonly scope: Scope;
  /** Equal for scopes that are: what replicas have to agree in to share an inventory. */
  readonly scopeText: string;
  readonly select: Omit<SelectOptions, 'inventory'>;
}

export interface Selected {
  readonly directory: Directory;
  /** Foundations whose lists have never been complete, so that their targets are not known. */
  readonly missing: ReadonlySet<string>;
  readonly selectedInMs: Milliseconds;
}

/** The directories of all foundations, each made anew only when its inventory or its rules changed. */
export interface Directories {
  configure(selecting: readonly Selecting[]): void;
  /** All targets that are known; undefined while there is nothing that could be handed out. */
  select(inventoryOf: (foundation: string) => Inventory | undefined): Selected;
}

interface Kept {
  readonly selecting: Selecting;
  readonly inventory: Inventory;
  readonly directory: Directory;
}

export function createDirectories(clock: Clock): Directories {
  let selecting: readonly Selecting[] = [];
  const kept = new Map<string, Kept>();

  /** Old before nothing: lists that do not cover the rules of a new configuration leave the targets of the old one. */
  function directoryOf(each: Selecting, inventory: Inventory | undefined): Directory | undefined {
    const last = kept.get(each.foundation);
    if (inventory === undefined || !each.scope.isCoveredBy(inventory)) return last?.directory;
    if (last?.selecting === each && last.inventory === inventory) return last.directory;
    const directory = selectTargets({ ...each.select, inventory });
    kept.set(each.foundation, { selecting: each, inventory, directory });
    return directory;
  }

  return {
    configure(next) {
      selecting = next;
      for (const name of kept.keys()) if (!next.some(({ foundation }) => foundation === name)) kept.delete(name);
    },
    select(inventoryOf) {
      const startedAt = clock.monotonic();
      const missing = new Set<string>();
      const found: Directory[] = [];
      for (const each of selecting) {
        const directory = directoryOf(each, inventoryOf(each.foundation));
        if (directory === undefined) missing.add(each.foundation);
        else found.push(directory);
      }
      return { directory: mergeDirectories(found), missing, selectedInMs: clock.monotonic() - startedAt };
    },
  };
}
