import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Guard, OPEN } from './guard.js';
import { respondText } from './respond.js';

/** A request on its way to an endpoint. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What follows the endpoint's path: `<guid>/<index>`; empty for endpoints with one path. */
  readonly rest: string;
  /** Without its question mark. */
  readonly query: string;
  /** Calls back when the answer is out, or its caller gone. For one listener: the last that asks. */
  readonly whenOver: WhenOver;
}

export type WhenOver = (listener: () => void) => void;

export interface Endpoint {
  /** The `endpoint` label of `promregator_http_requests_total`. */
  readonly name: string;
  /** A path, or the beginning of paths when it ends in a slash and `takesRest` is set. */
  readonly path: string;
  readonly takesRest?: true;
  readonly methods: readonly string[] | 'any';
  readonly guard: Guard;
  answer(visit: Visit): void | Promise<void>;
}

export interface RouterOptions {
  readonly endpoints: readonly Endpoint[];
  /** In front of every path: empty, or `/prefix`. */
  readonly pathPrefix: string;
  /** Before paths where there is nothing; absent: everybody may learn that. */
  readonly elsewhere?: Guard;
  readonly onError: (error: unknown, request: IncomingMessage) => void;
}

export interface Router {
  /** Answers the request; returns the name of the endpoint that did, for the metrics. */
  handle(request: IncomingMessage, response: ServerResponse, whenOver: WhenOver): string;
}

/** `endpoint` label of requests to paths where there is nothing. */
const NOBODY = 'none';

/** Paths are compared as they come: nothing is decoded, so nothing can hide in an encoding. */
export function createRouter(options: RouterOptions): Router {
  const { pathPrefix } = options;
  const exact = new Map<string, Endpoint>();
  const beginnings: Endpoint[] = [];
  for (const endpoint of options.endpoints) {
    if (endpoint.takesRest) beginnings.push(endpoint);
    else exact.set(pathPrefix + endpoint.path, endpoint);
  }

  const nothing: Endpoint = {
    name: NOBODY,
    path: '',
    methods: 'any',
    guard: options.elsewhere ?? OPEN,
    answer: ({ response }) =>
      respondText(response, 404, `There is nothing at this path; ${pathPrefix}/ lists what there is.`),
  };

  /** The guard's word first; waited for only where it has to think. */
  function serve(endpoint: Endpoint, visit: Visit): string {
    const { request, response } = visit;
    const admitted = endpoint.guard.admits(request, response);
    if (admitted === true) attempt(endpoint, visit);
    else if (admitted !== false) attemptOnce(admitted, endpoint, visit);
    return endpoint.name;
  }

  function attemptOnce(admitted: Promise<boolean>, endpoint: Endpoint, visit: Visit): void {
    let isOver = false;
    visit.whenOver(() => {
      isOver = true;
    });
    admitted.then(
      // A caller that left meanwhile must not set off a scrape that nobody would end.
      (isAdmitted) => isAdmitted && !isOver && attempt(endpoint, visit),
      (error) => failed(error, visit),
    );
  }

  function attempt(endpoint: Endpoint, visit: Visit): void {
    const { request, response } = visit;
    if (endpoint.methods !== 'any' && !endpoint.methods.includes(request.method ?? '')) {
      const allow = endpoint.methods.join(', ');
      respondText(response, 405, `${endpoint.path} takes ${allow}.`, { allow });
      return;
    }
    try {
      endpoint.answer(visit)?.catch((error) => failed(error, visit));
    } catch (error) {
      failed(error, visit);
    }
  }

  function failed(error: unknown, { request, response }: Visit): void {
    options.onError(error, request);
    if (response.headersSent) response.destroy();
    else respondText(response, 500, 'Something went wrong within Promregator; its log has the reason.');
  }

  return {
    handle(request, response, whenOver) {
      const url = request.url ?? '/';
      const mark = url.indexOf('?');
      const path = mark < 0 ? url : url.slice(0, mark);
      const query = mark < 0 ? '' : url.slice(mark + 1);
      for (const endpoint of beginnings) {
        const start = pathPrefix + endpoint.path;
        if (path.startsWith(start))
          return serve(endpoint, { request, response, rest: path.slice(start.length), query, whenOver });
      }
      const endpoint = exact.get(path);
      return serve(endpoint ?? nothing, { request, response, rest: '', query, whenOver });
    },
  };
}
