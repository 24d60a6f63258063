import { z } from 'zod';
import { relaxName } from './path.js';
import { rootSchema } from './schema/root.js';
import { type LeafType, type ObjectShape, type Shape, shapeOf, type Unit } from './shape.js';

/** A JSON Schema as plain data. */
interface Json {
  readonly [name: string]: unknown;
}

/**
 * The file promregator.schema.json, by which editors complete and check a promregator.yml: JSON Schema, draft 2020-12.
 *
 * It takes what the program takes: placeholders and ciphers in place of any value, one text with commas in place of a
 * list of texts, files in place of secrets, flat names, numbers as texts. What it refuses, the program refuses too.
 */
export function writeEditorSchema(): string {
  // Annotations and constraints are zod's; what a person may write is ours.
  const { $schema, ...root } = z.toJSONSchema(rootSchema, { io: 'input', target: 'draft-2020-12' });
  const schema = {
    $schema,
    title: 'Promregator',
    description: 'Configuration of Promregator (promregator.yml).',
    ...adapt(root, shapeOf(rootSchema)),
  };
  return `${JSON.stringify(schema, undefined, 1)}\n`;
}

function adapt(json: Json, shape: Shape): Json {
  switch (shape.kind) {
    case 'object':
      return adaptObject(json, shape);
    case 'list':
      return adaptList(json, shape.element);
    case 'record':
      return adaptRecord(json, shape.value.type);
    case 'leaf':
      return { ...annotations(json, shape.unit), ...leaf(json, shape.type) };
  }
}

function annotations({ description, default: byDefault }: Json, unit?: Unit): Json {
  return {
    ...(typeof description === 'string'
      ? { description: `${description}${unit === undefined ? '' : UNITS[unit]}` }
      : {}),
    ...(isPlain(byDefault) ? { default: byDefault } : {}),
  };
}

const UNITS: Readonly<Record<Unit, string>> = { ms: ' In milliseconds.', s: ' In seconds.', bytes: ' In bytes.' };

/** Defaults of groups say nothing that their members do not say. */
function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function adaptObject(json: Json, shape: ObjectShape): Json {
  const written = objectAt(json, 'properties');
  const members = Object.fromEntries(
    [...shape.members].map(([name, member]) => [name, adapt(objectAt(written, name), member)]),
  );
  const twins = Object.fromEntries(
    [...shape.twins].map(([twin, secret]) => [
      twin,
      { description: `File that holds ${secret}.`, type: ['string', 'null'] },
    ]),
  );
  const names = { ...members, ...twins };
  return {
    ...annotations(json),
    type: ['object', 'null'],
    properties: names,
    ...(shape.strict ? strictness(Object.keys(names)) : {}),
  };
}

/** Other spellings of the names (`org-name`), and flat ones (`tls_config.ca_file`); anything else is a mistake. */
function strictness(names: readonly string[]): Json {
  const relaxed = names.map((name) => [...relaxName(name)].map(inAnyCase).join('[-_]?'));
  return { patternProperties: { [`^(?:${relaxed.join('|')})$`]: {}, '[.\\[]': {} }, additionalProperties: false };
}

function adaptList(json: Json, element: Shape): Json {
  const items = adapt(objectAt(json, 'items'), element);
  // A text is split at its commas.
  const type = element.kind === 'leaf' ? ['array', 'string', 'number', 'null'] : ['array', 'null'];
  return { ...annotations(json), type, items };
}

/** Free names, flat or nested. */
function adaptRecord(json: Json, type: LeafType): Json {
  const value = leaf(objectAt(json, 'additionalProperties'), type);
  return {
    ...annotations(json),
    type: ['object', 'null'],
    additionalProperties: { anyOf: [value, { type: 'object' }] },
  };
}

/** What is replaced before the value counts. An empty text is no value. */
const REPLACED = '\\$\\{|^\\s*\\{cipher\\}|^\\s*$';

function leaf(json: Json, type: LeafType): Json {
  switch (type.kind) {
    case 'text':
      return { type: ['string', 'number', 'boolean', 'null'] };
    case 'boolean':
      return {
        type: ['boolean', 'string', 'null'],
        pattern: `${whole(['true', 'yes', 'on', 'false', 'no', 'off'])}|${REPLACED}`,
      };
    case 'number':
      return {
        type: [type.whole ? 'integer' : 'number', 'string', 'null'],
        ...pick(json, ['minimum', 'maximum']),
        pattern: `^\\s*[-+]?[0-9]+(?:_[0-9]+)*(?:\\.[0-9]+)?\\s*$|${REPLACED}`,
      };
    case 'choice': {
      const choices = type.choices.filter((choice) => choice !== 'FALSE' && choice !== 'null');
      const others = { type: 'string', pattern: `${whole(type.choices)}|${REPLACED}` };
      return { anyOf: [{ enum: choices }, others, { type: 'null' }] };
    }
  }
}

/** One of the words in any case: JSON Schema has no flag for that. */
function whole(words: readonly string[]): string {
  return `^(?:${words.map((word) => [...word].map(inAnyCase).join('')).join('|')})$`;
}

function inAnyCase(character: string): string {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  return lower === upper ? character.replace(/[.*+?^${}()|[\]\\]/, '\\$&') : `[${lower}${upper}]`;
}

function pick(json: Json, names: readonly string[]): Json {
  return Object.fromEntries(names.flatMap((name) => (json[name] === undefined ? [] : [[name, json[name]]])));
}

const jsonObject = z.record(z.string(), z.unknown());

/** The objects inside of what zod made; empty where it has none. */
function objectAt(json: Json, name: string): Json {
  return jsonObject.catch({}).parse(json[name]);
}
