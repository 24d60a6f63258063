import type { Config, FoundationConfig } from '../config/config.js';
import type { DatedInventory } from '../foundation/dated-inventory.js';
import type { Pace } from '../foundation/pace.js';
import type { ResourceKind } from '../foundation/resources.js';
import type { Log } from '../telemetry/log.js';
import type { ConnectionLease } from './connection-sets.js';
import { apiConnections } from './connections.js';
import type { Selecting } from './directories.js';
import { fingerprint } from './fingerprint.js';
import {
  createFoundation,
  DEFAULT_NAME,
  type Foundation,
  type FoundationSurroundings,
  type KeptFoundation,
  type Known,
} from './foundation.js';
import type { Forgotten } from './judge-inventory.js';
import type { FoundationObservers } from './metrics-observers.js';

export interface FoundationsOptions extends FoundationSurroundings {
  readonly observe: (foundation: string) => FoundationObservers;
  readonly log: Log;
  /** An inventory of this foundation is new. */
  readonly onInventory: (foundation: string) => void;
}

/** All foundations of one process. What happens to one of them concerns no other. */
export interface Foundations {
  readonly all: readonly Foundation[];
  /**
   * Takes the foundations of a configuration, each with the scope of its rules. One whose options stay goes on; one that
   * changed, perhaps by its name, begins anew, and what was known of the same API stays in force until then; one that is
   * named no more ends.
   *
   * @throws what `lease` says, before anything has changed
   */
  configure(config: Config, selecting: readonly Selecting[], lease: ConnectionLease): void;
  /** Reads these lists of all foundations now. @throws {ApiError} of one that failed, when all have ended */
  refresh(kinds: readonly ResourceKind[]): Promise<void>;
  /** Asks for each foundation that knows nothing what an earlier process has left of it. */
  recall(of: (forgotten: Forgotten) => DatedInventory | undefined): void;
  /** Asks the replicas; resolves when each foundation has what they know, or will not have it soon. */
  join(): Promise<void>;
  start(): void;
  /** Leaves reading to the replicas, where there are some. Never rejects. */
  leave(): Promise<void>;
  stop(): void;
}

export function createFoundations(options: FoundationsOptions): Foundations {
  const { replicas } = options;
  let kept: readonly KeptFoundation[] = [];
  let started = false;

  /** One that runs on, or a new one that does not run yet. */
  function take(config: Config, foundation: FoundationConfig, { scope, lease }: Taking): KeptFoundation {
    const { name } = foundation;
    const connections = lease.of(apiConnections(config, foundation));
    const key = fingerprint([foundation, config.connectTo]);
    const before = kept.find((each) => each.name === name) ?? renamed(config, foundation);
    if (before?.key === key) return before;
    const next = createFoundation({
      ...options,
      key,
      foundation,
      scope,
      connections,
      inherited: inheritance(before, foundation),
      observe: options.observe(name),
      log: name === DEFAULT_NAME ? options.log : options.log.child(name),
      onInventory: () => options.onInventory(name),
    });
    if (before !== undefined && isSameUser(before, next)) keepPace(before.pace, next.pace);
    return next;
  }

  /** One with this API whose name is gone. */
  function renamed(config: Config, { apiOrigin }: FoundationConfig): KeptFoundation | undefined {
    const names = config.foundations.map(({ name }) => name);
    return kept.find((each) => each.apiOrigin === apiOrigin && !names.includes(each.name));
  }

  return {
    get all() {
      return kept;
    },
    configure(config, selecting, lease) {
      const rulesOf = new Map(selecting.map(({ foundation, ...rules }) => [foundation, rules]));
      const next = config.foundations.flatMap((foundation) => {
        const rules = rulesOf.get(foundation.name);
        return rules === undefined ? [] : [{ rules, taken: take(config, foundation, { scope: rules.scope, lease }) }];
      });
      const before = kept;
      kept = next.map(({ taken }) => taken);
      for (const each of before) if (!kept.includes(each)) each.reading.stop();
      replicas?.configure(config.replication);
      for (const { taken, rules } of next) {
        taken.follow(rules);
        if (started) taken.reading.start();
      }
    },
    async refresh(kinds) {
      const outcomes = await Promise.allSettled(kept.map(({ reading }) => reading.refresh(kinds)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
    recall(of) {
      for (const each of kept) {
        const dated = each.known === undefined ? of(each) : undefined;
        if (dated !== undefined) each.inherit({ ...dated, source: 'file' });
      }
    },
    async join() {
      replicas?.start();
      await Promise.all(kept.map(({ reading }) => reading.join()));
    },
    start() {
      started = true;
      replicas?.start();
      for (const { reading } of kept) reading.start();
    },
    async leave() {
      await Promise.all(kept.map(({ reading }) => reading.leave()));
    },
    stop() {
      started = false;
      for (const { reading } of kept) reading.stop();
    },
  };
}

/** What is known of the same API; of another one it says nothing. */
function inheritance(before: KeptFoundation | undefined, { name, apiOrigin }: FoundationConfig): Known | undefined {
  const known = before?.known;
  if (known === undefined || known.apiOrigin !== apiOrigin) return undefined;
  const { inventory } = known;
  return inventory.foundation === name ? known : { ...known, inventory: { ...inventory, foundation: name } };
}

function isSameUser(one: KeptFoundation, other: KeptFoundation): boolean {
  const isSameReader = one.reader.grant === other.reader.grant && one.reader.name === other.reader.name;
  return one.apiOrigin === other.apiOrigin && isSameReader;
}

/** What the API said of its limit is said to its user, whatever else has changed. */
function keepPace(before: Pace, next: Pace): void {
  if (before.allowance !== undefined) next.learn(before.allowance);
  if (before.pauseLeftMs > 0) next.pause(before.pauseLeftMs);
}

interface Taking {
  readonly scope: Selecting['scope'];
  readonly lease: ConnectionLease;
}
