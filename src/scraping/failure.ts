import { formatDuration, type Milliseconds } from '../base/duration.js';
import { describeError, errorCode, oneLine } from '../base/errors.js';
import type { Authenticator } from '../credentials/authenticator.js';
import type { Target } from '../discovery/directory.js';
import type { ResponseHeaders } from '../outbound/exchange.js';
import { header } from '../outbound/fetch-whole.js';
import type { OutboundError } from '../outbound/outbound-error.js';
import { tlsHint } from '../outbound/tls-hint.js';
import { describeTarget } from './describe-target.js';
import { ScrapeError } from './scrape-error.js';

/** Set by the router and by nobody else: it produced the answer, not the application (facts/cloud-foundry.md 5.1). */
const ROUTER_ERROR_HEADER = 'x-cf-routererror';

/** With the words of the cause, such as what is wrong with a certificate. */
export function unreachable(target: Target, cause: OutboundError): ScrapeError {
  if (cause.code === 'closed') return stopping(target);
  const hint = hintOn(target, cause);
  const late = cause.code === 'head_timeout' || cause.code === 'pause_timeout' || cause.code === 'connect_timeout';
  const code = late ? 'target_late' : 'target_unreachable';
  return new ScrapeError(code, `${describeTarget(target)}: ${describeError(cause).slice(0, 300)}${hint}`, { cause });
}

function stopping(target: Target): ScrapeError {
  return new ScrapeError('stopping', `${describeTarget(target)}: Promregator is stopping`);
}

function hintOn(target: Target, cause: OutboundError): string {
  if (cause.code === 'connect_refused' && target.application.internal) return NETWORK_POLICY_HINT;
  if (cause.code === 'proxy') return PROXY_HINT;
  return tlsHint(cause, 'promregator.scraping.tls_config');
}

const NETWORK_POLICY_HINT =
  '; on an internal route the likely cause is a missing network policy (cf add-network-policy from this application to that one)';

const PROXY_HINT =
  '; the proxy towards applications is named by promregator.scraping.proxy, and hosts that do without it by NO_PROXY in the environment';

export function late(target: Target, limitMs: Milliseconds, seen: 'nothing' | 'head'): ScrapeError {
  const what = seen === 'nothing' ? 'no answer' : 'no complete answer';
  return new ScrapeError('target_late', `${describeTarget(target)}: ${what} within ${formatDuration(limitMs)}`);
}

/** With the token service's own words. */
export function noToken(target: Target, cause: unknown): ScrapeError {
  if (cause instanceof Error && errorCode(cause.cause) === 'closed') return stopping(target);
  const words = describeError(cause).slice(0, 600);
  return new ScrapeError('token_unavailable', `${describeTarget(target)}: ${words}`, { cause });
}

export function tokenLate(target: Target, limitMs: Milliseconds, { tokenService }: Authenticator): ScrapeError {
  const words = `no token from the token service ${tokenService ?? ''} within ${formatDuration(limitMs)}`;
  return new ScrapeError('token_unavailable', `${describeTarget(target)}: ${words}`);
}

export interface WrongStatus {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** What the application could know us by. */
  readonly credentials: 'sent' | 'certificate' | 'none';
}

/** An answer other than 200. The router's own words tell a lost instance from an application's error. */
export function wrongStatus(target: Target, { status, headers, credentials }: WrongStatus): ScrapeError {
  const routerError = header(headers, ROUTER_ERROR_HEADER);
  if (routerError === undefined) {
    const hint = status === 401 || status === 403 ? CREDENTIALS_HINTS[credentials] : '';
    return new ScrapeError('target_status', `${describeTarget(target)}: the application answered ${status}${hint}`);
  }
  const isGone =
    routerError === 'unknown_route' && target.instanceHeader !== undefined && (status === 400 || status === 404);
  const words = isGone ? 'the router knows no such instance' : 'the router could not reach the instance';
  const said = `(${status}, X-Cf-Routererror: ${oneLine(routerError).slice(0, 200)})`;
  return new ScrapeError(isGone ? 'target_gone' : 'target_status', `${describeTarget(target)}: ${words} ${said}`);
}

const CREDENTIALS_HINTS = {
  sent: " to the credentials of the rule's authenticator",
  certificate:
    ' to our client certificate alone (is it the one that is expected, or does the rule need an authenticatorId?)',
  none: ' (the rule may need an authenticatorId)',
} as const;

export function wrongType(target: Target, contentType: string): ScrapeError {
  return new ScrapeError(
    'target_type',
    `${describeTarget(target)}: the application answered Content-Type '${oneLine(contentType).slice(0, 100)}', which is no exposition format; is the path right?`,
  );
}

export function wrongEncoding(target: Target, encoding: string): ScrapeError {
  return new ScrapeError(
    'target_type',
    `${describeTarget(target)}: the application answered Content-Encoding '${oneLine(encoding).slice(0, 50)}', which nobody asked for`,
  );
}

export function brokenGzip(target: Target, cause: unknown): ScrapeError {
  return new ScrapeError('target_type', `${describeTarget(target)}: the body is no complete gzip`, { cause });
}

export function redirected(target: Target, reason: string): ScrapeError {
  return new ScrapeError('target_redirect', `${describeTarget(target)}: ${oneLine(reason).slice(0, 300)}`);
}

export function tooLarge(target: Target, maxBytes: number): ScrapeError {
  return new ScrapeError(
    'response_too_large',
    `${describeTarget(target)}: the answer is larger than promregator.scraping.maxResponseBytes (${maxBytes})`,
  );
}

/** Asking it by what other rules say could hand credentials to those whom they are not meant for. */
export function accessGone(target: Target): ScrapeError {
  return new ScrapeError(
    'access_gone',
    `${describeTarget(target)}: the configuration no longer has the credentials or TLS settings of its rule, and Cloud Foundry has not been read for the new rules yet`,
  );
}

export function instanceBusy(target: Target, limit: number): ScrapeError {
  return new ScrapeError(
    'instance_busy',
    `${describeTarget(target)}: ${limit} scrapes of this instance are under way already (promregator.scraping.maxConcurrentPerInstance)`,
  );
}

export function buffersFull(target: Target): ScrapeError {
  return new ScrapeError(
    'buffers_full',
    `${describeTarget(target)}: all scrapes together hold as many bytes as promregator.scraping.maxBufferedBytes allows`,
  );
}
