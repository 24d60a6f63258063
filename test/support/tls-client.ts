import { Agent, type RequestOptions, request } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { KeyPair } from './outbound/certificates.js';

export interface TlsClient {
  /** PEM of the only authority that it trusts. */
  readonly ca: string;
  /** What it shows when it is asked. */
  readonly identity?: KeyPair;
  readonly versions?: Pick<RequestOptions, 'minVersion' | 'maxVersion'>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Keeps its connection; absent: each question comes by its own. */
  readonly agent?: Agent;
}

export interface TlsAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Serial number of the certificate that the server showed. */
  readonly serialNumber: string;
  readonly protocol: string | null;
}

/** One question over TLS. Rejects when the server does not let it in, or is not whom the client trusts. */
export function askTls(url: string, { ca, identity, versions, headers = {}, agent }: TlsClient): Promise<TlsAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      { ca, ...identity, ...versions, headers, agent: agent ?? new Agent({ keepAlive: false }) },
      (answer) => {
        const { socket } = answer;
        if (!(socket instanceof TLSSocket)) return reject(new TypeError('an answer over TLS comes by a TLS socket'));
        const { serialNumber } = socket.getPeerCertificate();
        const protocol = socket.getProtocol();
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: answer.statusCode, headers: answer.headers, text, serialNumber, protocol });
        });
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}
