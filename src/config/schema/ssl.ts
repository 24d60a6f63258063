import { z } from 'zod';
import { flag, knownTo, secret, secretOrFile, text, texts } from './option.js';

const NOT_JKS = 'PKCS#12; a JKS store has to be converted by keytool';

/** TLS of our own, by Spring Boot's names. Any of them switches it on. */
export const sslSchema = z
  .object({
    enabled: flag().optional().describe('False: plain HTTP in spite of the options beside it.').meta(knownTo('all')),
    certificate: text()
      .optional()
      .describe('PEM file or PEM text of our certificate, the chain behind it.')
      .meta(knownTo('all')),
    'certificate-private-key': secretOrFile()
      .optional()
      .describe('PEM file or PEM text of its key.')
      .meta(knownTo('all')),
    'private-key-password': secret()
      .optional()
      .describe('Password of that key, if it is encrypted.')
      .meta(knownTo('all')),
    'trust-certificate': text()
      .optional()
      .describe('PEM file or PEM text of the authorities that may sign client certificates.')
      .meta(knownTo('all')),
    'key-store': text()
      .optional()
      .describe(`Key store with our certificate and its key (${NOT_JKS}).`)
      .meta(knownTo('all', 'there JKS stores too.')),
    'key-store-password': secret().optional().describe('Password of the key store.').meta(knownTo('all')),
    'key-store-type': text().optional().describe('Passed over: the store itself says what it is.').meta(knownTo('all')),
    'key-alias': text()
      .optional()
      .describe('Which key of the store to use; the first unless set.')
      .meta(knownTo('all')),
    'key-password': secret()
      .optional()
      .describe('Passed over: in a PKCS#12 store it is the password of the store.')
      .meta(knownTo('all')),
    'trust-store': text()
      .optional()
      .describe(`Store of the authorities that may sign client certificates (${NOT_JKS}).`)
      .meta(knownTo('all', 'there JKS stores too.')),
    'trust-store-password': secret().optional().describe('Password of that store.').meta(knownTo('all')),
    'trust-store-type': text()
      .optional()
      .describe('Passed over: the store itself says what it is.')
      .meta(knownTo('all')),
    'client-auth': z
      .enum(['none', 'want', 'need'])
      .optional()
      .describe(
        'Client certificates: none are asked for (unless set), they are checked if there are any, or there has to be one.',
      )
      .meta(knownTo('all')),
    'enabled-protocols': texts()
      .default([])
      .describe('Versions of TLS to speak: TLSv1.2, TLSv1.3; both unless set.')
      .meta(knownTo('all')),
    ciphers: texts()
      .default([])
      .describe("Cipher suites to offer, by OpenSSL's names or Java's; Node's own unless set.")
      .meta(knownTo('all')),
  })
  .prefault({});

export type RawSsl = z.output<typeof sslSchema>;
