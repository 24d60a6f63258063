import { withoutSecrets } from '../base/without-secrets.js';
import { type TokenClient, urlEncoded } from './token-request.js';

/** `words` of a token service without the client's secret. */
export function withoutSecret(words: string, { clientId, clientSecret }: TokenClient): string {
  const secret = clientSecret?.reveal() ?? '';
  return withoutSecrets(words, [secret], [`${clientId}:${secret}`, `${urlEncoded(clientId)}:${urlEncoded(secret)}`]);
}
