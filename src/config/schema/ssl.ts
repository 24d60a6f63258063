import { z } from 'zod';
import { flag, secret, text, texts } from './option.js';

const NOT_JKS = 'PKCS#12; a JKS store has to be converted by keytool';

/** TLS of our own, by Spring Boot's names. Any of them switches it on. */
export const sslSchema = z
  .object({
    enabled: flag().optional().describe('False: plain HTTP in spite of the options beside it.'),
    certificate: text().optional().describe('PEM file or PEM text of our certificate, the chain behind it.'),
    'certificate-private-key': secret().optional().describe('PEM file or PEM text of its key.'),
    'private-key-password': secret().optional().describe('Password of that key, if it is encrypted.'),
    'trust-certificate': text()
      .optional()
      .describe('PEM file or PEM text of the authorities that may sign client certificates.'),
    'key-store': text().optional().describe(`Key store with our certificate and its key (${NOT_JKS}).`),
    'key-store-password': secret().optional().describe('Password of the key store.'),
    'key-store-type': text().optional().describe('Passed over: the store itself says what it is.'),
    'key-alias': text().optional().describe('Which key of the store to use; the first unless set.'),
    'key-password': secret().optional().describe('Passed over: in a PKCS#12 store it is the password of the store.'),
    'trust-store': text()
      .optional()
      .describe(`Store of the authorities that may sign client certificates (${NOT_JKS}).`),
    'trust-store-password': secret().optional().describe('Password of that store.'),
    'trust-store-type': text().optional().describe('Passed over: the store itself says what it is.'),
    'client-auth': z
      .enum(['none', 'want', 'need'])
      .optional()
      .describe(
        'Client certificates: none are asked for (unless set), they are checked if there are any, or there has to be one.',
      ),
    'enabled-protocols': texts().default([]).describe('Versions of TLS to speak: TLSv1.2, TLSv1.3; both unless set.'),
    ciphers: texts()
      .default([])
      .describe("Cipher suites to offer, by OpenSSL's names or Java's; Node's own unless set."),
  })
  .prefault({});

export type RawSsl = z.output<typeof sslSchema>;
