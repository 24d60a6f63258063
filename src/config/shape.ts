import { z } from 'zod';
import { type Path, relaxName, type Segment } from './path.js';

/**
 * What the sources need to know of the schema: which names there are, what is a list, what is a text.
 * Derived from it, so that each option stands once.
 */
export type Shape = ObjectShape | ListShape | RecordShape | LeafShape;

export interface ObjectShape {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, Shape>;
  /**
   * For each secret member the name of its twin, which names a file to read it from: `passwordFile` of `password`.
   * Not where the schema itself has an option of that name.
   */
  readonly twins: ReadonlyMap<string, string>;
  /** Members and twins by relaxed name. */
  readonly relaxed: ReadonlyMap<string, string>;
  /** An unknown name is an error, since leaving it out would change what the others mean. */
  readonly strict: boolean;
}

export interface ListShape {
  readonly kind: 'list';
  readonly element: Shape;
}

/** Names are free: loggers. */
export interface RecordShape {
  readonly kind: 'record';
  readonly value: LeafShape;
}

export interface LeafShape {
  readonly kind: 'leaf';
  readonly schema: z.ZodType;
  readonly type: LeafType;
  readonly secret: boolean;
  /** May name a file in place of the secret. */
  readonly orFile: boolean;
  /** Says where somebody is: a URL, or a host. */
  readonly address: boolean;
  /** Obeyed as a Java switch (`-Dname=value`) and in files; the environment is not asked for it. */
  readonly javaSwitch: boolean;
  readonly unit: Unit | undefined;
  readonly description: string | undefined;
  readonly original: Original | undefined;
}

/** What the original knows of an option (`x-original` in the schema); one without it is an addition of ours. */
export interface Original {
  /** Versions that know it, where not all do. */
  readonly versions: 'all' | '0.x' | '1.x';
  /** What it does otherwise, as a sentence; undefined for nothing. */
  readonly difference: string | undefined;
}

export type LeafType =
  | { readonly kind: 'text' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'number'; readonly whole: boolean; readonly min: number; readonly max: number };

export type Unit = 'ms' | 's' | 'bytes';

export function shapeOf(schema: z.ZodType): Shape {
  const { inner, meta } = unwrap(schema);
  if (inner instanceof z.ZodObject) return objectShape(inner);
  if (inner instanceof z.ZodArray) return { kind: 'list', element: describedBy(meta, shapeOf(asType(inner.element))) };
  if (inner instanceof z.ZodRecord) return recordShape(inner);
  return {
    kind: 'leaf',
    schema,
    type: leafType(inner),
    secret: meta['writeOnly'] === true,
    orFile: meta['x-file'] === true,
    address: meta['x-address'] === true,
    javaSwitch: meta['x-java-switch'] === true,
    unit: unitOf(meta['x-unit']),
    description: typeof meta['description'] === 'string' ? meta['description'] : undefined,
    original: originalOf(meta['x-original']),
  };
}

/** A list of plain values is described as a whole. */
function describedBy(meta: Unwrapped['meta'], element: Shape): Shape {
  const { description } = meta;
  if (element.kind !== 'leaf' || typeof description !== 'string') return element;
  return { ...element, description, original: originalOf(meta['x-original']) };
}

interface Unwrapped {
  readonly inner: z.ZodType;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Takes off defaults, optionality and transformations; their annotations count before those of what they wrap. */
function unwrap(schema: z.ZodType, outer: Readonly<Record<string, unknown>> = {}): Unwrapped {
  const meta = { ...schema.meta(), ...outer };
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(asType(schema.def.innerType), meta);
  }
  return schema instanceof z.ZodPipe ? unwrap(asType(schema.def.in), meta) : { inner: schema, meta };
}

function objectShape(schema: z.ZodObject): ObjectShape {
  const members = new Map(Object.entries(schema.shape).map(([name, member]) => [name, shapeOf(asType(member))]));
  const twins = twinsOf(members);
  return {
    kind: 'object',
    members,
    twins,
    relaxed: new Map([...members.keys(), ...twins.keys()].map((name) => [relaxName(name), name])),
    strict: schema.def.catchall instanceof z.ZodNever,
  };
}

function twinsOf(members: ReadonlyMap<string, Shape>): ReadonlyMap<string, string> {
  const taken = new Set([...members.keys()].map(relaxName));
  const secrets = [...members].filter(([, member]) => isSecret(member)).map(([name]) => name);
  const twins = secrets.map((name) => [twinName(name), name] as const);
  return new Map(twins.filter(([twin]) => !taken.has(relaxName(twin))));
}

/** Spelled as the secret's own name is. */
function twinName(name: string): string {
  const separator = /[_-]/.exec(name)?.[0];
  return separator === undefined ? `${name}File` : `${name}${separator}file`;
}

/** A secret text, or a list of them. */
export function isSecret(shape: Shape): boolean {
  return shape.kind === 'list' ? isSecret(shape.element) : shape.kind === 'leaf' && shape.secret;
}

/** What the name of a file is, which stands in place of a secret. */
export const TWIN_SHAPE: LeafShape = {
  kind: 'leaf',
  schema: z.string(),
  type: { kind: 'text' },
  secret: false,
  orFile: false,
  address: false,
  javaSwitch: false,
  unit: undefined,
  description: undefined,
  original: undefined,
};

function recordShape(schema: z.ZodRecord): RecordShape {
  const value = shapeOf(asType(schema.valueType));
  if (value.kind !== 'leaf') throw new TypeError('an option with free names holds plain values only');
  return { kind: 'record', value };
}

function leafType(schema: z.ZodType): LeafType {
  if (schema instanceof z.ZodString) return { kind: 'text' };
  if (schema instanceof z.ZodBoolean) return { kind: 'boolean' };
  if (schema instanceof z.ZodEnum) return { kind: 'choice', choices: schema.options.map(String) };
  if (schema instanceof z.ZodNumber) {
    const whole = schema.format === 'safeint';
    return {
      kind: 'number',
      whole,
      min: schema.minValue ?? Number.NEGATIVE_INFINITY,
      max: schema.maxValue ?? Number.POSITIVE_INFINITY,
    };
  }
  throw new TypeError(`options of type ${schema.def.type} cannot be read from a text`);
}

function unitOf(value: unknown): Unit | undefined {
  return value === 'ms' || value === 's' || value === 'bytes' ? value : undefined;
}

const originalSchema = z.object({ versions: z.enum(['all', '0.x', '1.x']), difference: z.string().optional() });

function originalOf(value: unknown): Original | undefined {
  if (value === undefined) return undefined;
  const { versions, difference } = originalSchema.parse(value);
  return { versions, difference };
}

/** zod's inner types are declared by their core; each schema built with `z` is a ZodType. */
function asType(schema: z.core.$ZodType): z.ZodType {
  if (schema instanceof z.ZodType) return schema;
  throw new TypeError('the schema holds a type that was not built by z');
}

/** A path in the schema's own names, and what stands there; undefined when the schema knows nothing of the kind. */
export interface ResolvedPath {
  readonly path: Path;
  readonly shape: Shape | undefined;
}

/** Turns names as people write them into the schema's. Unknown ones stay as they are written. */
export function resolvePath(shape: Shape | undefined, written: Path): ResolvedPath {
  const [first, ...rest] = written;
  if (first === undefined) return { path: [], shape };
  if (shape?.kind === 'record') return { path: [written.join('.')], shape: shape.value };
  const { name, next } = step(shape, first);
  const below = resolvePath(next, rest);
  return { path: [name, ...below.path], shape: below.shape };
}

function step(
  shape: Shape | undefined,
  segment: Segment,
): { readonly name: Segment; readonly next: Shape | undefined } {
  if (typeof segment === 'number') {
    return { name: segment, next: shape?.kind === 'list' ? shape.element : undefined };
  }
  const name = shape?.kind === 'object' ? shape.relaxed.get(relaxName(segment)) : undefined;
  if (name === undefined || shape?.kind !== 'object') return { name: segment, next: undefined };
  return { name, next: shape.members.get(name) ?? TWIN_SHAPE };
}

/** The shape one step below, by the schema's own names; undefined when the schema knows nothing of the kind. */
export function shapeBelow(shape: Shape | undefined, segment: Segment): Shape | undefined {
  // Free names may be nested, or one flat text.
  return shape?.kind === 'record' ? shape : step(shape, segment).next;
}

/** Each option with its path; list items have the index 0, free names `*`. */
export function optionsOf(shape: Shape, path: Path = []): readonly { readonly path: Path; readonly leaf: LeafShape }[] {
  switch (shape.kind) {
    case 'leaf':
      return [{ path, leaf: shape }];
    case 'record':
      return [{ path: [...path, '*'], leaf: shape.value }];
    case 'list':
      return optionsOf(shape.element, [...path, 0]);
    case 'object':
      return [...shape.members].flatMap(([name, member]) => optionsOf(member, [...path, name]));
  }
}
