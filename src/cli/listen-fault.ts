import { describeError, errorCode } from '../base/errors.js';

/** Of listen(2) and bind(2), each with what to do about it. */
const FAULTS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the port is taken; choose another by --server.port'],
  ['EACCES', 'we may not listen there; choose a port from 1024 on by --server.port'],
  ['EADDRNOTAVAIL', 'no network interface has this address; choose another by --server.address'],
  ['ENOTFOUND', 'nobody knows this name; choose an address by --server.address'],
]);

export interface ListenAddress {
  readonly address: string;
  readonly port: number;
}

/** Why a start failed, in words where it was the listening; anything else as it says itself. */
export function describeStartError(error: unknown, { address, port }: ListenAddress): string {
  const said = isOfListening(error) ? FAULTS.get(errorCode(error) ?? '') : undefined;
  const host = address.includes(':') ? `[${address}]` : address;
  return said === undefined ? describeError(error) : `cannot listen on ${host}:${port}: ${said}`;
}

/** A file may be refused by the same code. A name is looked up by Node before it listens. */
function isOfListening(error: unknown): boolean {
  if (!(error instanceof Error) || !('syscall' in error)) return false;
  return error.syscall === 'listen' || error.syscall === 'bind' || error.syscall === 'getaddrinfo';
}
