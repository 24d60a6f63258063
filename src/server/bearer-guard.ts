import { timingSafeEqual } from 'node:crypto';
import type { Secret } from '../base/secret.js';
import type { Guard } from './guard.js';
import { createKeyedDigest } from './keyed-digest.js';
import { refuseCredentials } from './refuse-credentials.js';

/** No error code (RFC 6750, 3): it would tell a wrong token from none. */
const CHALLENGE = 'Bearer realm="Promregator"';

/** Bearer tokens (RFC 6750) in the header, nowhere else. Any of `tokens` admits; each is compared, in constant time. */
export function createBearerGuard(options: { readonly tokens: readonly Secret[] }): Guard {
  const digest = createKeyedDigest();
  const expected = options.tokens.map((token) => digest(token.reveal()));
  return {
    admits(request, response) {
      const token = /^bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
      if (token === undefined) return refuseCredentials(response, CHALLENGE);
      const given = digest(token);
      let isKnown = false;
      for (const each of expected) if (timingSafeEqual(given, each)) isKnown = true;
      return isKnown || refuseCredentials(response, CHALLENGE);
    },
  };
}
