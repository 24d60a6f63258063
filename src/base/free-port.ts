import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { errorCode } from './errors.js';

/**
 * Beneath those that systems give to outgoing connections (Linux: 32768 to 60999, net.ipv4.ip_local_port_range), one of
 * which could take the port before the program that it is meant for has.
 */
const [LOWEST, ABOVE] = [10_000, 32_768];
const TRIES = 100;

/**
 * A TCP port of this address that nobody had a moment ago, for programs that cannot choose one themselves.
 *
 * @param preferred is taken where it is free
 * @throws where the address is not ours, or no port was free
 */
export async function freePort(address = '127.0.0.1', preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(address, preferred))) return preferred;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = randomInt(LOWEST, ABOVE);
    if (await isFree(address, port)) return port;
  }
  throw new Error(`no port of ${address} is free, of ${TRIES} that were tried`);
}

function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (errorCode(error) === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
