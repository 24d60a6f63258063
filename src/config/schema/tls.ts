import { z } from 'zod';
import { flag, secret, text } from './option.js';

/** TLS towards others, by Prometheus' names. `whom` completes the sentences. */
export function tlsConfigSchema(whom: string) {
  return z
    .object({
      ca_file: text().optional().describe(`PEM file of authorities to trust for ${whom}, beside the system's.`),
      ca: text().optional().describe('PEM text in place of ca_file.'),
      cert_file: text()
        .optional()
        .describe(
          `PEM file of the client certificate towards ${whom}, the chain behind it; on Cloud Foundry \${CF_INSTANCE_CERT} is our own.`,
        ),
      cert: text().optional().describe('PEM text in place of cert_file.'),
      key_file: text()
        .optional()
        .describe(`PEM file of the key of that certificate; on Cloud Foundry \${CF_INSTANCE_KEY} is our own.`),
      key: secret().optional().describe('PEM text in place of key_file.'),
      key_password: secret().optional().describe('Password of an encrypted key.'),
      server_name: text()
        .optional()
        .describe(`Name that the certificate of ${whom} has to bear, in place of the host.`),
      insecure_skip_verify: flag().optional().describe(`Accept any certificate of ${whom}.`),
      min_version: z
        .enum(['TLS10', 'TLS11', 'TLS12', 'TLS13'])
        .optional()
        .describe(`Oldest version of TLS to speak with ${whom}; TLS12 unless set.`),
    })
    .prefault({});
}

export type RawTls = z.output<ReturnType<typeof tlsConfigSchema>>;
