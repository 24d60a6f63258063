import { type Answer, type Header, headerOf, type SimulatedRequest, textAnswer } from '../http/message.js';
import type { Settings, UserOptions } from '../options.js';
import type { Random } from '../random.js';
import type { RequestKind } from '../request-kind.js';
import { SimulatorError } from '../simulator-error.js';
import { type Client, clientFrom, type User, userFrom } from './accounts.js';
import { authenticateByCertificate, authenticateClient } from './client-authentication.js';
import { discoveryDocument, loginInfo, tokenKeys } from './discovery.js';
import { type GrantParts, grantToken } from './grants.js';
import type { SigningKey } from './jwt.js';
import { createTokens, type Tokens } from './tokens.js';
import { UaaError, uaaErrorAnswer } from './uaa-error.js';

/** The user accounts and tokens of a foundation. */
export interface Uaa {
  readonly tokens: Tokens;
  kindOf(request: SimulatedRequest): RequestKind;
  answer(request: SimulatedRequest): Answer;
  /** By guid as tokens name it; undefined for clients. */
  userByGuid(guid: string): User | undefined;
  addUser(options: UserOptions): void;
  /** Changes a password; refresh tokens handed out before are dead then. */
  setPassword(username: string, password: string): void;
  /** A one-time code for the password grant. */
  issuePasscode(username: string): string;
}

export interface UaaParts {
  readonly settings: Settings;
  readonly key: SigningKey;
  readonly random: Random;
}

export function createUaa({ settings, key, random }: UaaParts): Uaa {
  const tokens = createTokens({ settings, key, random });
  const users: User[] = settings.users.map((user) => userFrom(user, random));
  const clients = settings.clients.map((client) => clientFrom(client, settings));
  const passcodes = new Map<string, User>();
  const parts: GrantParts = { settings, clock: settings.clock, tokens, users, passcodes };
  const find = (username: string): User => {
    const user = users.find((each) => each.username === username);
    if (user === undefined) throw new SimulatorError('not_found', `UAA knows no user ${username}`);
    return user;
  };
  return {
    tokens,
    kindOf: (request) => (isTokenPath(request.path) ? 'token' : 'uaa'),
    answer: (request) =>
      isTokenPath(request.path)
        ? answerToken(parts, clients, request)
        : answerOther({ settings, tokens, key, request }),
    userByGuid: (guid) => users.find((user) => user.guid === guid),
    addUser: (options) => {
      users.push(userFrom(options, random));
    },
    setPassword(username, password) {
      const user = find(username);
      user.password = password;
      user.revocationSignature = random.hex(8);
    },
    issuePasscode(username) {
      const code = random.hex(10);
      passcodes.set(code, find(username));
      return code;
    },
  };
}

const CERTIFICATE_PATH = '/oauth/mtls/token';

function isTokenPath(path: string): boolean {
  return path === '/oauth/token' || path === '/oauth/token/' || path === CERTIFICATE_PATH;
}

/** POST and GET, parameters from body and query alike, as UAA accepts by default. */
function answerToken(parts: GrantParts, clients: readonly Client[], request: SimulatedRequest): Answer {
  const old = parts.settings.token.uaaVersion === 'old';
  if (request.method !== 'POST' && request.method !== 'GET') {
    const description = `Request method '${request.method}' not supported`;
    return uaaErrorAnswer(new UaaError({ status: 405, error: 'method_not_allowed', description }), 'application/json');
  }
  const html = !acceptsJson(request);
  try {
    const params = paramsOf(request);
    const client = clientOf(parts, clients, request, params);
    const body = grantToken(parts, client, params);
    return html && old
      ? notAcceptable()
      : tokenAnswer(body, params.get('grant_type') === 'password' ? SESSION_COOKIE : []);
  } catch (error) {
    if (!(error instanceof UaaError)) throw error;
    return html ? notAcceptable() : uaaErrorAnswer(error, old ? JSON_UTF8 : 'application/json');
  }
}

function clientOf(
  parts: GrantParts,
  clients: readonly Client[],
  request: SimulatedRequest,
  params: ReadonlyMap<string, string>,
): Client {
  const { clientCertificates, uaaVersion } = parts.settings.token;
  if (clientCertificates === 'offered' && request.path === CERTIFICATE_PATH) {
    return authenticateByCertificate(clients, request.clientCertificate?.commonName, params);
  }
  const authorization = headerOf(request, 'authorization');
  const encodedHeader = headerOf(request, 'x-cf-encoded-credentials');
  return authenticateClient(clients, { authorization, encodedHeader, params }, uaaVersion ?? 'new');
}

const JSON_UTF8 = 'application/json;charset=UTF-8';

/** Set by the password grant, of no use to anybody. */
const SESSION_COOKIE: readonly Header[] = [
  ['Set-Cookie', 'JSESSIONID=0123456789ABCDEF0123456789ABCDEF; Path=/; Secure; HttpOnly'],
];

function tokenAnswer(body: object, cookies: readonly Header[]): Answer {
  return {
    status: 200,
    headers: [['Content-Type', JSON_UTF8], ['Cache-Control', 'no-store'], ['Pragma', 'no-cache'], ...cookies],
    body: JSON.stringify(body),
  };
}

/** For clients that want HTML: an error cannot be told to them (facts 2.1). */
function notAcceptable(): Answer {
  return {
    status: 406,
    headers: [['Content-Type', 'text/html;charset=utf-8']],
    body: '<html><body>Not Acceptable</body></html>',
  };
}

function acceptsJson(request: SimulatedRequest): boolean {
  const accept = headerOf(request, 'accept');
  return accept === undefined || accept.includes('json') || accept.includes('*/*');
}

function paramsOf(request: SimulatedRequest): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (const text of [request.query, request.body]) {
    for (const [name, value] of new URLSearchParams(text)) params.set(name, value);
  }
  return params;
}

interface OtherRequest {
  readonly settings: Settings;
  readonly tokens: Tokens;
  readonly key: SigningKey;
  readonly request: SimulatedRequest;
}

/** Discovery, keys and prompts; every other path leads to the login page, so 404 does not exist (facts 2.1). */
function answerOther({ settings, tokens, key, request }: OtherRequest): Answer {
  const base = `${settings.scheme}://${request.hostname}`;
  const path = request.path.replace(/\/$/, '');
  if (path.endsWith('/.well-known/openid-configuration')) return plainJson(discoveryDocument(base, tokens.issuer));
  if (path === '/token_keys') return plainJson(tokenKeys(key));
  if (path === '/healthz') return textAnswer(200, 'ok\n');
  const wantsJson = headerOf(request, 'accept')?.includes('json') === true;
  if ((path === '/info' || path === '/login') && wantsJson) {
    const version = settings.token.uaaVersion === 'old' ? '4.30.0' : '77.18.0';
    return plainJson(loginInfo(base, version));
  }
  if (path === '/login') {
    return {
      status: 200,
      headers: [['Content-Type', 'text/html;charset=utf-8']],
      body: '<html><body>Log in</body></html>',
    };
  }
  return { status: 302, headers: [['Location', `${base}/login`]], body: '' };
}

function plainJson(document: object): Answer {
  return { status: 200, headers: [['Content-Type', 'application/json']], body: JSON.stringify(document) };
}
