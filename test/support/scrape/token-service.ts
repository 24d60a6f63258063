import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ServeOptions, serve } from '../outbound/serve.js';

/** A token service each of whose answers a test writes itself. */
export interface TokenService {
  /** `http://127.0.0.1:<port>/oauth/token` */
  readonly url: string;
  readonly origin: string;
  /** Oldest first. */
  readonly requests: readonly TokenQuestion[];
}

export interface TokenQuestion {
  readonly path: string;
  readonly contentType: string | undefined;
  readonly form: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  /** Id and secret of the Authorization header, decoded as UAA does it. */
  readonly basic: readonly string[] | undefined;
  /** Value of `X-CF-ENCODED-CREDENTIALS`. */
  readonly encoded: string | undefined;
}

export type TokenAnswer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }
  | 'close'
  | 'hang';

export type TokenBehaviour = (question: TokenQuestion, count: number) => TokenAnswer | Promise<TokenAnswer>;

export function granted(token: string, more: Readonly<Record<string, unknown>> = {}): TokenAnswer {
  return { body: { access_token: token, token_type: 'bearer', expires_in: 1199, ...more } };
}

export function refusal(error: string, description: string, status = 401): TokenAnswer {
  return { status, body: { error, error_description: description } };
}

/** Grants `token-1`, `token-2` and so on as far as nothing else is said. */
export async function startTokenService(
  behaviour: TokenBehaviour = (_, count) => granted(`token-${count}`),
  options: ServeOptions = {},
): Promise<TokenService> {
  const requests: TokenQuestion[] = [];
  const server = await serve((request, response) => void handle(request, response), options);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.setEncoding('utf8');
    let text = '';
    for await (const chunk of request) text += chunk;
    const { authorization, 'content-type': contentType } = request.headers;
    const encoded = request.headers['x-cf-encoded-credentials']?.toString();
    const form = Object.fromEntries(new URLSearchParams(text));
    const question = {
      path: request.url ?? '',
      contentType,
      form,
      authorization,
      basic: decoded(authorization),
      encoded,
    };
    requests.push(question);
    send(response, await behaviour(question, requests.length));
  }

  return { url: `${server.origin}/oauth/token`, origin: server.origin, requests };
}

/** Split at the first colon, each half URL-decoded, `+` being a blank (facts/cloud-foundry.md 2.1). */
function decoded(authorization: string | undefined): readonly string[] | undefined {
  const [, base64] = /^Basic (.*)$/.exec(authorization ?? '') ?? [];
  if (base64 === undefined) return undefined;
  const [, id = '', secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(base64, 'base64').toString('utf8')) ?? [];
  return [id, secret].map((half) => decodeURIComponent(half.replaceAll('+', ' ')));
}

function send(response: ServerResponse, answer: TokenAnswer): void {
  if (answer === 'hang') return;
  if (answer === 'close') {
    response.destroy();
    return;
  }
  const isText = typeof answer.body === 'string';
  response.writeHead(answer.status ?? 200, {
    'content-type': isText ? 'text/html; charset=utf-8' : 'application/json',
    ...answer.headers,
  });
  response.end(isText ? answer.body : JSON.stringify(answer.body));
}
