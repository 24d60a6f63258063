import { CodedError } from '../base/errors.js';
import type { ResourceTypes } from './parse-resource.js';
import type { Destination, Metadata, ResourceKind } from './resources.js';

/** A JSON object of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** What an inventory on disk says is no inventory, though its checksum fits: written by somebody else. */
export class MalformedError extends CodedError<'malformed'> {
  constructor(message: string) {
    super('malformed', message);
  }
}

/** As the API's answers are taken (parse-resource.ts). */
const LONGEST_GUID = 200;

// By hand, not by zod: a restart waits for tens of thousands of them.
const READERS: { readonly [K in ResourceKind]: (fields: Fields) => ResourceTypes[K] } = {
  organizations: (fields) => ({ guid: guid(fields, 'guid'), name: text(fields, 'name') }),
  spaces: (fields) => ({
    guid: guid(fields, 'guid'),
    name: text(fields, 'name'),
    organizationGuid: guid(fields, 'organizationGuid'),
  }),
  apps: (fields) => ({
    guid: guid(fields, 'guid'),
    name: text(fields, 'name'),
    state: oneOf(fields, 'state', ['STARTED', 'STOPPED']),
    spaceGuid: guid(fields, 'spaceGuid'),
    labels: metadata(fields, 'labels'),
    annotations: metadata(fields, 'annotations'),
  }),
  processes: (fields) => ({
    guid: guid(fields, 'guid'),
    // Also taken from a link, whose length nobody bounds.
    appGuid: text(fields, 'appGuid'),
    instances: count(fields, 'instances'),
  }),
  routes: (fields) => ({
    guid: guid(fields, 'guid'),
    url: text(fields, 'url'),
    host: text(fields, 'host'),
    path: text(fields, 'path'),
    protocol: oneOf(fields, 'protocol', ['http', 'tcp']),
    domainGuid: guid(fields, 'domainGuid'),
    destinations: list(fields, 'destinations').map(destination),
  }),
  domains: (fields) => ({
    guid: guid(fields, 'guid'),
    name: text(fields, 'name'),
    internal: flag(fields, 'internal'),
  }),
};

/** One element as this program wrote it. @throws {MalformedError} for anything else */
export function readStored<K extends ResourceKind>(kind: K, value: unknown): ResourceTypes[K] {
  return READERS[kind](fieldsOf(value, kind));
}

export function fieldsOf(value: unknown, what: string): Fields {
  if (!isFields(value)) throw new MalformedError(`${what} hold something that is no object`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new MalformedError(`${name} is no text`);
  return value;
}

export function guid(fields: Fields, name: string): string {
  const value = text(fields, name);
  if (value.length === 0 || value.length > LONGEST_GUID) throw new MalformedError(`${name} is no guid`);
  return value;
}

/** A whole number, not negative. */
export function count(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new MalformedError(`${name} is no count`);
  }
  return value;
}

export function list(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new MalformedError(`${name} is no list`);
  return value;
}

export function oneOf<Choice extends string>(fields: Fields, name: string, choices: readonly Choice[]): Choice {
  const value = fields[name];
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new MalformedError(`${name} is none of ${choices.join(', ')}`);
  return choice;
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value !== 'boolean') throw new MalformedError(`${name} is neither true nor false`);
  return value;
}

function metadata(fields: Fields, name: string): Metadata {
  const value = fieldsOf(fields[name], name);
  if (!isMetadata(value)) throw new MalformedError(`${name} hold something that is no text`);
  return value;
}

/** JSON.parse makes `__proto__` a property like any other. */
function isMetadata(value: Fields): value is Metadata {
  return Object.values(value).every((each) => typeof each === 'string');
}

function destination(value: unknown): Destination {
  const fields = fieldsOf(value, 'destinations');
  return {
    appGuid: guid(fields, 'appGuid'),
    processType: text(fields, 'processType'),
    port: fields['port'] === undefined ? undefined : port(fields),
  };
}

/** As the API says it, which may be anything that is whole. */
function port(fields: Fields): number {
  const value = fields['port'];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new MalformedError('port is no whole number');
  return value;
}
