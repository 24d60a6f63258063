import { z } from 'zod';
import { secret, text, texts } from './option.js';

/** All types that the original knows, and ours. */
const type = z
  .enum(['none', 'null', 'basic', 'bearer', 'OAuth2XSUAABasic', 'OAuth2XSUAACertificate', 'OAuth2XSUAA'])
  .optional()
  .describe('How scrapes identify themselves to applications.');

const basic = z
  .object({
    username: text().optional().describe('User name towards applications.'),
    password: secret().optional().describe('Password towards applications.'),
  })
  .prefault({});

const bearer = z
  .object({ token: secret().optional().describe('Token towards applications, sent as Authorization: Bearer.') })
  .prefault({});

const scopes = texts().default([]).describe('Scopes to ask the token service for; all that the client has unless set.');

const TOKEN_URL = 'URL of the token service (http or https); /oauth/token when it has no path.';

const bySecret = (what: string) =>
  z
    .object({
      tokenServiceURL: text().optional().describe(`${TOKEN_URL}${what}`),
      client_id: text().optional().describe('Client that asks for tokens.'),
      client_secret: secret().optional().describe('Secret of that client.'),
      scopes,
    })
    .prefault({});

const byCertificate = z
  .object({
    tokenServiceCertURL: text().optional().describe(TOKEN_URL),
    client_id: text().optional().describe('Client that asks for tokens.'),
    client_certificates: text().optional().describe('PEM text of its certificate, the chain behind it.'),
    client_key: secret().optional().describe('PEM text of the key of that certificate.'),
    scopes,
  })
  .prefault({});

const options = {
  type,
  basic,
  bearer,
  oauth2xsuaaBasic: bySecret(''),
  oauth2xsuaaCertificate: byCertificate,
  oauth2xsuaa: bySecret(' The group of type OAuth2XSUAA, as 0.x calls it.'),
};

/** Credentials of scrapes whose rule names none. */
export const authenticatorSchema = z.object(options).prefault({});

/** Credentials that rules name by id. */
export const targetAuthenticatorsSchema = z
  .array(
    z.object({
      id: text().optional().describe('Name that the authenticatorId of rules refers to.'),
      ...options,
    }),
  )
  .default([])
  .describe('Credentials that rules name by their authenticatorId.');
