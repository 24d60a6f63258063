import type { Clock, Timer } from '../base/clock.js';
import { formatDuration, type Milliseconds } from '../base/duration.js';
import { CodedError, describeError, errorCode } from '../base/errors.js';
import { VERSION } from '../base/version.js';
import type { DatedInventory } from '../foundation/dated-inventory.js';
import { MOST_CONTENT_BYTES, mayBeReplaced, seal, unseal } from '../foundation/inventory-envelope.js';
import { decodeInventories, encodeInventories } from '../foundation/inventory-file.js';
import { RESOURCE_KINDS } from '../foundation/resources.js';
import type { Log, LogFields } from '../telemetry/log.js';
import { readPrivateFile, removeLeftovers, replacePrivateFile } from './private-file.js';
import { writeRemedy } from './write-remedy.js';

export interface InventoryStoreSettings {
  readonly file: string;
  /** Older inventories are of no use at a start. */
  readonly maxAgeMs: Milliseconds;
}

export interface InventoryStoreOptions {
  /** All that is known now. */
  readonly known: () => readonly DatedInventory[];
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: { written(result: 'success' | 'failure'): void };
}

/** The inventories on disk, for a start while Cloud Foundry is away. Nothing else waits for it or fails with it. */
export interface InventoryStore {
  /** From now on; undefined writes nothing more. */
  configure(settings: InventoryStoreSettings | undefined): void;
  /** What an earlier process has left; nothing where that is of no use, with the reason in the log. Never rejects. */
  read(): Promise<readonly DatedInventory[]>;
  /** There is a new inventory: it is written soon. */
  changed(): void;
  /** Writes what is new since last time, and nothing after that. Never rejects. */
  stop(): Promise<void>;
}

/** Inventories come in groups, one for each foundation and list that changes. */
const SETTLE_MS: Milliseconds = 500;
const GAP_MS: Milliseconds = 5_000;
/** So often without any change: the file tells how old the lists are, and they are read all the time. */
const LONGEST_GAP_MS: Milliseconds = 300_000;
const RETRY_MS: Milliseconds = 60_000;
/** A file system that hangs must not keep the program from its start. */
const READ_WITHIN_MS: Milliseconds = 10_000;

export function createInventoryStore({ known, clock, log, observe }: InventoryStoreOptions): InventoryStore {
  let settings: InventoryStoreSettings | undefined;
  let timer: Timer | undefined;
  let writing: Promise<void> | undefined;
  let stopped = false;
  /** Monotonic: since when there is something that has not been written. */
  let changedAt: Milliseconds | undefined;
  /** Monotonic, of the last attempt. */
  let triedAt: Milliseconds | undefined;
  let newestWrittenMs = Number.NEGATIVE_INFINITY;
  let failure: string | undefined;
  /** The file beside which nothing lies that a killed process has left. */
  let tidied: string | undefined;

  function schedule(): void {
    timer?.cancel();
    if (settings === undefined || writing !== undefined || stopped) return;
    const now = clock.monotonic();
    timer = clock.after(Math.max(0, dueAt(now, settings) - now), () => void write());
  }

  function dueAt(now: Milliseconds, { maxAgeMs }: InventoryStoreSettings): Milliseconds {
    if (changedAt === undefined) return (triedAt ?? now) + Math.min(LONGEST_GAP_MS, maxAgeMs / 4);
    const settledAt = changedAt + SETTLE_MS;
    if (triedAt === undefined) return settledAt;
    return Math.max(settledAt, triedAt + (failure === undefined ? GAP_MS : RETRY_MS));
  }

  function write(): Promise<void> {
    const inventories = known();
    if (settings === undefined || inventories.length === 0) {
      changedAt = undefined;
      return Promise.resolve();
    }
    triedAt = clock.monotonic();
    if (changedAt === undefined && newest(inventories) <= newestWrittenMs) {
      schedule();
      return Promise.resolve();
    }
    changedAt = undefined;
    writing = save(settings.file, inventories).finally(() => {
      writing = undefined;
      schedule();
    });
    return writing;
  }

  async function save(file: string, inventories: readonly DatedInventory[]): Promise<void> {
    try {
      if (tidied !== file) await removeLeftovers(file);
      tidied = file;
      const content = await seal(encodeInventories({ program: VERSION, writtenAtMs: clock.now(), inventories }));
      await replacePrivateFile(file, content, mayBeReplaced);
      newestWrittenMs = newest(inventories);
      observe.written('success');
      if (failure !== undefined) log.info('the inventory can be written to its file now', { file });
      failure = undefined;
      log.debug('the inventory was written to its file', { file, bytes: content.length });
    } catch (error) {
      changedAt ??= clock.monotonic();
      observe.written('failure');
      const code = errorCode(error) ?? describeError(error);
      if (failure !== code) {
        const consequence = 'a restart while Cloud Foundry is away will lack it';
        log.warn(`the inventory cannot be written to its file; ${consequence}`, troubleWith(file, error));
      }
      failure = code;
    }
  }

  async function readFile(file: string): Promise<readonly DatedInventory[]> {
    const content = await unseal(await readPrivateFile(file, MOST_CONTENT_BYTES));
    return (await decodeInventories(content)).inventories;
  }

  return {
    configure(next) {
      if (next?.file !== settings?.file) {
        changedAt = clock.monotonic();
        triedAt = undefined;
        newestWrittenMs = Number.NEGATIVE_INFINITY;
        failure = undefined;
      }
      settings = next;
      schedule();
    },
    async read() {
      if (settings === undefined) return [];
      const { file } = settings;
      try {
        const inventories = await within(readFile(file), READ_WITHIN_MS, clock);
        newestWrittenMs = newest(inventories);
        return inventories;
      } catch (error) {
        if (errorCode(error) === 'ENOENT') log.info('there is no inventory on disk yet', { file });
        else log.warn('the inventory on disk is not used', troubleWith(file, error));
        return [];
      }
    },
    changed() {
      changedAt ??= clock.monotonic();
      schedule();
    },
    async stop() {
      stopped = true;
      timer?.cancel();
      await writing;
      await write();
    },
  };
}

function troubleWith(file: string, error: unknown): LogFields {
  const remedy = writeRemedy(file, error, process.geteuid?.());
  return remedy === undefined ? { file, error } : { file, error, remedy };
}

function newest(inventories: readonly DatedInventory[]): Milliseconds {
  return Math.max(...inventories.flatMap(({ readAtMs }) => RESOURCE_KINDS.map((kind) => Math.round(readAtMs[kind]))));
}

async function within<T>(work: Promise<T>, limitMs: Milliseconds, clock: Clock): Promise<T> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = clock.after(limitMs, () => {
      reject(new CodedError('late', `it could not be read within ${formatDuration(limitMs)}`));
    });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer?.cancel();
  }
}
