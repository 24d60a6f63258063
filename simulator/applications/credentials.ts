import { X509Certificate } from 'node:crypto';
import { type Answer, textAnswer } from '../http/message.js';
import type { Claims } from '../uaa/jwt.js';
import type { RequiredCredentials } from '../world/behaviour.js';

/** Claims of a token that the foundation's UAA gave and that still counts; undefined for any other text. */
export type CheckToken = (token: string) => Claims | undefined;

interface Asked {
  /** By lower-case name. */
  header(name: string): string | undefined;
}

/** How an application refuses a request without the credentials that it demands; undefined when it has them. */
export function refusalOf(required: RequiredCredentials, request: Asked, checkToken: CheckToken): Answer | undefined {
  const sent = request.header('authorization') ?? '';
  switch (required.scheme) {
    case 'basic': {
      const pair = Buffer.from(`${required.username}:${required.password}`).toString('base64');
      return sent === `Basic ${pair}` ? undefined : unauthorized('Basic realm="metrics"');
    }
    case 'bearer':
      return sent === `Bearer ${required.token}` ? undefined : unauthorized('Bearer');
    case 'uaa-token':
      return tokenRefusal(sent, required.scope, checkToken);
    case 'client-certificate':
      return commonNameOf(request) === required.commonName ? undefined : forbidden();
  }
}

/** As resource servers of Spring and XSUAA answer (RFC 6750 3.1): 401 for no token, 403 for one without the scope. */
function tokenRefusal(sent: string, scope: string | undefined, checkToken: CheckToken): Answer | undefined {
  const token = /^bearer (.+)$/i.exec(sent)?.[1];
  if (token === undefined) return unauthorized('Bearer');
  const claims = checkToken(token);
  if (claims === undefined) return unauthorized('Bearer error="invalid_token"');
  if (scope === undefined || claims.scope.includes(scope)) return undefined;
  return forbidden(`Bearer error="insufficient_scope", scope="${scope}"`);
}

/** The router ends TLS and hands the certificate on, as base64 of its DER form. */
function commonNameOf(request: Asked): string | undefined {
  const certificate = request.header('x-forwarded-client-cert');
  if (certificate === undefined) return undefined;
  const { subject } = new X509Certificate(Buffer.from(certificate, 'base64'));
  return /^CN=(.*)$/m.exec(subject)?.[1];
}

function unauthorized(challenge: string): Answer {
  return textAnswer(401, 'Unauthorized\n', [['Www-Authenticate', challenge]]);
}

function forbidden(challenge?: string): Answer {
  return textAnswer(403, 'Forbidden\n', challenge === undefined ? [] : [['Www-Authenticate', challenge]]);
}
