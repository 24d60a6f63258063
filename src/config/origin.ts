/** Where a value was written, so that whoever has to change it finds it. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line?: number; readonly column?: number }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'argument'; readonly name: string };

/** `promregator.yml:12:5`, `environment CF_PASSWORD` or `command line --server.port`. Lines and columns count from 1. */
export function formatOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return [origin.file, origin.line, origin.column].filter((part) => part !== undefined).join(':');
    case 'environment':
      return `environment ${origin.name}`;
    case 'argument':
      return `command line ${origin.name}`;
  }
}

/** Order in which people read problems: files from top to bottom, then environment, then command line. */
export function compareOrigins(a: Origin | undefined, b: Origin | undefined): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (a?.kind !== 'file' || b?.kind !== 'file' || a.file !== b.file) return 0;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function rankOf(origin: Origin | undefined): number {
  if (origin === undefined) return 3;
  return { file: 0, environment: 1, argument: 2 }[origin.kind];
}
