import { describeError, errorCode } from '../../base/errors.js';
import type { Secret } from '../../base/secret.js';
import type { Path } from '../path.js';
import { quote, type Reporter } from '../report.js';

/** Certificates and keys as an option gives them, and the option, where problems are reported. */
export type Material =
  | { readonly path: Path; readonly text: string }
  /** Named as it was written; relative names are the reader's business. */
  | { readonly path: Path; readonly file: string };

export interface MaterialContext {
  readonly reporter: Reporter;
  /**
   * Bytes of a file by its name as written; rejects with an error of code ENOENT when there is none. Whoever hands this
   * in also notes the name, so that a change of the file is seen.
   */
  readonly readBytes: (name: string) => Promise<Uint8Array>;
  /** Milliseconds since 1970, for what has expired. */
  readonly now?: () => number;
}

/** A password and the option that has it, or would have it. */
export interface MaterialPassword {
  readonly path: Path;
  readonly secret: Secret | undefined;
}

/** Undefined when the file cannot be read, which is reported then. */
export async function readMaterial(material: Material, context: MaterialContext): Promise<Uint8Array | undefined> {
  if ('text' in material) return Buffer.from(material.text, 'utf8');
  try {
    return await context.readBytes(material.file);
  } catch (error) {
    context.reporter.error(material.path, {
      found: `${quote(material.file)}, which cannot be read: ${reason(error)}`,
      expected: 'the name of a readable file',
    });
    return undefined;
  }
}

/** What a problem calls the thing: texts are never shown, names of files are. */
export function nameOf(material: Material): string {
  return 'file' in material ? quote(material.file) : 'a text';
}

/** One of two options that stand for one thing; both at once are an error. */
export function pickMaterial(
  group: Path,
  file: { readonly name: string; readonly value: string | undefined },
  text: { readonly name: string; readonly value: string | undefined },
  reporter: Reporter,
): Material | undefined {
  if (file.value !== undefined && text.value !== undefined) {
    reporter.error([...group, file.name], {
      found: `${text.name} beside it`,
      expected: `either ${file.name} or ${text.name}`,
      remedy: 'remove one of them',
    });
    return undefined;
  }
  if (file.value !== undefined) return { path: [...group, file.name], file: file.value };
  if (text.value !== undefined) return { path: [...group, text.name], text: text.value };
  return undefined;
}

function reason(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  return code === 'EISDIR' ? 'it is a directory' : describeError(error);
}
