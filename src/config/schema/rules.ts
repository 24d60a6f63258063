import { z } from 'zod';
import { address, anyText, flag, knownTo, port, text, texts } from './option.js';
import { tlsConfigSchema } from './tls.js';

const byName = (what: string): z.ZodOptional<z.ZodString> =>
  anyText()
    .optional()
    .describe(`Name of the ${what}, without regard to case. An empty one is a name that nobody has.`)
    .meta(knownTo('all'));

const byExpression = (what: string): z.ZodOptional<z.ZodString> =>
  anyText()
    .optional()
    .describe(`Regular expression for the whole name of the ${what}; counts before the name when both are given.`)
    .meta(knownTo('all'));

/** One rule. Strict: an unknown name left out would widen what the rule selects. */
const ruleSchema = z.strictObject({
  orgName: byName('organization'),
  orgRegex: byExpression('organization'),
  spaceName: byName('space'),
  spaceRegex: byExpression('space'),
  applicationName: byName('application'),
  applicationRegex: byExpression('application'),
  excludeApplicationRegex: text()
    .optional()
    .describe('Regular expression for the whole name of applications that the rule leaves out.'),
  labelSelector: text()
    .optional()
    .describe("Labels that the application has to have, in Cloud Foundry's syntax: env=prod,!legacy,tier in (a,b)."),
  path: text().optional().describe('Path of the metrics on the application; /metrics unless set.').meta(knownTo('all')),
  paths: texts()
    .optional()
    .describe('Several paths of metrics on the application, each a target of its own; excludes path.'),
  protocol: z
    .enum(['http', 'https'])
    .optional()
    .describe('How to speak to the application; https unless set, on internal routes http unless set.')
    .meta(knownTo('all', 'there always http on internal routes.')),
  authenticatorId: text()
    .optional()
    .describe('Credentials to use: an id of promregator.targetAuthenticators.')
    .meta(knownTo('all')),
  preferredRouteRegex: texts()
    .default([])
    .describe('Expressions for the whole route URL; the first that matches any route picks it.')
    .meta(knownTo('all')),
  internalRoutePort: port()
    .optional()
    .describe('Port of the application behind an internal route.')
    .meta(knownTo('all')),
  overrideRouteAndPath: address()
    .optional()
    .describe('Host and path of a gateway in front of the application, used for all instances as it stands.')
    .meta(knownTo('1.x')),
  kubernetesAnnotations: flag()
    .default(false)
    .describe('Only applications annotated prometheus.io/scrape: "true"; prometheus.io/path beats the path.')
    .meta(
      knownTo(
        'all',
        'there prometheus.io/port and /scheme are passed over, and so are applications with a capital letter in their name.',
      ),
    ),
  id: text().optional().describe('Name of the rule in logs, metrics and /discovery?rule=; letters, digits, . _ and -.'),
  foundation: text()
    .optional()
    .describe('The one foundation that the rule is for: a name of foundations; all unless set.'),
  scrapeInterval: text()
    .optional()
    .describe(
      'How often Prometheus is to scrape: 30s, 1m30s, or a number of seconds; its own configuration unless set.',
    ),
  scrapeTimeout: text()
    .optional()
    .describe('How long Prometheus is to wait, not above the interval, in the same forms.'),
  tls_config: tlsConfigSchema('the applications of the rule'),
});

export const rulesSchema = z
  .array(ruleSchema)
  .default([])
  .describe('Rules that select the applications to scrape; without any, nothing is selected.');
