import { expect, test } from 'vitest';
import { outboundError, toOutboundError } from './outbound-error.js';
import { tlsHint } from './tls-hint.js';

const hintOn = (code: string): string =>
  tlsHint(toOutboundError(Object.assign(new Error(code), { code })), 'cf.tls_config');

test.each([
  ['SELF_SIGNED_CERT_IN_CHAIN', '; an authority of your own is named by cf.tls_config.ca_file'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', '; an authority of your own is named by cf.tls_config.ca_file'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', '; an authority of your own is named by cf.tls_config.ca_file'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', '; a certificate for another name is taken by cf.tls_config.server_name'],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', expect.stringContaining('client certificate (cf.tls_config.cert_file)')],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', expect.stringContaining('client certificate')],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', expect.stringContaining('another version of TLS')],
  ['CERT_HAS_EXPIRED', ''],
  ['ERR_SSL_WRONG_VERSION_NUMBER', ''],
  ['ECONNREFUSED', ''],
])('%s: %s', (code, hint) => {
  expect(hintOn(code)).toEqual(hint);
});

test('other failures have none', () => {
  expect(tlsHint(outboundError('deadline'), 'cf.tls_config')).toBe('');
});
