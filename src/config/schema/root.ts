import { z } from 'zod';
import { cfSchema, foundationsSchema } from './cf.js';
import { loggingSchema, logSchema } from './logging.js';
import { encryptSchema, httpSchema, httpsSchema, javaxSchema, webSchema } from './outside.js';
import { promregatorSchema } from './promregator.js';
import { serverSchema } from './server.js';

/** Every option, once, under the name it has in a file. What the program works with is `Config`, made from it. */
export const rootSchema = z.object({
  cf: cfSchema,
  foundations: foundationsSchema,
  promregator: promregatorSchema,
  server: serverSchema,
  web: webSchema,
  log: logSchema,
  logging: loggingSchema,
  encrypt: encryptSchema,
  javax: javaxSchema,
  http: httpSchema,
  https: httpsSchema,
});

/** Values as written and checked one by one, before they are checked against each other. */
export type RawConfig = z.output<typeof rootSchema>;
