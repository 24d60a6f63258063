import { z } from 'zod';
import { secret, text } from './option.js';

/** All types that the original knows; which of them work is decided where they are resolved. */
const type = z
  .enum(['none', 'null', 'basic', 'OAuth2XSUAABasic', 'OAuth2XSUAACertificate', 'OAuth2XSUAA'])
  .optional()
  .describe('How scrapes identify themselves to applications.');

const basic = z
  .object({
    username: text().optional().describe('User name towards applications.'),
    password: secret().optional().describe('Password towards applications.'),
  })
  .prefault({});

/** Credentials of scrapes whose rule names none. */
export const authenticatorSchema = z.object({ type, basic }).prefault({});

/** Credentials that rules name by id. */
export const targetAuthenticatorsSchema = z
  .array(
    z.object({
      id: text().optional().describe('Name that the authenticatorId of rules refers to.'),
      type,
      basic,
    }),
  )
  .default([])
  .describe('Credentials that rules name by their authenticatorId.');
