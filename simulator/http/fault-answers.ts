import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { FaultAction, StatusFault } from '../faults.js';
import {
  type Answer,
  bodyBytes,
  type Header,
  HTML_TYPE,
  JSON_TYPE,
  jsonAnswer,
  nginxAnswer,
  TEXT_TYPE,
  textAnswer,
} from './message.js';

const HTML_PAGE =
  '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>\n';

/** The answer that a fault gives in place of the usual one; undefined when the usual one is needed. */
export function replacementFor(fault: FaultAction): Answer | undefined {
  if (fault.type === 'status') return statusAnswer(fault);
  if (fault.type === 'html')
    return { status: 200, headers: [['Content-Type', 'text/html; charset=utf-8']], body: HTML_PAGE };
  if (fault.type === 'invalid_token') {
    return capiError(401, { code: 1000, title: 'CF-InvalidAuthToken', detail: 'Invalid Auth Token' });
  }
  if (fault.type === 'rate_limit') return rateLimited(fault.retryAfterSeconds);
  if (silent(fault)) return { status: 200, headers: [], body: '' };
  return undefined;
}

/** What a fault makes of the usual answer. Faults of the transport leave it as it is. */
export function altered(answer: Answer, fault: FaultAction): Answer {
  if (fault.type === 'broken_json') {
    const body = bodyBytes(answer.body);
    return { ...answer, body: body.subarray(0, Math.floor(body.byteLength / 2)) };
  }
  if (fault.type === 'content_type') {
    const others = answer.headers.filter(([name]) => name.toLowerCase() !== 'content-type');
    const added: Header[] = fault.value === null ? [] : [['Content-Type', fault.value]];
    return { ...answer, headers: [...added, ...others] };
  }
  return answer;
}

function silent(fault: FaultAction): boolean {
  return (fault.type === 'reset' || fault.type === 'hang') && fault.when === 'before_head';
}

function statusAnswer(fault: StatusFault): Answer {
  const bare = bodyOf(fault);
  const reason = STATUS_CODES[fault.status] === undefined ? { reason: fault.detail ?? 'Unknown' } : {};
  const added: Header[] = Object.entries(fault.headers ?? {});
  if (fault.retryAfterSeconds !== undefined) added.push(['Retry-After', String(fault.retryAfterSeconds)]);
  return { ...bare, ...reason, headers: [...bare.headers, ...added] };
}

function bodyOf(fault: StatusFault): Answer {
  const { status } = fault;
  const phrase = STATUS_CODES[status] ?? 'Unknown';
  switch (fault.form) {
    case 'capi':
      return capiError(status, {
        code: fault.code ?? 10001,
        title: fault.title ?? 'UnknownError',
        detail: fault.detail ?? 'An unknown error occurred.',
      });
    case 'router':
      return textAnswer(status, `${status} ${phrase}: ${fault.detail ?? ROUTER_MESSAGE}\n`, [
        ['X-Cf-Routererror', fault.title ?? 'endpoint_failure (EOF)'],
        ['X-Content-Type-Options', 'nosniff'],
      ]);
    case 'uaa':
      return {
        status,
        headers: [
          ['Content-Type', 'application/json'],
          ['Cache-Control', 'no-store'],
        ],
        body: JSON.stringify({
          error: fault.title ?? 'unauthorized',
          error_description: fault.detail ?? 'Bad credentials',
        }),
      };
    case 'nginx':
      return nginxAnswer(status, `${status} ${fault.detail ?? phrase}`);
    case 'html':
      return { status, headers: [['Content-Type', HTML_TYPE]], body: HTML_PAGE };
    case 'text':
      return textAnswer(status, fault.detail ?? `${status} ${phrase}`);
    case 'empty':
      return { status, headers: [], body: '' };
  }
}

const ROUTER_MESSAGE = 'Registered endpoint failed to handle the request.';

interface CapiError {
  readonly code: number;
  readonly title: string;
  readonly detail: string;
}

function capiError(status: number, { detail, title, code }: CapiError): Answer {
  return jsonAnswer(status, { errors: [{ detail, title, code }] }, [
    ['X-Vcap-Request-Id', `${randomUUID()}::${randomUUID()}`],
  ]);
}

/** The JSON of the error under the type of a plain text: so it is (facts 4). */
function rateLimited(retryAfterSeconds: number): Answer {
  const error = capiError(429, { code: 10013, title: 'CF-RateLimitExceeded', detail: 'Rate Limit Exceeded' });
  const others = error.headers.filter(([, value]) => value !== JSON_TYPE);
  return {
    ...error,
    headers: [
      ['Content-Type', TEXT_TYPE],
      ['Retry-After', String(retryAfterSeconds)],
      ['X-Ratelimit-Limit', '2000'],
      ['X-Ratelimit-Remaining', '0'],
      ['X-Ratelimit-Reset', String(Math.ceil(Date.now() / 1000) + retryAfterSeconds)],
      ...others,
    ],
  };
}
