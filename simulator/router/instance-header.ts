import { headerOf, type SimulatedRequest } from '../http/message.js';

const GUID = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';
const APP_INSTANCE = new RegExp(`^(${GUID}):(\\d+)$`);
const PROCESS_INSTANCE = new RegExp(`^(${GUID})(?::(\\d+))?$`);

/** Which instance a request asks for by the headers of facts 5.2. */
export type InstanceWish =
  | { readonly kind: 'any' }
  | { readonly kind: 'invalid_app' }
  | { readonly kind: 'invalid_process' }
  | InstanceAsked;

export interface InstanceAsked {
  readonly kind: 'app' | 'process';
  readonly guid: string;
  /** As written: `00` never equals `0`. Absent: any instance of that process. */
  readonly index: string | undefined;
  /** For the error when there is none: of two headers the process header is quoted although the other one routes. */
  readonly quoted: string;
}

/** `processHeader`: whether this router is new enough to know `X-CF-Process-Instance`. */
export function readInstanceWish(request: SimulatedRequest, processHeader: 'known' | 'unknown'): InstanceWish {
  const app = firstValue(request, 'x-cf-app-instance');
  const process = processHeader === 'known' ? firstValue(request, 'x-cf-process-instance') : '';
  const appMatch = app === '' ? undefined : APP_INSTANCE.exec(app);
  if (appMatch === null) return { kind: 'invalid_app' };
  const processMatch = process === '' ? undefined : PROCESS_INSTANCE.exec(process);
  if (processMatch === null) return { kind: 'invalid_process' };
  const quoted = processMatch === undefined ? quote(appMatch, 'guid') : quote(processMatch, 'process guid');
  const match = appMatch ?? processMatch;
  if (match === undefined) return { kind: 'any' };
  return { kind: appMatch === undefined ? 'process' : 'app', guid: match[1] ?? '', index: match[2], quoted };
}

function quote(match: RegExpExecArray | undefined, what: 'guid' | 'process guid'): string {
  const [, guid = '', index] = match ?? [];
  return index === undefined ? `instance with ${what} ('${guid}')` : `instance ('${index}') with ${what} ('${guid}')`;
}

/** Of two such headers the first counts; an empty one counts as none (facts 5.4). */
function firstValue(request: SimulatedRequest, name: string): string {
  if (headerOf(request, name) === undefined) return '';
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name) return request.rawHeaders[index + 1] ?? '';
  }
  return '';
}
