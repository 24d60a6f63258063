import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { describeError } from '../base/errors.js';
import type { DatedInventory } from '../foundation/dated-inventory.js';
import type { Inventory } from '../foundation/inventory.js';
import { MOST_CONTENT_BYTES } from '../foundation/inventory-envelope.js';
import { RESOURCE_KINDS, TARGET_KINDS } from '../foundation/resources.js';
import type { HeldLease, ReplicaStore, Stored } from './replica-store.js';
import { type Answers, isNewer, type SharedHead, sameVersion, type ValueFacts, type Version } from './shared-head.js';
import { hashOf, type ValueCodec } from './shared-value.js';

export interface SharedCopyOptions {
  readonly store: ReplicaStore;
  readonly codec: ValueCodec;
  readonly clock: Clock;
  readonly known: () => DatedInventory | undefined;
  readonly judge: (dated: DatedInventory) => DatedInventory | string;
  readonly onTaken: (dated: DatedInventory) => void;
  readonly onUnusable: (reason: string) => void;
  /** What was written is not there any more, and is going to be written again. */
  readonly onLost: () => void;
}

/** `whole`: what is shared is here. `waiting`: the leader has not read yet. */
export type Heeded = 'whole' | 'waiting' | 'unusable';

/** What this replica knows of the shared value: what it has taken from there or put there. */
export interface SharedCopy {
  /** The newest that was seen. */
  readonly version: Version;
  readonly bytes: number;
  /** Takes what this head speaks of, unless it is here; `valueBytes` lie beside it. @throws {StoreError} */
  heed(head: SharedHead, valueBytes: number): Promise<Heeded>;
  /** Before it is written under a new lease: takes what is there, whoever has written it. @throws {StoreError} */
  catchUp(stored: Stored): Promise<void>;
  /**
   * Whether there is still what was written under this lease; else the value is to be written once more. A store that was
   * restored or failed over has perhaps an older one, and one that made room has none.
   */
  verify(stored: Stored): void;
  /** Writes what is new; false when the lease is lost. @throws {StoreError} */
  share(lease: HeldLease, answered: Answers): Promise<boolean>;
  /** The value is to be written once more. */
  forget(): void;
}

/** Of the value and what it was made of. */
interface Held {
  readonly facts: ValueFacts;
  readonly inventory: Inventory;
}

/** So long a leader may read its first lists while others wait for it. */
const READING_MS: Milliseconds = 60_000;

/** Lost again before that, it is not written again: a store that keeps nothing would get megabytes with each renewal. */
const WRITE_AGAIN_MS: Milliseconds = 60_000;
/** So long what was read here stands against what others read before it: a clock that is ahead must not win for ever. */
const OWN_COUNTS_MS: Milliseconds = 300_000;

export function createSharedCopy(options: SharedCopyOptions): SharedCopy {
  const { store, codec, clock } = options;
  let version: Version = { fence: 0, count: 0 };
  let held: Held | undefined;
  let waitingSince: Milliseconds | undefined;
  /** What may not be used here, and whose it was. */
  let refused: { readonly fence: number; readonly text: string } | undefined;
  /** Not to be read by this program: fetched again when it has been written anew, since it may be megabytes. */
  let unreadable: Version | undefined;
  /** Monotonic: since when what was read here stands against what is shared. */
  let ownSince: Milliseconds | undefined;
  /** What was last written beside the value, as text: nothing is written twice. */
  let written = '';
  /** The store may lack the value, also where nothing has changed. */
  let isLacking = true;
  let writtenAgainAt = Number.NEGATIVE_INFINITY;

  async function load(): Promise<Heeded> {
    const found = await store.fetch();
    const facts = found?.head.value;
    if (found === undefined || facts === undefined) return unusable('the shared inventory is gone');
    // Another leader may have written meanwhile; what is older than what we know stays unread.
    if (isNewer(version, found.head.version)) return 'waiting';
    unreadable = found.head.version;
    if (hashOf(found.value) !== facts.hash)
      return unusable('the shared inventory is damaged: its checksum does not fit');
    let unpacked: DatedInventory;
    try {
      unpacked = await codec.unpack(found.value);
    } catch (error) {
      return unusable(`the shared inventory cannot be read: ${describeError(error)}`);
    }
    unreadable = undefined;
    const dated = options.judge({ ...unpacked, readAtMs: facts.readAtMs });
    if (typeof dated === 'string') {
      refused = { fence: found.head.version.fence, text: textOf(facts) };
      return unusable(dated);
    }
    refused = undefined;
    version = found.head.version;
    held = { facts, inventory: dated.inventory };
    options.onTaken(dated);
    return 'whole';
  }

  function unusable(reason: string): Heeded {
    options.onUnusable(reason);
    return 'unusable';
  }

  /** What was read here, while there was nobody to take from, is not given up for what was read before it. */
  function isOwnLater({ readAtMs }: ValueFacts): boolean {
    const known = options.known();
    const isOwn = known !== undefined && known.inventory !== held?.inventory;
    if (!isOwn || newest(known.readAtMs) <= newest(readAtMs)) {
      ownSince = undefined;
      return false;
    }
    ownSince ??= clock.monotonic();
    return clock.monotonic() - ownSince < OWN_COUNTS_MS;
  }

  function forget(): void {
    written = '';
    isLacking = true;
  }

  function factsOf({ readAtMs }: DatedInventory, value: Buffer | undefined): ValueFacts | undefined {
    if (value !== undefined) return { hash: hashOf(value), bytes: value.length, readAtMs };
    return held && { ...held.facts, readAtMs };
  }

  function redate(facts: ValueFacts): void {
    const known = options.known();
    if (held === undefined || known?.inventory !== held.inventory || sameDates(facts, held.facts)) return;
    held = { ...held, facts };
    options.onTaken({ ...known, readAtMs: facts.readAtMs });
  }

  return {
    get version() {
      return version;
    },
    get bytes() {
      return held?.facts.bytes ?? 0;
    },
    async heed(head, valueBytes) {
      const { value } = head;
      if (value === undefined) {
        waitingSince ??= clock.monotonic();
        return clock.monotonic() - waitingSince < READING_MS ? 'waiting' : 'unusable';
      }
      waitingSince = undefined;
      if (refused?.text === textOf(value)) return 'unusable';
      if (isOwnLater(value)) {
        // Whose value was refused may be followed again once another one has been found good.
        if (refused?.fence === head.version.fence) return 'unusable';
        // Seen, so that nothing older is ever taken, but not here.
        if (isNewer(head.version, version)) version = head.version;
        return 'whole';
      }
      const isHere = held?.facts.hash === value.hash && options.known()?.inventory === held.inventory;
      if (!isHere && unreadable !== undefined && !isNewer(head.version, unreadable)) return 'unusable';
      if (!isHere) {
        // Of before what is here: its leader is going to see that.
        if (isNewer(version, head.version)) return 'waiting';
        const flaw = flawOf(value, valueBytes);
        return flaw === undefined ? await load() : unusable(flaw);
      }
      if (isNewer(head.version, version)) version = head.version;
      redate(value);
      return 'whole';
    },
    async catchUp({ head, valueBytes }) {
      forget();
      const facts = head?.value;
      if (facts === undefined || isOwnLater(facts) || flawOf(facts, valueBytes) !== undefined) return;
      if (facts.hash !== held?.facts.hash) await load();
      isLacking = facts.hash !== held?.facts.hash;
    },
    verify({ head, valueBytes }) {
      const isThere = head !== undefined && sameVersion(head.version, version);
      if (written === '' || (isThere && valueBytes === (head.value?.bytes ?? valueBytes))) return;
      const now = clock.monotonic();
      if (now < writtenAgainAt + WRITE_AGAIN_MS) return;
      writtenAgainAt = now;
      forget();
      options.onLost();
    },
    async share(lease, answered) {
      const known = options.known();
      const isWanted = known !== undefined && (isLacking || known.inventory !== held?.inventory);
      const value = isWanted ? await codec.pack(known, clock.now()) : undefined;
      const facts = known && factsOf(known, value);
      const text = JSON.stringify([facts && textOf(facts), answered]);
      if (text === written) return true;
      const count = version.fence === lease.fence ? version.count + 1 : 1;
      const head: SharedHead = { version: { fence: lease.fence, count }, value: facts, answered };
      if (!(await store.put(lease, value === undefined ? { head } : { head, value }))) return false;
      version = head.version;
      written = text;
      if (known === undefined || facts === undefined) return true;
      held = { facts, inventory: known.inventory };
      isLacking = false;
      return true;
    },
    forget,
  };
}

/** Why a value is not even fetched: it may be megabytes of anything. */
function flawOf({ bytes }: ValueFacts, valueBytes: number): string | undefined {
  if (valueBytes === 0) return 'the shared inventory is gone';
  if (valueBytes !== bytes) return 'the shared inventory is damaged: its size does not fit';
  return valueBytes > MOST_CONTENT_BYTES ? 'the shared inventory is too large' : undefined;
}

function newest(readAtMs: ValueFacts['readAtMs']): Milliseconds {
  return Math.max(...TARGET_KINDS.map((kind) => readAtMs[kind]));
}

/** Equal for facts that say the same; to the second, since our own times are computed anew from ages each time. */
function textOf({ hash, readAtMs }: ValueFacts): string {
  return [hash, ...RESOURCE_KINDS.map((kind) => Math.round(readAtMs[kind] / 1000))].join(' ');
}

function sameDates(one: ValueFacts, other: ValueFacts): boolean {
  return RESOURCE_KINDS.every((kind) => one.readAtMs[kind] === other.readAtMs[kind]);
}
