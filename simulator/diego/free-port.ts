import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port of this address that nobody had a moment ago.
 *
 * Containers have a network of their own and always 8080 in it; processes on one machine have to share its ports.
 */
export async function freePort(address: string): Promise<number> {
  const server = createServer();
  server.listen(0, address);
  await once(server, 'listening');
  const bound = server.address();
  server.close();
  await once(server, 'close');
  if (bound === null || typeof bound === 'string') throw new TypeError('A port without a TCP address');
  return bound.port;
}
