import { z } from 'zod';

/** How the log is written. */
export const logSchema = z
  .object({
    format: z
      .enum(['text', 'json'])
      .optional()
      .describe('Form of the log on stderr; text unless set, json on Cloud Foundry.'),
  })
  .prefault({});

/** How much is logged, by the names of the original's loggers. FALSE is what YAML makes of an unquoted `off`. */
export const loggingSchema = z
  .object({
    level: z
      .record(
        z.string(),
        z
          .enum(['OFF', 'FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE', 'FALSE'])
          .describe('Level of a logger; root and org.cloudfoundry.promregator mean the whole program.'),
      )
      .prefault({}),
  })
  .prefault({});
