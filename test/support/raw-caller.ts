import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Conversation {
  readonly answers: readonly RawAnswer[];
  /** Whether the other side ended the connection; else it has answered as often as was waited for. */
  readonly end: 'closed' | 'open';
  /** What came and is no whole answer. */
  readonly rest: string;
}

/** Connects and sends bytes as they are, text as latin1; waits for so many answers, or for the end of the connection. */
export function converse(port: number, bytes: string | Buffer, wanted: number | 'end'): Promise<Conversation> {
  const socket = connect(port, '127.0.0.1');
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return listenTo(socket, wanted).finally(() => socket.destroy());
}

export function listenTo(socket: Socket, wanted: number | 'end'): Promise<Conversation> {
  return new Promise((resolve) => {
    let rest = '';
    const answers: RawAnswer[] = [];
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1');
      for (let next = readAnswer(rest); next !== undefined; next = readAnswer(rest)) {
        answers.push(next.answer);
        rest = next.rest;
      }
      if (answers.length === wanted) resolve({ answers, end: 'open', rest });
    });
    // A reset is an end too: what the other side did not want to read is lost with it.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ answers, end: 'closed', rest }));
  });
}

/** The first whole answer, and what follows. All of ours state their length, but those that have no body. */
function readAnswer(text: string): { readonly answer: RawAnswer; readonly rest: string } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = Number(headers['content-length'] ?? 0);
  const body = text.slice(end + 4, end + 4 + length);
  if (body.length < length) return undefined;
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  return { answer: { status, headers, body }, rest: text.slice(end + 4 + length) };
}
