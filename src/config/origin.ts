/** Where a value was written, so that whoever has to change it finds it. */
export type Origin = (
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'environment'; readonly name: string }
  /** A switch of Java within a variable of the environment. */
  | { readonly kind: 'switch'; readonly name: string; readonly variable: string }
  | { readonly kind: 'argument'; readonly name: string }
) &
  TextPlace;

/** Within a text, counted from 1; absent when the text is a single value. */
export interface TextPlace {
  readonly line?: number;
  readonly column?: number;
}

/** `promregator.yml:12:5`, `environment CF_PASSWORD`, `-Dserver.port in JAVA_OPTS` or `command line --server.port`. */
export function formatOrigin(origin: Origin): string {
  return [formatSource(origin), origin.line, origin.column].filter((part) => part !== undefined).join(':');
}

function formatSource(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return origin.file;
    case 'environment':
      return `environment ${origin.name}`;
    case 'switch':
      return `${origin.name} in ${origin.variable}`;
    case 'argument':
      return `command line ${origin.name}`;
  }
}

/** Whether both were written in one place of the order of precedence: in one file, in the environment, on the command line. */
export function isSameSource(a: Origin, b: Origin): boolean {
  if (a.kind === 'file' || b.kind === 'file') return a.kind === b.kind && formatSource(a) === formatSource(b);
  // A text with lines is the one of SPRING_APPLICATION_JSON, which beats the environment that may hold it.
  return a.kind === b.kind && (a.line === undefined) === (b.line === undefined);
}

/** Order in which people read problems: files from top to bottom, then environment, Java's switches, command line. */
export function compareOrigins(a: Origin | undefined, b: Origin | undefined): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (a === undefined || b === undefined || formatSource(a) !== formatSource(b)) return 0;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function rankOf(origin: Origin | undefined): number {
  if (origin === undefined) return 4;
  return { file: 0, environment: 1, switch: 2, argument: 3 }[origin.kind];
}
