import { z } from 'zod';
import { Secret } from '../../base/secret.js';
import type { Original } from '../shape.js';

// How options are spelled in the schema. Units stand in `x-unit`, secrets are `writeOnly` (JSON Schema's own word),
// so that the reference page, the editor's schema and the report say the same.

/** A text that is not empty; an option without a value counts as not set. */
export function text(): z.ZodString {
  return z.string().min(1);
}

/** A text that says where somebody is. Nobody writes a user before it, and of one that does nothing is shown. */
export function address(): z.ZodString {
  return text().meta({ 'x-address': true });
}

/** A text whose emptiness means something of its own. */
export function anyText(): z.ZodString {
  return z.string();
}

export function secret(): z.ZodType<Secret, string> {
  return z
    .string()
    .min(1)
    .transform((value) => new Secret(value))
    .meta({ writeOnly: true });
}

/** A secret, or the name of a file that holds it, which is none. */
export function secretOrFile(): z.ZodType<Secret, string> {
  return secret().meta({ writeOnly: true, 'x-file': true });
}

export function flag(): z.ZodBoolean {
  return z.boolean();
}

export function whole(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodNumber {
  return z.number().int().min(min).max(max);
}

export function port(): z.ZodNumber {
  return whole(1, 65_535);
}

/** Beyond 31 bits Node's timers fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

export function milliseconds(min: number): z.ZodNumber {
  return whole(min, LONGEST_MS).meta({ 'x-unit': 'ms' });
}

export function seconds(min: number): z.ZodNumber {
  return whole(min, Math.floor(LONGEST_MS / 1000)).meta({ 'x-unit': 's' });
}

export function bytes(min: number): z.ZodNumber {
  return whole(min).meta({ 'x-unit': 'bytes' });
}

/**
 * One of the Java switches (`-Dhttp.proxyHost=…`) that the original obeys without knowing them. The environment may hold
 * variables of the same name for other programs, so it is not looked at.
 */
export function javaSwitch<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ ...schema.meta(), 'x-java-switch': true });
}

/** Several texts: a list, or one text with commas. */
export function texts(): z.ZodArray<z.ZodString> {
  return z.array(text());
}

/**
 * Beside an option that the original knows, for the reference page.
 *
 * @param versions those that know it
 * @param difference what the original does otherwise, as a sentence on what is so `there`
 */
export function knownTo(versions: Original['versions'], difference?: string): { readonly 'x-original': object } {
  return { 'x-original': { versions, ...(difference === undefined ? {} : { difference }) } };
}
