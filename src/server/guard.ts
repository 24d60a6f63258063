import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Secret } from '../base/secret.js';
import { respondText } from './respond.js';

/** Stands before an endpoint. */
export interface Guard {
  /** Whether the request may pass; if not, it has been answered. */
  admits(request: IncomingMessage, response: ServerResponse): boolean;
}

export const OPEN: Guard = { admits: () => true };

export interface BasicCredentials {
  readonly username: string;
  readonly password: Secret;
}

/** HTTP Basic (RFC 7617), compared in constant time by digests of equal length. */
export function createBasicGuard(credentials: BasicCredentials): Guard {
  const key = randomBytes(32);
  const digest = (text: string): Buffer => createHash('sha256').update(key).update(text).digest();
  const expected = digest(`${credentials.username}:${credentials.password.reveal()}`);
  return {
    admits(request, response) {
      const given = basicCredentials(request.headers.authorization);
      if (given !== undefined && timingSafeEqual(digest(given), expected)) return true;
      respondText(response, 401, 'Credentials are missing or wrong.', {
        'www-authenticate': 'Basic realm="Promregator", charset="UTF-8"',
      });
      return false;
    },
  };
}

function basicCredentials(authorization: string | undefined): string | undefined {
  const encoded = authorization?.match(/^basic +([A-Za-z0-9+/=]+)\s*$/i)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}
