import { STATUS_CODES } from 'node:http';
import { CodedError, describeError, errorCode } from '../base/errors.js';

/** What went wrong on the way to another server, in the words that callers decide by. */
export type OutboundErrorCode =
  | 'dns'
  | 'connect_refused'
  | 'connect_timeout'
  | 'unreachable'
  | 'tls'
  | 'proxy'
  | 'reset'
  | 'head_timeout'
  | 'pause_timeout'
  | 'deadline'
  | 'protocol'
  | 'too_large'
  | 'closed';

export class OutboundError extends CodedError<OutboundErrorCode> {}

/** The sentence of each code; the cause's own words follow it. */
const SENTENCES: Readonly<Record<OutboundErrorCode, string>> = {
  dns: 'the host name has no address',
  connect_refused: 'the connection was refused',
  connect_timeout: 'no connection in time',
  unreachable: 'the address cannot be reached',
  tls: 'the TLS handshake failed',
  proxy: 'the proxy gave no connection',
  reset: 'the connection broke off',
  head_timeout: 'no answer in time',
  pause_timeout: 'the answer paused for too long',
  deadline: 'the answer was not complete in time',
  protocol: 'request or answer is not valid HTTP',
  too_large: 'the answer is larger than allowed',
  closed: 'we are shutting down',
};

const CODES: ReadonlyMap<string, OutboundErrorCode> = new Map([
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EAI_NODATA', 'dns'],
  ['ECONNREFUSED', 'connect_refused'],
  ['ETIMEDOUT', 'connect_timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['UND_ERR_HEADERS_TIMEOUT', 'head_timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'pause_timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'protocol'],
  ['UND_ERR_INVALID_ARG', 'protocol'],
  ['ERR_INVALID_URL', 'protocol'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'reset'],
  ['UND_ERR_DESTROYED', 'closed'],
  ['UND_ERR_CLOSED', 'closed'],
]);

/** Node's own, and OpenSSL's about certificates: CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT, EE_KEY_TOO_SMALL … */
const TLS_CODES =
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|CERT_|CA_MD_|EE_KEY_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_|INVALID_|PATH_LENGTH)/;

/** Maps whatever undici, TLS or the system said to our own error; the original stays as its cause. */
export function toOutboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error;
  const code = classify(error);
  return new OutboundError(code, SENTENCES[code], { cause: code === 'tls' ? inOwnWords(error) : error });
}

/** OpenSSL wraps its reason into the number of a thread and places in its own sources, which say nothing to operators. */
function inOwnWords(error: unknown): unknown {
  if (!(error instanceof Error) || !('reason' in error) || typeof error.reason !== 'string') return error;
  return /:error:[0-9A-F]+:/.test(error.message)
    ? Object.assign(new Error(error.reason), { code: errorCode(error) })
    : error;
}

export function outboundError(code: OutboundErrorCode): OutboundError {
  return new OutboundError(code, SENTENCES[code]);
}

/** @param name host and port of the proxy; never its credentials */
export function proxyError(name: string, reason: string, cause?: unknown): OutboundError {
  return new OutboundError('proxy', `${SENTENCES.proxy}: ${name}: ${reason}`, { cause });
}

/** The proxy answered, and not with what was asked for. Its own words are left out: they are a page for people. */
export function proxyRefusal(name: string, status: number): OutboundError {
  const answer = `it answered ${status} ${STATUS_CODES[status] ?? ''}`.trim();
  return proxyError(name, status === 407 ? `${answer}; user and password of the proxy are absent or wrong` : answer);
}

/** By way of a proxy 407 has come without what a proxy says with it (RFC 9110, 15.5.8): perhaps from behind it. */
export function unclearRefusal(name: string): OutboundError {
  const words = `407 came by way of the proxy ${name}, without Proxy-Authenticate`;
  return new OutboundError(
    'proxy',
    `${words}: either user and password of the proxy are absent or wrong, or the application itself answers so`,
  );
}

export function proxyTimeout(name: string): OutboundError {
  return new OutboundError('connect_timeout', `${SENTENCES.connect_timeout} through the proxy ${name}`);
}

function classify(error: unknown): OutboundErrorCode {
  if (error instanceof AggregateError && error.errors.length > 0) return classify(error.errors[0]);
  const code = errorCode(error);
  if (isParserError(error)) return /invalid EOF state/i.test(error.message) ? 'reset' : 'protocol';
  if (code === undefined) return /certificate|TLS|SSL/i.test(describeError(error)) ? 'tls' : 'reset';
  const known = CODES.get(code);
  if (known !== undefined) return known;
  if (TLS_CODES.test(code)) return 'tls';
  return 'reset';
}

/** Undici means to give these a code, but looks it up by the wrong key. An EOF is a chunked body without its last chunk. */
function isParserError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'HTTPParserError';
}
