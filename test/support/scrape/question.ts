import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** False when the answer broke off. */
  readonly complete: boolean;
}

export interface Question {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Whose connections to use; without one, a connection for this request alone. */
  readonly agent?: Agent;
}

/** What a Prometheus 2.42 sends. */
export const PROMETHEUS_HEADERS = {
  accept:
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  'accept-encoding': 'gzip',
  'user-agent': 'Prometheus/2.42.0',
} as const;

/** One request; the body as it comes, neither unpacked nor decoded. */
export function ask(url: string, question: Question = {}): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, agent = false } = question;
    const outgoing = request(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      const heard = (complete: boolean): void =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks), complete });
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => heard(true));
      response.on('error', () => heard(false));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** The status and the text of an answer. */
export async function askText(url: string, question: Question = {}): Promise<readonly [number, string]> {
  const { status, body } = await ask(url, question);
  return [status, body.toString('utf8')];
}
