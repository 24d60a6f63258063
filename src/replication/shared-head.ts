import { z } from 'zod';
import type { Milliseconds } from '../base/duration.js';
import { perKind, RESOURCE_KINDS, type ResourceKind } from '../foundation/resources.js';

/** What is known of a shared value without reading it: small, since every replica asks for it every few seconds. */
export interface SharedHead {
  readonly version: Version;
  /** Undefined until the one that reads has read. */
  readonly value: ValueFacts | undefined;
  /** Up to which number wishes have been fulfilled, and the sentence of those that failed. */
  readonly answered: Answers;
}

export interface Version {
  /** Of the lease that it was written under. */
  readonly fence: number;
  /** Counted up with each writing under that lease. */
  readonly count: number;
}

export interface ValueFacts {
  /** SHA-256 of its bytes, in hexadecimal digits. */
  readonly hash: string;
  readonly bytes: number;
  /** When each list was asked for, in milliseconds since 1970; newer than in the value where nothing else changed. */
  readonly readAtMs: Readonly<Record<ResourceKind, Milliseconds>>;
}

export interface Answer {
  readonly upTo: number;
  readonly failure?: string | undefined;
}

export type Answers = Readonly<Partial<Record<ResourceKind, Answer>>>;

export function isNewer(one: Version, other: Version): boolean {
  return one.fence > other.fence || (one.fence === other.fence && one.count > other.count);
}

export function sameVersion(one: Version, other: Version): boolean {
  return one.fence === other.fence && one.count === other.count;
}

const LONGEST_FAILURE = 500;
const whole = z.number().int().nonnegative();
const time = z.number();
const answer = z.object({ upTo: whole, failure: z.string().max(LONGEST_FAILURE).optional() }).optional();

const headSchema = z.object({
  version: z.object({ fence: whole, count: whole }),
  value: z
    .object({
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      bytes: whole,
      readAtMs: z.object(perKind(() => time)),
    })
    .optional(),
  answered: z.object(perKind(() => answer)),
});

export function writeHead({ version, value, answered }: SharedHead): string {
  const cut = Object.fromEntries(
    RESOURCE_KINDS.flatMap((kind) => {
      const given = answered[kind];
      return given === undefined ? [] : [[kind, { ...given, failure: given.failure?.slice(0, LONGEST_FAILURE) }]];
    }),
  );
  return JSON.stringify({ version, value, answered: cut });
}

/** Undefined for what `writeHead` does not write. */
export function readHead(text: string): SharedHead | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined; // somebody else's data; the caller says so
  }
  const outcome = headSchema.safeParse(json);
  if (!outcome.success) return undefined;
  const { version, value, answered } = outcome.data;
  const present = Object.fromEntries(Object.entries(answered).filter(([, each]) => each !== undefined));
  return { version, value, answered: present };
}
