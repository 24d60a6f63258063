import { randomUUID } from 'node:crypto';
import {
  type Answer,
  type Header,
  hasHeader,
  headerOf,
  nginxAnswer,
  type SimulatedRequest,
  textAnswer,
  withHeaders,
} from '../http/message.js';
import type { Settings } from '../options.js';
import type { Platform } from '../platform.js';
import type { RequestKind } from '../request-kind.js';
import type { Uaa } from '../uaa/uaa.js';
import type { WorldState } from '../world/state.js';
import { type Caller, callerOf, demandReader, exemptFromLimit, visibilityOf } from './caller.js';
import { CapiError, errorAnswer, invalidAuthToken, unknownRequest } from './capi-error.js';
import { featuresOf } from './features.js';
import type { PageFault } from './list.js';
import { createRateLimiter } from './rate-limit.js';
import { answerResource, kindOfResource } from './resource-routes.js';
import { documentAnswer, type RootOptions, rootDocument, v2Info, v3Document, v3Info } from './root.js';

/** nginx in front of Cloud Controller takes no longer request line, nor a longer header line. */
const MAX_LINE_BYTES = 8 * 1024;

export interface CloudController {
  kindOf(request: SimulatedRequest): RequestKind;
  answer(request: SimulatedRequest, fault: PageFault | undefined): Answer;
}

export interface CloudControllerParts {
  readonly settings: Settings;
  readonly state: WorldState;
  readonly platform: Platform;
  readonly uaa: Uaa;
}

export function createCloudController(parts: CloudControllerParts): CloudController {
  const { settings, platform } = parts;
  const features = featuresOf(settings.apiVersion);
  const root: RootOptions = { settings, features, api: `${settings.scheme}://api.${settings.systemDomain}` };
  const limiter = settings.rateLimit === undefined ? undefined : createRateLimiter(settings.rateLimit, settings.clock);

  function answerV3(request: SimulatedRequest, fault: PageFault | undefined): Answer {
    let limitHeaders: readonly Header[] = [];
    try {
      const caller = callerOf(headerOf(request, 'authorization'), parts.uaa, platform);
      if (limiter !== undefined && !exemptFromLimit(caller)) {
        const verdict = limiter.count(...limitKey(caller, request));
        limitHeaders = verdict.headers;
        if (verdict.exceeded) throw rateLimited(caller);
      }
      if (request.path === '/v3/info') return withHeaders(documentAnswer(v3Info(root)), ...limitHeaders);
      const visibility = visibilityOf(demandReader(caller), parts.uaa, parts.state);
      const context = { api: root.api, features, visibility, nowMs: settings.clock.now() };
      const answer = answerResource({ request, state: parts.state, context, platform, fault });
      return withHeaders(answer, ...limitHeaders);
    } catch (error) {
      if (!(error instanceof CapiError)) throw error;
      return withHeaders(errorAnswer(error), ...limitHeaders);
    }
  }

  function answer(request: SimulatedRequest, fault: PageFault | undefined): Answer {
    const refusal = refusedByNginx(request, settings, platform);
    if (refusal !== undefined) return refusal;
    const path = request.path === '/' ? '/' : request.path.replace(/\/$/, '');
    if (path === '/healthz') return textAnswer(200, 'OK');
    if (request.method === 'GET' || request.method === 'HEAD') {
      if (path === '/') return dressed(documentAnswer(rootDocument(root)), request);
      if (path === '/v3') return dressed(documentAnswer(v3Document(root.api)), request);
      if (path === '/v2/info') return dressed(documentAnswer(v2Info(root)), request);
    }
    if (path.startsWith('/v3/')) return dressed(answerV3({ ...request, path }, fault), request);
    return dressed(errorAnswer(unknownRequest()), request);
  }

  return { kindOf, answer };
}

function kindOf(request: SimulatedRequest): RequestKind {
  if (request.path === '/' || request.path === '/v3' || request.path === '/v3/') return 'root';
  if (request.path === '/v3/info' || request.path === '/v2/info') return 'info';
  return request.path.startsWith('/v3/') ? kindOfResource(request.path) : 'other';
}

/** What never reaches Cloud Controller itself: pages of nginx, in HTML and text. */
function refusedByNginx(request: SimulatedRequest, settings: Settings, platform: Platform): Answer | undefined {
  const requestLine = `${request.method} ${request.target} HTTP/1.1`;
  if (Buffer.byteLength(requestLine) > MAX_LINE_BYTES) return nginxAnswer(414, '414 Request-URI Too Large');
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const length = (request.rawHeaders[index] ?? '').length + 2 + (request.rawHeaders[index + 1] ?? '').length;
    if (length > MAX_LINE_BYTES) return nginxAnswer(400, '400 Bad Request', 'Request Header Or Cookie Too Large');
  }
  if (platform.api === 'maintenance') return textAnswer(503, 'API down for maintenance');
  if (request.path.startsWith('/internal')) return textAnswer(403, 'Forbidden');
  const v2 = request.path === '/v2' || request.path.startsWith('/v2/');
  if (v2 && request.path !== '/v2/info' && !settings.v2) return textAnswer(404, 'V2 endpoints disabled');
  return undefined;
}

/** Headers of every answer of Cloud Controller behind nginx and the router. */
function dressed(answer: Answer, request: SimulatedRequest): Answer {
  const headers: Header[] = [
    ['Server', 'nginx'],
    ['X-Vcap-Request-Id', `${randomUUID()}::${randomUUID()}`],
    ['X-Runtime', '0.012345'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['Referrer-Policy', 'strict-origin-when-cross-origin'],
  ];
  if (!hasHeader(answer, 'cache-control')) headers.push(['Cache-Control', 'no-cache']);
  for (const name of ['X-B3-Traceid', 'X-B3-Spanid']) {
    const value = headerOf(request, name.toLowerCase());
    if (value !== undefined) headers.push([name, value]);
  }
  return withHeaders(answer, ...headers);
}

function limitKey(caller: Caller, request: SimulatedRequest): [string, 'user' | 'address'] {
  if (caller.kind === 'known') return [caller.id, 'user'];
  const forwarded = headerOf(request, 'x-forwarded-for')?.split(',')[0]?.trim();
  return [forwarded ?? request.remoteAddress, 'address'];
}

/** A token that was sent but is no good hides the limit behind 401. */
function rateLimited(caller: Caller): CapiError {
  if (caller.kind === 'invalid') return invalidAuthToken();
  if (caller.kind === 'known') {
    return new CapiError({ status: 429, code: 10013, title: 'CF-RateLimitExceeded', detail: 'Rate Limit Exceeded' });
  }
  return new CapiError({
    status: 429,
    code: 10014,
    title: 'CF-IPBasedRateLimitExceeded',
    detail:
      'Rate Limit Exceeded: Unauthenticated requests from this IP address have exceeded the limit. Please log in.',
  });
}
