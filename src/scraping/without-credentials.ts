import { withoutSecrets } from '../base/without-secrets.js';
import { ScrapeError } from './scrape-error.js';

/**
 * The same error without what `authorization`, the header that was sent, holds in secret: an application may quote it in
 * its headers, of which our sentences say some.
 */
export function withoutCredentials(error: ScrapeError, authorization: string | undefined): ScrapeError {
  if (authorization === undefined) return error;
  const message = withoutSecrets(
    error.message,
    secretsOf(authorization).filter(({ length }) => length >= SHORTEST),
  );
  return message === error.message ? error : new ScrapeError(error.code, message, { cause: error.cause });
}

/** Shorter ones stand in our own words too, and what is left out of them would tell which. */
const SHORTEST = 6;

/** The token, or of Basic the pair in base64 and the password by itself. */
function secretsOf(authorization: string): readonly string[] {
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(.*)$/s.exec(authorization) ?? [];
  if (scheme.toLowerCase() !== 'basic') return [credentials];
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  return [credentials, pair.slice(pair.indexOf(':') + 1)];
}
