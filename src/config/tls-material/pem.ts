/** One block of a PEM text (RFC 7468). */
export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY` … */
  readonly label: string;
  /** The whole block, with its frame. */
  readonly text: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;
const LINE_WIDTH = /.{1,64}/g;

/**
 * The blocks of a PEM text, in order; what stands between them is no part of it.
 *
 * Line breaks inside are made anew: in the environment people write `\n` for them, and a YAML text that goes over several
 * lines without `|` comes with spaces in their place.
 */
export function pemBlocks(text: string): readonly PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([whole, label = '', body = '']) => ({
    label,
    text: body.includes(':') ? `${brokenLines(whole)}\n` : frame(label, body.replaceAll(/\\r|\\n|\s/g, '')),
  }));
}

/** A block of bytes. */
export function toPem(label: string, bytes: Uint8Array): string {
  return frame(label, Buffer.from(bytes).toString('base64'));
}

function frame(label: string, base64: string): string {
  const lines = base64.match(LINE_WIDTH) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Headers (`DEK-Info: …`) mean something by line, so there only the written `\n` can be mended. */
function brokenLines(block: string): string {
  return block.includes('\n') ? block : block.replaceAll('\\r', '').replaceAll('\\n', '\n');
}
