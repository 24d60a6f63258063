import { z } from 'zod';
import { knownTo, text } from './option.js';

/** How the log is written. */
export const logSchema = z
  .object({
    format: z
      .enum(['text', 'json', 'ecs', 'gelf', 'logstash'])
      .optional()
      .describe(
        "Form of the log on stderr: ours, or one of Spring Boot's structured ones; text unless set, json on Cloud Foundry.",
      ),
  })
  .prefault({});

const structured = (where: string) =>
  z
    .enum(['ecs', 'gelf', 'logstash'])
    .optional()
    .describe(`Form of the log ${where}, as the original names it.`)
    .meta(knownTo('1.x'));

/** How much is logged, by the names of the original's loggers. FALSE is what YAML makes of an unquoted `off`. */
export const loggingSchema = z
  .object({
    level: z
      .record(
        z.string(),
        z
          .enum(['OFF', 'FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE', 'FALSE'])
          .describe('Level of a logger; root and org.cloudfoundry.promregator mean the whole program.')
          .meta(knownTo('all')),
      )
      .prefault({}),
    structured: z
      .object({
        format: z
          .object({
            console: structured('on stderr, in place of log.format'),
            file: structured('in logging.file.name; that of stderr unless set'),
          })
          .prefault({}),
      })
      .prefault({}),
    file: z
      .object({ name: text().optional().describe('File to write the log to as well.').meta(knownTo('all')) })
      .prefault({}),
  })
  .prefault({});
