import { expect, test } from 'vitest';
import { describeError } from '../base/errors.js';
import { type OutboundErrorCode, outboundError, toOutboundError } from './outbound-error.js';

function coded(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

test.each<[unknown, OutboundErrorCode]>([
  [coded('ENOTFOUND'), 'dns'],
  [coded('EAI_AGAIN'), 'dns'],
  [coded('ECONNREFUSED'), 'connect_refused'],
  [coded('ETIMEDOUT'), 'connect_timeout'],
  [coded('EHOSTUNREACH'), 'unreachable'],
  [coded('ENETUNREACH'), 'unreachable'],
  [coded('ECONNRESET'), 'reset'],
  [coded('EPIPE'), 'reset'],
  [coded('UND_ERR_SOCKET'), 'reset'],
  [coded('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'), 'reset'],
  [coded('UND_ERR_HEADERS_TIMEOUT'), 'head_timeout'],
  [coded('UND_ERR_BODY_TIMEOUT'), 'pause_timeout'],
  [coded('UND_ERR_HEADERS_OVERFLOW'), 'protocol'],
  [coded('UND_ERR_INVALID_ARG'), 'protocol'],
  [coded('UND_ERR_DESTROYED'), 'closed'],
  [coded('CERT_HAS_EXPIRED'), 'tls'],
  [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls'],
  [coded('SELF_SIGNED_CERT_IN_CHAIN'), 'tls'],
  [coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'tls'],
  [coded('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), 'tls'],
  [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls'],
  [coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'tls'],
  [coded('EE_KEY_TOO_SMALL'), 'tls'],
  [coded('INVALID_PURPOSE'), 'tls'],
  [coded('EPROTO'), 'tls'],
  [new Error('certificate has expired'), 'tls'],
  [Object.assign(new Error('Invalid EOF state'), { name: 'HTTPParserError' }), 'reset'],
  [Object.assign(new Error('Expected HTTP/'), { name: 'HTTPParserError' }), 'protocol'],
  // Both addresses of a host with two, as Node reports them.
  [new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]), 'connect_refused'],
  [coded('ESOMETHING'), 'reset'],
  ['no error at all', 'reset'],
])('%s is %s', (error, code) => {
  expect(toOutboundError(error).code).toBe(code);
});

test('an error of ours passes as it is', () => {
  const error = outboundError('deadline');
  expect(toOutboundError(error)).toBe(error);
});

test('the sentence says what happened, the cause follows', () => {
  const error = toOutboundError(coded('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:443'));
  expect(describeError(error)).toBe('the connection was refused: connect ECONNREFUSED 10.0.0.1:443');
});

test('of OpenSSL its reason alone, with the code', () => {
  const reason = 'tlsv1 alert protocol version';
  const raw = `805CC4FFE07F0000:error:0A00042E:SSL routines:ssl3_read_bytes:${reason}:../deps/rec_layer_s3.c:1601:SSL alert number 70\n`;
  const error = toOutboundError(Object.assign(coded('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', raw), { reason }));
  expect(describeError(error)).toBe('the TLS handshake failed: tlsv1 alert protocol version');
  expect(error.cause).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
});
