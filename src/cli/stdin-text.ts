import type { Input } from './command.js';

/** All of stdin, without one line break at its end. Undefined for what is no UTF-8. */
export async function readStdinText(stdin: Input): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    return text.replace(/\r?\n$/, '');
  } catch {
    // The decoder's words say no more than that.
    return undefined;
  }
}
