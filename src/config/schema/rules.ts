import { z } from 'zod';
import { anyText, flag, port, text, texts } from './option.js';

const byName = (what: string): z.ZodOptional<z.ZodString> =>
  anyText().optional().describe(`Name of the ${what}, without regard to case. An empty one is a name that nobody has.`);

const byExpression = (what: string): z.ZodOptional<z.ZodString> =>
  anyText()
    .optional()
    .describe(`Regular expression for the whole name of the ${what}; counts before the name when both are given.`);

/** One rule. Strict: an unknown name left out would widen what the rule selects. */
const ruleSchema = z.strictObject({
  orgName: byName('organization'),
  orgRegex: byExpression('organization'),
  spaceName: byName('space'),
  spaceRegex: byExpression('space'),
  applicationName: byName('application'),
  applicationRegex: byExpression('application'),
  path: text().default('/metrics').describe('Path of the metrics on the application.'),
  protocol: z
    .enum(['http', 'https'])
    .optional()
    .describe('How to speak to the application; https unless set, on internal routes http unless set.'),
  authenticatorId: text().optional().describe('Credentials to use: an id of promregator.targetAuthenticators.'),
  preferredRouteRegex: texts()
    .default([])
    .describe('Expressions for the whole route URL; the first that matches any route picks it.'),
  internalRoutePort: port().optional().describe('Port of the application behind an internal route.'),
  overrideRouteAndPath: text()
    .optional()
    .describe('Host and path of a gateway in front of the application, used for all instances as it stands.'),
  kubernetesAnnotations: flag()
    .default(false)
    .describe('Only applications annotated prometheus.io/scrape: "true"; prometheus.io/path beats the path.'),
});

export const rulesSchema = z
  .array(ruleSchema)
  .default([])
  .describe('Rules that select the applications to scrape; without any, nothing is selected.');
