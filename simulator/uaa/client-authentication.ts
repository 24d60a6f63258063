import type { UaaVersion } from '../options.js';
import type { Client } from './accounts.js';
import { UaaError } from './uaa-error.js';

export interface ClientCredentials {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** Whether `X-CF-ENCODED-CREDENTIALS: true` was sent. */
  readonly encodedHeader: string | undefined;
  readonly params: ReadonlyMap<string, string>;
}

/** Finds the client that a request speaks for, by Basic or by form parameters; throws UAA's refusals (facts 2.1, 2.4). */
export function authenticateClient(
  clients: readonly Client[],
  credentials: ClientCredentials,
  version: UaaVersion,
): Client {
  const { id, secret } = credentialsFrom(credentials, version);
  const client = clients.find((each) => each.id === id);
  if (client === undefined || secret === undefined || client.secret !== secret) {
    throw refusal('Bad credentials', version === 'old' ? 'unauthorized' : 'invalid_client');
  }
  return client;
}

/** RFC 8705 as it is proposed for UAA: no secret, the certificate's common name has to be the client's id (facts 2.1). */
export function authenticateByCertificate(
  clients: readonly Client[],
  commonName: string | undefined,
  params: ReadonlyMap<string, string>,
): Client {
  const client = clients.find((each) => each.id === params.get('client_id'));
  if (client === undefined || client.id !== commonName) throw refusal('Bad credentials', 'invalid_client');
  return client;
}

interface IdAndSecret {
  readonly id: string;
  /** Absent is not the same as empty. */
  readonly secret: string | undefined;
}

function credentialsFrom(credentials: ClientCredentials, version: UaaVersion): IdAndSecret {
  const { authorization, params } = credentials;
  if (authorization === undefined) {
    const id = params.get('client_id');
    if (id === undefined) throw malformed('No client authentication found.', version);
    return { id, secret: params.get('client_secret') };
  }
  const match = /^basic\s+(.*)$/i.exec(authorization);
  if (match === null) throw malformed('No client authentication found.', version);
  const pair = decodeBase64(match[1] ?? '');
  if (pair === undefined) throw malformed('Failed to decode basic authentication token', version);
  const colon = pair.indexOf(':');
  if (colon < 0) throw malformed('Invalid basic authentication token', version);
  const raw = { id: pair.slice(0, colon), secret: pair.slice(colon + 1) };
  const decodes = version === 'new' || (version === 'compatible' && credentials.encodedHeader === 'true');
  return decodes ? { id: urlDecoded(raw.id, version), secret: urlDecoded(raw.secret, version) } : raw;
}

function decodeBase64(text: string): string | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64').toString() : undefined;
}

function urlDecoded(text: string, version: UaaVersion): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) throw malformed('Failed to URL Decode credentials', version);
    throw error;
  }
}

function malformed(description: string, version: UaaVersion): UaaError {
  return refusal(description, version === 'old' ? 'unauthorized' : 'invalid_client');
}

function refusal(description: string, error: string): UaaError {
  return new UaaError({ status: 401, error, description, challenge: 'basic' });
}
