import type { Secret } from '../base/secret.js';

/** A client that a token service knows. */
export interface TokenClient {
  readonly clientId: string;
  /** Undefined: a client certificate proves who we are. */
  readonly clientSecret: Secret | undefined;
  /** Empty: whatever the client may have. */
  readonly scopes: readonly string[];
}

/** Where id and secret stand: in the form body, or in the Authorization header (RFC 6749 2.3.1). Never in both. */
export type ClientAuthentication = 'form' | 'basic';

export interface TokenRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Asks for a token by the client credentials grant (RFC 6749 4.4.2). */
export function tokenRequest(client: TokenClient, by: ClientAuthentication): TokenRequest {
  const { clientId, clientSecret, scopes } = client;
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (by === 'form') form.set('client_id', clientId);
  if (by === 'form' && clientSecret !== undefined) form.set('client_secret', clientSecret.reveal());
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  return {
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(by === 'basic' ? { authorization: basicOf(client), ...ENCODED_CREDENTIALS } : {}),
    },
    body: form.toString(),
  };
}

/** Where an operator has told UAA not to decode the two halves, this makes it do so (facts/cloud-foundry.md 2.1). */
const ENCODED_CREDENTIALS = { 'x-cf-encoded-credentials': 'true' };

function basicOf({ clientId, clientSecret }: TokenClient): string {
  const pair = `${urlEncoded(clientId)}:${urlEncoded(clientSecret?.reveal() ?? '')}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

/** As RFC 6749 appendix B has it, but a blank as `%20`, which those understand too who do not take `+` for one. */
export function urlEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1).replaceAll('+', '%20');
}
