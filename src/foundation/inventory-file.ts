import { setImmediate } from 'node:timers/promises';
import type { Milliseconds } from '../base/duration.js';
import type { DatedInventory, Reader } from './dated-inventory.js';
import type { Inventory, Plan } from './inventory.js';
import type { ResourceTypes } from './parse-resource.js';
import { EVERYTHING } from './plan.js';
import { perKind, RESOURCE_KINDS, type ResourceKind } from './resources.js';
import {
  count,
  type Fields,
  fieldsOf,
  guid,
  list,
  MalformedError,
  oneOf,
  readStored,
  text,
} from './stored-resource.js';

// The content of an inventory file, unpacked: lines of JSON. The first is about the file, then for each foundation one
// about it and one for each element, kind by kind. Whoever changes what is written raises FORMAT in inventory-envelope.ts.

export interface InventoryFile {
  /** Of the program that wrote it; for people, since the format has a version of its own. */
  readonly program: string;
  readonly writtenAtMs: Milliseconds;
  readonly inventories: readonly DatedInventory[];
}

/** Characters of a piece: a fraction of a millisecond's work. */
const PIECE_LENGTH = 64 * 1024;

/** As much work, of reading. */
const PIECE_ELEMENTS = 250;

/** The content in pieces, so that whoever writes it can let others work in between. */
export function* encodeInventories(file: InventoryFile): Generator<string, void> {
  let piece = '';
  for (const line of linesOf(file)) {
    piece += `${JSON.stringify(line)}\n`;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function* linesOf({ program, writtenAtMs, inventories }: InventoryFile): Generator<object, void> {
  yield { program, writtenAtMs: Math.round(writtenAtMs), foundations: inventories.length };
  for (const { inventory, apiOrigin, reader, readAtMs } of inventories) {
    yield {
      foundation: inventory.foundation,
      apiOrigin,
      grant: reader.grant,
      reader: reader.name,
      spaces: inventory.plan.spaces === 'all' ? 'all' : [...inventory.plan.spaces],
      readAtMs: perKind((kind) => Math.round(readAtMs[kind])),
      elements: perKind((kind) => inventory[kind].size),
    };
    for (const kind of RESOURCE_KINDS) yield* inventory[kind].values();
  }
}

/**
 * All of it or nothing, a piece at a time, with a turn for everybody else in between.
 *
 * @throws {MalformedError} for what `encodeInventories` does not write
 */
export async function decodeInventories(content: Buffer): Promise<InventoryFile> {
  const lines = readLines(content);
  const head = fieldsOf(lines.next(), 'the first line');
  const file = { program: text(head, 'program'), writtenAtMs: count(head, 'writtenAtMs') };
  const inventories: DatedInventory[] = [];
  for (let left = count(head, 'foundations'); left > 0; left -= 1) inventories.push(await readInventory(lines));
  if (!lines.atEnd) throw new MalformedError('it goes on behind its end');
  return { ...file, inventories };
}

interface Lines {
  /** @throws {MalformedError} at the end, and for a line that is no JSON */
  next(): unknown;
  readonly atEnd: boolean;
}

const LINE_FEED = 10;

function readLines(content: Buffer): Lines {
  let from = 0;
  return {
    get atEnd() {
      return from === content.length;
    },
    next() {
      const to = content.indexOf(LINE_FEED, from);
      if (to < 0) throw new MalformedError('it ends too early');
      const line = content.toString('utf8', from, to);
      from = to + 1;
      try {
        return JSON.parse(line);
      } catch {
        // What the parser says shows parts of the content.
        throw new MalformedError('a line is no JSON');
      }
    },
  };
}

async function readInventory(lines: Lines): Promise<DatedInventory> {
  const head = fieldsOf(lines.next(), 'foundations');
  const times = fieldsOf(head['readAtMs'], 'readAtMs');
  const sizes = fieldsOf(head['elements'], 'elements');
  // Kind by kind in the order of RESOURCE_KINDS, as they were written.
  const elements = <K extends ResourceKind>(kind: K): Promise<ReadonlyMap<string, ResourceTypes[K]>> =>
    readElements(kind, count(sizes, kind), lines);
  const inventory: Inventory = {
    foundation: text(head, 'foundation'),
    plan: planOf(head),
    organizations: await elements('organizations'),
    spaces: await elements('spaces'),
    apps: await elements('apps'),
    processes: await elements('processes'),
    routes: await elements('routes'),
    domains: await elements('domains'),
  };
  return {
    inventory,
    apiOrigin: text(head, 'apiOrigin'),
    reader: readerOf(head),
    readAtMs: perKind((kind) => count(times, kind)),
  };
}

async function readElements<K extends ResourceKind>(
  kind: K,
  size: number,
  lines: Lines,
): Promise<ReadonlyMap<string, ResourceTypes[K]>> {
  const elements = new Map<string, ResourceTypes[K]>();
  for (let index = 0; index < size; index += 1) {
    const element = readStored(kind, lines.next());
    elements.set(element.guid, element);
    if (index % PIECE_ELEMENTS === PIECE_ELEMENTS - 1) await setImmediate();
  }
  if (elements.size !== size) throw new MalformedError(`${kind} are there twice`);
  return elements;
}

function planOf(head: Fields): Plan {
  // The same object as the plan of what is read here: lists are compared by the plan they were asked for by.
  if (head['spaces'] === 'all') return EVERYTHING;
  return { spaces: new Set(list(head, 'spaces').map((each) => guid({ spaces: each }, 'spaces'))) };
}

function readerOf(head: Fields): Reader {
  return { grant: oneOf(head, 'grant', ['password', 'client_credentials']), name: text(head, 'reader') };
}
