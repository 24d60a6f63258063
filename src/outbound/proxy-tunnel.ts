import type { Socket } from 'node:net';
import { type OutboundError, proxyError, proxyRefusal } from './outbound-error.js';
import type { OutboundProxy } from './proxy.js';

/** A proxy's answer to CONNECT has a few lines; some add a page, which is not read. */
const LONGEST_HEAD_BYTES = 16 * 1024;

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: |\r|$)/;

export interface TunnelOutcome {
  /** The bytes that go through from now on are the target's. */
  onOpen(): void;
  onError(error: OutboundError): void;
}

/**
 * Asks a proxy for a tunnel (RFC 9110, 9.3.6) over a socket that is connected to it. The socket's errors stay the
 * caller's; its end, and every answer but a 2xx, come as an error that names the proxy.
 *
 * @param target `host:port`, which the proxy looks up
 */
export function openTunnel(socket: Socket, proxy: OutboundProxy, target: string, outcome: TunnelOutcome): void {
  let head = Buffer.alloc(0);

  function onData(chunk: Buffer): void {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0 && head.length <= LONGEST_HEAD_BYTES) return;
    stop();
    const [, status] = STATUS_LINE.exec(head.toString('latin1', 0, Math.max(0, end))) ?? [];
    if (status === undefined) outcome.onError(proxyError(proxy.name, 'its answer to CONNECT is not HTTP'));
    else if (status.startsWith('2')) open(head.subarray(end + 4));
    else outcome.onError(proxyRefusal(proxy.name, Number(status)));
  }

  function onClose(): void {
    stop();
    outcome.onError(proxyError(proxy.name, 'it closed the connection instead of answering CONNECT'));
  }

  function stop(): void {
    socket.off('data', onData).off('end', onClose).off('close', onClose);
    socket.pause();
  }

  function open(rest: Buffer): void {
    if (rest.length > 0) socket.unshift(rest);
    outcome.onOpen();
  }

  socket.on('data', onData).once('end', onClose).once('close', onClose);
  const headers = Object.entries({ host: target, ...proxy.headers() }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`CONNECT ${target} HTTP/1.1\r\n${headers.join('')}\r\n`);
}
