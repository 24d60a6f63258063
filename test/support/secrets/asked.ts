import { type Agent, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Question {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Keeps connections; absent: each question comes by its own. */
  readonly agent?: Agent;
}

export interface Heard {
  readonly status: number;
  /** Status line, head and body, as they came; a body that broke off as far as it came. */
  readonly text: string;
}

/** Asks whoever shows whatever certificate, without following redirects. Never rejects: a broken answer is one too. */
export function ask({ url, method = 'GET', headers = {}, agent }: Question): Promise<Heard> {
  return new Promise((resolve) => {
    const options = { method, headers, agent: agent ?? false, rejectUnauthorized: false };
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const asked = send(url, options, (answer: IncomingMessage) => {
      let body = '';
      const told = (end: string): void => {
        const head = [answer.statusMessage ?? '', ...answer.rawHeaders, ...answer.rawTrailers].join('\n');
        resolve({ status: answer.statusCode ?? 0, text: `${head}\n${body}\n${end}` });
      };
      answer.setEncoding('latin1');
      answer.on('data', (chunk: string) => {
        body += chunk;
      });
      answer.on('end', () => told(''));
      answer.on('error', (error) => told(String(error)));
    });
    asked.on('error', (error) => resolve({ status: 0, text: String(error) }));
    asked.end();
  });
}
