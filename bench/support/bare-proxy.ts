import { createServer } from 'node:http';
import { Agent } from 'undici';

/**
 * The least that a proxy of Node's server and undici can do: no directory, no limits, no deadline, no samples of its own,
 * no counters, no word on failure. What it reaches is what the platform allows; ours is held against it.
 *
 * Started as a program: `bare-proxy.js <upstream origin>`; prints its port. The request's path goes upstream as it is.
 */
const [upstream = ''] = process.argv.slice(2);
const agent = new Agent({ keepAliveTimeout: 90_000, keepAliveMaxTimeout: 90_000 });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  let head: Record<string, string | number> = {};
  const { accept = '*/*', 'accept-encoding': encoding = 'identity' } = request.headers;
  agent.dispatch(
    {
      origin: upstream,
      path: request.url ?? '/',
      method: 'GET',
      headers: {
        accept,
        'accept-encoding': String(encoding),
        'user-agent': 'bare-proxy',
        'x-cf-app-instance': '00000000-0000-4000-8000-000000000000:0',
      },
    },
    {
      onRequestStart() {},
      onResponseStart(_, __, headers) {
        head = { 'content-type': String(headers['content-type']) };
        if (headers['content-encoding'] !== undefined) head['content-encoding'] = String(headers['content-encoding']);
      },
      onResponseData(_, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
        response.writeHead(200, { ...head, 'content-length': body.length });
        response.end(body);
      },
      onResponseError() {
        response.writeHead(502).end();
      },
    },
  );
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
