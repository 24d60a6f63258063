import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

/** What a server was sent, in words that fit into a line of a head: credentials first, also as they are decoded. */
export type Sent = string;

export interface EchoAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Somebody who says in each answer what he was sent. */
export interface EchoServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** Oldest first. */
  readonly sent: readonly Sent[];
  stop(): Promise<void>;
}

/** The reason phrase and some headers of each answer hold what was sent, whatever `answer` says beside. */
export async function startEchoServer(answer: (path: string, sent: Sent) => EchoAnswer): Promise<EchoServer> {
  const all: Sent[] = [];

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const sent = wordsOf(request, body);
    all.push(sent);
    const { status, headers = {}, body: said = '' } = answer(new URL(request.url ?? '', 'http://x').pathname, sent);
    const echoes = { 'x-echo': sent, 'x-cf-warnings': sent, 'x-vcap-request-id': sent, 'set-cookie': sent };
    response.writeHead(status, sent, { ...echoes, ...headers }).end(said);
  }

  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  server.on('connect', (request, socket) => {
    const sent = wordsOf(request, '');
    all.push(sent);
    socket.on('error', () => undefined);
    socket.end(`HTTP/1.1 407 ${sent}\r\nProxy-Authenticate: Basic realm="x"\r\nX-Echo: ${sent}\r\n\r\n${sent}`);
  });
  return await listen(server, all);
}

/** Refuses whatever commands of Redis come, and says which. */
export async function startEchoRedis(): Promise<EchoServer> {
  const all: Sent[] = [];
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const sent = printable(chunk.toString('latin1'));
      all.push(sent);
      socket.write(`-WRONGPASS ${sent}\r\n`);
    });
  });
  return await listen(server, all);
}

async function listen(server: Server, sent: readonly Sent[]): Promise<EchoServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    sent,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function wordsOf({ method, url, headers }: IncomingMessage, body: string): Sent {
  const credentials = [headers.authorization, headers['proxy-authorization']].filter((each) => each !== undefined);
  const decoded = credentials.map((each) => Buffer.from(each.replace(/^\w+ /, ''), 'base64').toString('latin1'));
  const basic = decoded.filter((_, at) => /^basic /i.test(credentials[at] ?? ''));
  const form = [...new URLSearchParams(body)].flat();
  const words = [...credentials, ...basic, ...form, body, `${method} ${url}`].join(' ');
  return printable(words);
}

function printable(words: string): Sent {
  return words.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 3_000);
}
