import { CodedError, describeError, errorCode } from '../base/errors.js';

/** What went wrong on the way to another server, in the words that callers decide by. */
export type OutboundErrorCode =
  | 'dns'
  | 'connect_refused'
  | 'connect_timeout'
  | 'unreachable'
  | 'tls'
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
  reset: 'the connection broke off',
  head_timeout: 'no answer in time',
  pause_timeout: 'the answer paused for too long',
  deadline: 'the answer was not complete in time',
  protocol: 'the answer is not valid HTTP',
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
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'reset'],
  ['UND_ERR_DESTROYED', 'closed'],
  ['UND_ERR_CLOSED', 'closed'],
]);

/** Maps whatever undici, TLS or the system said to our own error; the original stays as its cause. */
export function toOutboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error;
  const code = classify(error);
  return new OutboundError(code, SENTENCES[code], { cause: error });
}

export function outboundError(code: OutboundErrorCode): OutboundError {
  return new OutboundError(code, SENTENCES[code]);
}

function classify(error: unknown): OutboundErrorCode {
  if (error instanceof AggregateError && error.errors.length > 0) return classify(error.errors[0]);
  const code = errorCode(error);
  if (code === undefined) return /certificate|TLS|SSL/i.test(describeError(error)) ? 'tls' : 'reset';
  const known = CODES.get(code);
  if (known !== undefined) return known;
  // Certificate errors of OpenSSL: CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT, UNABLE_TO_VERIFY_LEAF_SIGNATURE …
  if (/^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA)/.test(code))
    return 'tls';
  return code.startsWith('HPE_') ? 'protocol' : 'reset';
}
