import { z } from 'zod';
import { knownTo, text, whole } from './option.js';
import { sslSchema } from './ssl.js';

/** How we listen. */
export const serverSchema = z
  .object({
    port: whole(0, 65_535)
      .optional()
      .describe('Port to listen on, 0 for any; 8080 unless set, on Cloud Foundry the one in PORT.')
      .meta(knownTo('all')),
    address: text().default('0.0.0.0').describe('Address to listen on.').meta(knownTo('all')),
    // All has to be over nine seconds after the signal, and running scrapes need a part of them.
    drainSeconds: whole(0, 8)
      .optional()
      .describe('Normal service after SIGTERM while /-/ready says 503, up to 8 s; 0 unless set, 4 on Cloud Foundry.'),
    servlet: z
      .object({
        contextPath: text()
          .optional()
          .describe('Path that stands before every endpoint.')
          .meta(knownTo('all', 'there the labels of /discovery lack it.')),
      })
      .prefault({}),
    ssl: sslSchema,
  })
  .prefault({});
