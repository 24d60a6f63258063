import { z } from 'zod';
import { address, knownTo, secret, text, whole } from './option.js';

/** A proxy on the way to others. `whom` completes the sentences. */
export function proxySchema(whom: string) {
  return z
    .object({
      host: address()
        .optional()
        .describe(`Host of the HTTP proxy towards ${whom}, alone or as a URL with scheme and port.`)
        .meta(knownTo('all', 'there a host alone.')),
      port: whole(0, 65_535).optional().describe('Port of the proxy.').meta(knownTo('all')),
      scheme: z
        .enum(['http', 'https'])
        .optional()
        .describe('How to speak to the proxy itself; that of the host unless set, else http.'),
      username: text().optional().describe('User name towards the proxy.'),
      password: secret().optional().describe('Password towards the proxy.'),
    })
    .prefault({});
}

export type RawProxy = z.output<ReturnType<typeof proxySchema>>;
