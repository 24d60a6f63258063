import type { Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

/** Hands over the head of each request as it stands, the empty line included. Whoever scrapes sends no bodies. */
export function hearHeads(socket: Socket, hear: (head: string) => void): void {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf(HEAD_END); end >= 0; end = text.indexOf(HEAD_END)) {
      const head = text.slice(0, end + HEAD_END.length);
      text = text.slice(head.length);
      hear(head);
    }
  });
}
