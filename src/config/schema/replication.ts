import { z } from 'zod';
import { address, flag, seconds, secret, text, texts, whole } from './option.js';
import { tlsConfigSchema } from './tls.js';

const sentinel = z
  .object({
    master: text().optional().describe('Name of the master as the Sentinels know it.'),
    nodes: texts().default([]).describe('The Sentinels, as host or host:port; port 26379 unless said.'),
    username: text().optional().describe('User towards the Sentinels.'),
    password: secret().optional().describe('Password towards the Sentinels.'),
    tls: flag().optional().describe('Speak TLS with the Sentinels; as with the servers unless set.'),
  })
  .prefault({});

const redis = z
  .object({
    url: address()
      .optional()
      .describe('Server of Redis or Valkey: redis://host:port/database, or rediss:// for TLS; port 6379 unless said.'),
    username: text().optional().describe('User there (ACL); the default user unless set.'),
    password: secret().optional().describe('Password there.'),
    database: whole(0, 65_535).optional().describe('Number of the database; that of the url unless set, else 0.'),
    tls: flag().optional().describe('Speak TLS with the servers; what the url says unless set.'),
    tls_config: tlsConfigSchema('the Redis server'),
    sentinel,
    fromVcapServices: text()
      .optional()
      .describe(
        'On Cloud Foundry: true takes the bound service with the tag redis or valkey, a name the service of that name or tag.',
      ),
    prefix: text()
      .regex(/^[\w.-]{1,64}$/, 'up to 64 letters, digits, ., _ and -')
      .default('promregator')
      .describe('What the names of all keys begin with.'),
  })
  .prefault({});

/** How replicas share what they read of Cloud Foundry. */
export const replicationSchema = z
  .object({
    redis,
    lease: seconds(2)
      .default(10)
      .describe('How long the replica that reads may be silent until another one takes over.'),
  })
  .prefault({});

export type RawReplication = z.output<typeof replicationSchema>;
