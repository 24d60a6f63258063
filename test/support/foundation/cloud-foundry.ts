import type { IncomingMessage, ServerResponse } from 'node:http';
import { serve } from '../outbound/serve.js';

/** A UAA and an API in one server, each of whose answers a test writes itself. */
export interface CloudFoundry {
  readonly origin: string;
  /** Forms sent to `/oauth/token`, oldest first. */
  readonly logins: readonly Readonly<Record<string, string>>[];
  /** Paths with query of all other requests but the root document's, oldest first. */
  readonly requests: readonly string[];
  readonly roots: number;
}

export interface CloudFoundryAnswers {
  readonly uaa?: (form: Readonly<Record<string, string>>, count: number) => Answer;
  /** In place of UAA's answer, by path; undefined for UAA's own. */
  readonly uaaAt?: (path: string) => Answer;
  readonly api?: (path: string, request: IncomingMessage, count: number) => Answer;
  readonly root?: (origin: string, count: number) => Answer;
}

/** Undefined leaves the request without an answer, `close` ends its connection. */
export type Answer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }
  | undefined
  | 'close'
  | Promise<{ readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }>;

export function grant(accessToken: string, more: Readonly<Record<string, unknown>> = {}): Answer {
  return { body: { access_token: accessToken, token_type: 'bearer', expires_in: 1199, ...more } };
}

export function refusal(error: string, description: string, status = 401): Answer {
  return { status, body: { error, error_description: description } };
}

export async function serveCloudFoundry(answers: CloudFoundryAnswers): Promise<CloudFoundry> {
  const logins: Readonly<Record<string, string>>[] = [];
  const requests: string[] = [];
  const state = { roots: 0 };
  const server = await serve((request, response) => {
    void handle(request, response);
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '';
    if (url === '/') {
      state.roots += 1;
      const { origin } = server;
      const plain: Answer = {
        body: { links: { login: { href: origin }, cloud_controller_v3: { meta: { version: '3.228.0' } } } },
      };
      return send(response, await (answers.root === undefined ? plain : answers.root(origin, state.roots)));
    }
    if (request.method === 'POST' && url.endsWith('/oauth/token')) {
      const form = Object.fromEntries(new URLSearchParams(await textOf(request)));
      const other = answers.uaaAt?.(url);
      if (other !== undefined) return send(response, await other);
      logins.push(form);
      return send(response, await (answers.uaa?.(form, logins.length) ?? grant(`token-${logins.length}`)));
    }
    requests.push(url);
    return send(response, await answers.api?.(url, request, requests.length));
  }

  return {
    origin: server.origin,
    logins,
    requests,
    get roots() {
      return state.roots;
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

function send(response: ServerResponse, answer: Awaited<Answer>): void {
  if (answer === undefined) return;
  if (answer === 'close') {
    response.destroy();
    return;
  }
  const isText = typeof answer.body === 'string';
  response.writeHead(answer.status ?? 200, {
    'content-type': isText ? 'text/html' : 'application/json',
    ...answer.headers,
  });
  response.end(isText ? answer.body : JSON.stringify(answer.body));
}
