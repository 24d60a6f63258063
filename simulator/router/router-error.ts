import { STATUS_CODES } from 'node:http';
import type { Answer, Header } from '../http/message.js';

/** Go's spelling. Its presence says that the router, not the application, made the answer. */
export const ROUTER_ERROR_HEADER = 'X-Cf-Routererror';

export interface RouterErrorOptions {
  readonly status: number;
  /** The word in the header. */
  readonly error: string;
  readonly message: string;
  readonly cacheControl?: string;
}

/** The router's own answers (facts 5.1). They carry no `X-Vcap-Request-Id`. */
export function routerError(options: RouterErrorOptions): Answer {
  const headers: Header[] = [
    ['Content-Type', 'text/plain; charset=utf-8'],
    [ROUTER_ERROR_HEADER, options.error],
    ['X-Content-Type-Options', 'nosniff'],
  ];
  if (options.cacheControl !== undefined) headers.push(['Cache-Control', options.cacheControl]);
  const { status } = options;
  return { status, headers, body: `${status} ${STATUS_CODES[status] ?? ''}: ${options.message}\n` };
}

const UNCACHED = 'no-cache, no-store';
const BRIEFLY_CACHED = 'public,max-age=2';

export function unknownRoute(host: string): Answer {
  const message = `Requested route ('${host}') does not exist.`;
  return routerError({ status: 404, error: 'unknown_route', message, cacheControl: UNCACHED });
}

export function noEndpoints(host: string): Answer {
  const message = `Requested route ('${host}') has no available endpoints.`;
  return routerError({ status: 503, error: 'no_endpoints', message, cacheControl: BRIEFLY_CACHED });
}

export function emptyHost(): Answer {
  const message = 'Request had empty Host header';
  return routerError({ status: 400, error: 'empty_host', message, cacheControl: BRIEFLY_CACHED });
}

export function invalidAppInstanceHeader(): Answer {
  const message = 'Invalid X-CF-App-Instance Header';
  return routerError({ status: 400, error: 'invalid_cf_app_instance_header', message, cacheControl: UNCACHED });
}

export function invalidProcessInstanceHeader(): Answer {
  const message = 'Invalid X-CF-Process-Instance Header';
  return routerError({ status: 400, error: 'invalid_cf_process_instance_header', message, cacheControl: UNCACHED });
}

/** 400, not 404, both for an instance that is not in the pool and for a host that nobody knows. */
export function unknownInstance(sentence: string): Answer {
  return routerError({ status: 400, error: 'unknown_route', message: sentence, cacheControl: UNCACHED });
}

export function endpointFailure(reason: string): Answer {
  const message = 'Registered endpoint failed to handle the request.';
  return routerError({ status: 502, error: `endpoint_failure (${reason})`, message });
}
