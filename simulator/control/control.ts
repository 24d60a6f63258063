import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describeError } from '../../src/base/errors.js';
import type { Faults } from '../faults.js';
import type { Platform } from '../platform.js';
import type { RequestCounts } from '../request-counts.js';
import { SimulatorError, type SimulatorErrorCode } from '../simulator-error.js';
import type { Uaa } from '../uaa/uaa.js';
import type { World } from '../world/world.js';
import { CONTROL_HELP } from './help.js';
import { readFaultRule, readPlatform } from './schemas.js';
import { changeWorld, worldSummary } from './world-changes.js';

/** What the control endpoint controls. */
export interface ControlTarget {
  readonly world: World;
  readonly faults: Faults;
  readonly requests: RequestCounts;
  readonly platform: Platform;
  readonly uaa: Uaa;
  setNetworkPolicy(policy: Platform['networkPolicy']): Promise<void>;
}

export interface Control {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ControlPlace {
  readonly address: string;
  readonly port: number;
}

/** Requests here are short; a longer body is a mistake. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Starts the endpoint by which people and other processes look at a running foundation, change it and break it. */
export async function startControl(target: ControlTarget, place: ControlPlace): Promise<Control> {
  const server = createServer((request, response) => {
    answer(target, request).then(
      (result) => send(response, 200, result),
      (error: unknown) => send(response, statusOf(error), { error: describeError(error) }),
    );
  });
  server.listen(place.port, place.address);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The control endpoint has no TCP address');
  return {
    url: `http://${place.address}:${address.port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A text or a value that is shown as JSON. */
type Result = string | object;

async function answer(target: ControlTarget, request: IncomingMessage): Promise<Result> {
  const path = (request.url ?? '/').replace(/\?.*$/, '');
  const call = `${request.method ?? 'GET'} ${path}`;
  const body = request.method === 'POST' ? await readJson(request) : undefined;
  const fixed = await answerFixed(target, call, body);
  if (fixed !== undefined) return fixed;
  if (call.startsWith('POST /world/')) return changeWorld(target.world, path.slice('/world/'.length), body);
  if (call.startsWith('DELETE /faults/')) return removeFault(target.faults, path.slice('/faults/'.length));
  throw new SimulatorError('not_found', `No such control: ${call}. GET / lists what there is`);
}

async function answerFixed(target: ControlTarget, call: string, body: unknown): Promise<Result | undefined> {
  const { world, faults, requests, platform, uaa } = target;
  switch (call) {
    case 'GET /':
      return CONTROL_HELP;
    case 'GET /world':
      return worldSummary(world);
    case 'GET /requests':
      return { total: requests.total(), byKind: requests.byKind(), bytesByKind: requests.bytesByKind() };
    case 'GET /requests/recent':
      return requests.recent();
    case 'POST /requests/reset':
      requests.reset();
      return DONE;
    case 'GET /faults':
      return faults.list();
    case 'POST /faults':
      return { id: faults.add(readFaultRule(body)).id };
    case 'DELETE /faults':
      faults.clear();
      return DONE;
    case 'POST /tokens/expire':
      uaa.tokens.expireAccess();
      return DONE;
    case 'POST /tokens/revoke-refresh':
      uaa.tokens.revokeRefresh();
      return DONE;
    case 'GET /platform':
      return platform;
    case 'POST /platform':
      return setPlatform(target, body);
    default:
      return undefined;
  }
}

const DONE = { ok: true } as const;

async function setPlatform(target: ControlTarget, body: unknown): Promise<Platform> {
  const changes = readPlatform(body);
  Object.assign(target.platform, changes);
  if (changes.networkPolicy !== undefined) await target.setNetworkPolicy(changes.networkPolicy);
  return target.platform;
}

function removeFault(faults: Faults, id: string): Result {
  if (faults.remove(Number(id))) return DONE;
  throw new SimulatorError('not_found', `There is no fault ${id}: GET /faults lists them`);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) throw new SimulatorError('invalid', 'The body is longer than 1 MiB');
  }
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SimulatorError('invalid', 'The body is not JSON', { cause: error });
  }
}

function send(response: ServerResponse, status: number, result: Result): void {
  const text = typeof result === 'string' ? result : `${JSON.stringify(result, undefined, 2)}\n`;
  const type = typeof result === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(status, { 'Content-Type': type });
  response.end(text);
}

const STATUSES: Readonly<Record<SimulatorErrorCode, number>> = {
  not_found: 404,
  ambiguous: 409,
  refused: 422,
  invalid: 400,
  certificates: 500,
};

function statusOf(error: unknown): number {
  return error instanceof SimulatorError ? STATUSES[error.code] : 500;
}
