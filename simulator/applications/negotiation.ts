import type { ExpositionFormat } from '../world/behaviour.js';

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  protobuf: 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
};

interface Clause {
  readonly type: string;
  readonly params: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** The first clause by quality that names an offered format wins; text when none does, as client_golang has it. */
export function chooseFormat(accept: string | undefined, offered: readonly ExpositionFormat[]): ExpositionFormat {
  const clauses = (accept ?? '')
    .split(',')
    .map(parseClause)
    .filter((clause) => clause.quality > 0);
  clauses.sort((a, b) => b.quality - a.quality);
  for (const clause of clauses) {
    const format = formatOf(clause);
    if (format !== undefined && offered.includes(format)) return format;
  }
  return offered.includes('text') || offered[0] === undefined ? 'text' : offered[0];
}

export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  return (acceptEncoding ?? '').split(',').some((part) => {
    const { type, quality } = parseClause(part);
    return type === 'gzip' && quality > 0;
  });
}

function formatOf({ type, params }: Clause): ExpositionFormat | undefined {
  if (type === 'application/vnd.google.protobuf') {
    const family = params.get('proto') === 'io.prometheus.client.MetricFamily';
    return family && params.get('encoding') === 'delimited' ? 'protobuf' : undefined;
  }
  if (type === 'application/openmetrics-text') {
    const version = params.get('version');
    return version === undefined || version === '1.0.0' || version === '0.0.1' ? 'openmetrics' : undefined;
  }
  if (type !== 'text/plain') return undefined;
  const version = params.get('version');
  return version === undefined || version === '0.0.4' ? 'text' : undefined;
}

function parseClause(text: string): Clause {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const params = new Map<string, string>();
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals > 0) params.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  return { type: type.toLowerCase(), params, quality: Number(params.get('q') ?? '1') };
}
