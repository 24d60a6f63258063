import { z } from 'zod';
import type { Original } from '../shape.js';
import { address, knownTo, secret, text, texts } from './option.js';

/** All types that the original knows, and ours. */
const type = z
  .enum(['none', 'null', 'basic', 'bearer', 'OAuth2XSUAABasic', 'OAuth2XSUAACertificate', 'OAuth2XSUAA'])
  .optional()
  .describe('How scrapes identify themselves to applications.')
  .meta(knownTo('all', 'there is no bearer there, and an unknown type means no credentials.'));

const basic = z
  .object({
    username: text().optional().describe('User name towards applications.').meta(knownTo('all')),
    password: secret().optional().describe('Password towards applications.').meta(knownTo('all')),
  })
  .prefault({});

const bearer = z
  .object({ token: secret().optional().describe('Token towards applications, sent as Authorization: Bearer.') })
  .prefault({});

const scopes = (versions: Original['versions']) =>
  texts()
    .default([])
    .describe('Scopes to ask the token service for; all that the client has unless set.')
    .meta(knownTo(versions));

const TOKEN_URL = 'URL of the token service (http or https); /oauth/token when it has no path.';

const bySecret = (versions: Original['versions'], what: string) =>
  z
    .object({
      tokenServiceURL: address().optional().describe(`${TOKEN_URL}${what}`).meta(knownTo(versions)),
      client_id: text().optional().describe('Client that asks for tokens.').meta(knownTo(versions)),
      client_secret: secret().optional().describe('Secret of that client.').meta(knownTo(versions)),
      scopes: scopes(versions),
    })
    .prefault({});

const byCertificate = z
  .object({
    tokenServiceCertURL: address().optional().describe(TOKEN_URL).meta(knownTo('1.x')),
    client_id: text().optional().describe('Client that asks for tokens.').meta(knownTo('1.x')),
    client_certificates: text()
      .optional()
      .describe('PEM text of its certificate, the chain behind it.')
      .meta(knownTo('1.x')),
    client_key: secret().optional().describe('PEM text of the key of that certificate.').meta(knownTo('1.x')),
    scopes: scopes('1.x'),
  })
  .prefault({});

const options = {
  type,
  basic,
  bearer,
  oauth2xsuaaBasic: bySecret('1.x', ''),
  oauth2xsuaaCertificate: byCertificate,
  oauth2xsuaa: bySecret('0.x', ' The group of type OAuth2XSUAA, as 0.x calls it.'),
};

/** Credentials of scrapes whose rule names none. */
export const authenticatorSchema = z.object(options).prefault({});

/** Credentials that rules name by id. */
export const targetAuthenticatorsSchema = z
  .array(
    z.object({
      id: text().optional().describe('Name that the authenticatorId of rules refers to.').meta(knownTo('all')),
      ...options,
    }),
  )
  .default([])
  .describe('Credentials that rules name by their authenticatorId.');
