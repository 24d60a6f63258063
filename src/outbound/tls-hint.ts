import { errorCode } from '../base/errors.js';
import { OutboundError } from './outbound-error.js';

/**
 * What an operator can do about a handshake that failed, to be put behind its sentence; empty where nothing is known.
 * By the code that Node gives: we do not take their certificate, or they end the handshake by an alert.
 *
 * @param group the `tls_config` that counts there: `cf.tls_config`
 */
export function tlsHint(error: unknown, group: string): string {
  if (!(error instanceof OutboundError) || error.code !== 'tls') return '';
  const code = errorCode(error.cause) ?? '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `; a certificate for another name is taken by ${group}.server_name`;
  if (/^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code))
    return `; an authority of your own is named by ${group}.ca_file`;
  if (!/^ERR_SSL_.*ALERT_/.test(code)) return '';
  return `; the other side may demand a client certificate (${group}.cert_file) or another version of TLS`;
}
