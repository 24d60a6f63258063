import type { Clock } from '../../src/base/clock.js';
import { type Answer, type Header, jsonAnswer, textAnswer } from '../http/message.js';
import type { Behaviour, CannedAnswer } from '../world/behaviour.js';
import type { Instance } from '../world/records.js';
import { type CheckToken, refusalOf } from './credentials.js';
import { renderExposition } from './exposition.js';
import type { Fillers } from './filler.js';
import { acceptsGzip, CONTENT_TYPES, chooseFormat } from './negotiation.js';

/** A request as an application receives it. */
export interface ApplicationRequest {
  readonly method: string;
  /** As sent, not stripped of the route's path. */
  readonly path: string;
  readonly query: string;
  /** Port inside the container. */
  readonly port: number;
  /** By lower-case name. */
  header(name: string): string | undefined;
  /** All of them, as the application sees them. */
  headers(): Readonly<Record<string, string>>;
}

export interface ApplicationParts {
  readonly fillers: Fillers;
  readonly clock: Clock;
  readonly checkToken: CheckToken;
}

/** What an instance answers: metrics where its behaviour puts them, `/`, `/echo`, and its own 404 elsewhere. */
export function answerAsInstance(parts: ApplicationParts, instance: Instance, request: ApplicationRequest): Answer {
  const behaviour = behaviourOf(instance);
  const answer = answerPath(parts, { instance, behaviour, request });
  const delayed = behaviour.delayMs > 0 ? { ...answer, delayMs: behaviour.delayMs } : answer;
  if (!behaviour.setsSession) return delayed;
  return { ...delayed, headers: [...delayed.headers, ['Set-Cookie', `JSESSIONID=${instance.guid}; Path=/`]] };
}

/** Whether anything listens on a port of the instance's container. */
export function listensOn(instance: Instance, port: number): boolean {
  const behaviour = behaviourOf(instance);
  return port === behaviour.port || port === DEFAULT_PORT || behaviour.otherPorts.includes(port);
}

/** `PORT` of Cloud Foundry. */
export const DEFAULT_PORT = 8080;

function behaviourOf(instance: Instance): Behaviour {
  const { application } = instance.process;
  const own = application.instanceBehaviours.get(instance.index);
  return own === undefined ? application.behaviour : { ...application.behaviour, ...own };
}

interface Visit {
  readonly instance: Instance;
  readonly behaviour: Behaviour;
  readonly request: ApplicationRequest;
}

function answerPath(parts: ApplicationParts, visit: Visit): Answer {
  const { instance, request, behaviour } = visit;
  if (request.port === behaviour.port && isMetricsPath(visit)) return answerMetrics(parts, visit);
  const { name } = instance.process.application;
  if (request.path === '/echo') return jsonAnswer(200, echo(visit));
  if (request.path === '/') return textAnswer(200, `${name}, instance ${instance.index}\n`);
  return textAnswer(404, '404 page not found\n');
}

/** An application behind a route with a path has to know that path, since the router does not strip it. */
function isMetricsPath({ instance, behaviour, request }: Visit): boolean {
  if (request.path === behaviour.path) return true;
  if (!request.path.endsWith(behaviour.path)) return false;
  const prefix = request.path.slice(0, -behaviour.path.length).toLowerCase();
  return [...instance.process.application.routes].some((route) => route.path.toLowerCase() === prefix);
}

function answerMetrics(parts: ApplicationParts, { instance, behaviour, request }: Visit): Answer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return textAnswer(405, 'Method Not Allowed\n');
  const refusal =
    behaviour.credentials === undefined ? undefined : refusalOf(behaviour.credentials, request, parts.checkToken);
  if (refusal !== undefined) return refusal;
  if (behaviour.canned !== undefined) return cannedAnswer(behaviour.canned);
  instance.scrapes += 1;
  const format = chooseFormat(request.header('accept'), behaviour.formats);
  const encoding = behaviour.gzip && acceptsGzip(request.header('accept-encoding')) ? 'gzip' : 'identity';
  const headers: Header[] = [['Content-Type', CONTENT_TYPES[format]]];
  if (encoding === 'gzip') headers.push(['Content-Encoding', 'gzip']);
  const body = renderExposition(parts.fillers, { instance, behaviour, format, encoding, nowMs: parts.clock.now() });
  return { status: 200, headers, body };
}

function cannedAnswer(canned: CannedAnswer): Answer {
  const type = canned.contentType === undefined ? CONTENT_TYPES.text : canned.contentType;
  const headers: Header[] = type === null ? [] : [['Content-Type', type]];
  return {
    status: canned.status ?? 200,
    headers: [...headers, ...Object.entries(canned.headers ?? {})],
    body: canned.body ?? '',
  };
}

function echo({ instance, request }: Visit): object {
  const { process } = instance;
  return {
    app: process.application.name,
    app_guid: process.application.guid,
    process_guid: process.guid,
    instance_index: instance.index,
    instance_guid: instance.guid,
    method: request.method,
    path: request.path,
    query: request.query,
    port: request.port,
    headers: request.headers(),
  };
}
