import type { InboundUser, ServerTls } from '../config.js';
import { createReporter, type Findings } from '../report.js';
import { readHeaders } from './headers-section.js';
import { readRateLimit, type WebRateLimit } from './rate-limit-section.js';
import { openSection, type Section } from './section.js';
import { readTls, TLS_NAMES } from './tls-section.js';
import { readUsers } from './users-section.js';
import { readWebDocument } from './web-document.js';

/** What a web config file of Prometheus' exporter-toolkit says (facts/prometheus.md 7.1). */
export interface WebConfig {
  /** Undefined: plain HTTP. */
  readonly tls: ServerTls | undefined;
  /** For every answer, by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: nobody is asked for a password. */
  readonly users: readonly InboundUser[];
  readonly rateLimit: WebRateLimit | undefined;
}

export interface WebConfigInput {
  /** As it was named: in problems, and where relative names of other files start from. */
  readonly file: string;
  readonly text: string;
  /** Of certificates and keys, by absolute name or by one relative to where `file` is; ENOENT when there is none. */
  readonly readBytes: (name: string) => Promise<Uint8Array>;
  readonly findings: Findings;
  /** Milliseconds since 1970, for certificates that have expired. */
  readonly now?: () => number;
}

/**
 * Strict, as exporter-toolkit is: unknown names are errors. Whatever is wrong goes to `findings`, with line and column.
 * Undefined only when it is no YAML; else what could be read.
 */
export async function readWebConfig(input: WebConfigInput): Promise<WebConfig | undefined> {
  const { file, findings, readBytes } = input;
  const root = readWebDocument(file, input.text.replace(/^\uFEFF/, ''), findings);
  if (root === undefined) return undefined;
  const reporter = createReporter(root, findings);
  const groups = ['tls_server_config', 'http_server_config', 'basic_auth_users', 'rate_limit'];
  const top = openSection(root, [], groups, reporter);
  const http = top.section('http_server_config', ['http2', 'headers']);
  warnOfHttp2(http);
  const context = { reporter, readBytes, ...(input.now === undefined ? {} : { now: input.now }) };
  return {
    tls: await readTls(top.section('tls_server_config', TLS_NAMES), file, context),
    headers: readHeaders(http.section('headers', 'any')),
    users: readUsers(top.section('basic_auth_users', 'any')),
    rateLimit: readRateLimit(top.section('rate_limit', ['interval', 'burst'])),
  };
}

/** Clients agree on HTTP/1.1 by themselves, so this is no reason to refuse a file that others read too. */
function warnOfHttp2(http: Section): void {
  if (http.boolean('http2') !== true) return;
  http.reporter.warning([...http.path, 'http2'], { found: 'true', expected: 'false, since we speak HTTP/1.1 only' });
}
