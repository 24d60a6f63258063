import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { ArrivedRequest } from '../request-counts.js';
import type { Answer, Header } from './message.js';

export interface PassedAnswer {
  readonly head: IncomingMessage;
  readonly headers: readonly Header[];
  readonly response: ServerResponse;
  readonly arrived: ArrivedRequest;
  /** Called once, with the bytes of the body; `cut` when either side broke off. */
  onEnd(bytes: number, how: 'whole' | 'cut'): void;
}

/** Hands a process's answer on as it comes, and its end as it is: broken here when it broke there, and the other way round. */
export function passAnswer({ head, headers, response, arrived, onEnd }: PassedAnswer): void {
  const status = head.statusCode ?? 502;
  let bytes = 0;
  response.removeHeader('Connection');
  response.writeHead(status, head.statusMessage ?? '', headers.flat());
  response.flushHeaders();
  arrived.answered(status);
  head.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    arrived.sent(chunk.byteLength);
  });
  pipeline(head, response, (error) => onEnd(bytes, error == null ? 'whole' : 'cut'));
}

/** A process's answer as a whole, for faults that need one; undefined when it breaks off. */
export async function wholeAnswer(head: IncomingMessage, headers: readonly Header[]): Promise<Answer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of head) chunks.push(chunk);
  } catch {
    // The fault that wanted it cannot make it worse.
    return undefined;
  }
  const own = headers.filter(([name]) => name.toLowerCase() !== 'content-length');
  return { status: head.statusCode ?? 502, headers: own, body: Buffer.concat(chunks) };
}
