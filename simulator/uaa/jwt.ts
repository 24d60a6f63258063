import { createPublicKey, generateKeyPair, type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';

export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** What our tokens say; user tokens have more than client tokens. */
export interface Claims {
  readonly jti: string;
  readonly sub: string;
  readonly scope: readonly string[];
  readonly client_id: string;
  readonly iat: number;
  readonly exp: number;
  readonly iss: string;
  readonly aud: readonly string[];
  readonly rev_sig: string;
  readonly user_id?: string;
  readonly user_name?: string;
  readonly [further: string]: unknown;
}

export async function createSigningKey(): Promise<SigningKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { id: 'key-1', privateKey: pair.privateKey, publicKey: createPublicKey(pair.privateKey) };
}

export function signJwt(claims: Claims, key: SigningKey, keysUrl: string): string {
  const header = { alg: 'RS256', jku: keysUrl, kid: key.id, typ: 'JWT' };
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), key.privateKey).toString('base64url')}`;
}

/** The claims of a token that we signed; undefined for anything else. Times are not looked at. */
export function readJwt(token: string, key: SigningKey): Claims | undefined {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const content = Buffer.from(`${header}.${payload}`);
  if (!verify('RSA-SHA256', content, key.publicKey, Buffer.from(signature, 'base64url'))) return undefined;
  // The signature says that we wrote it, so it has the shape that we gave it.
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
