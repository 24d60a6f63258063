import { z } from 'zod';
import type { Original } from '../shape.js';
import { address, flag, knownTo, milliseconds, seconds, secret, text, whole } from './option.js';
import { proxySchema } from './proxy.js';
import { tlsConfigSchema } from './tls.js';

/** Bounds the wait for the head of an answer. The original's 2500 ms were meant for pages of 100 elements. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

const timeout = (what: string, versions: Original['versions'] = 'all'): z.ZodOptional<z.ZodNumber> =>
  milliseconds(1)
    .optional()
    .describe(
      `How long Cloud Foundry may take to begin its answer with ${what}; ${DEFAULT_REQUEST_TIMEOUT_MS} ms unless set, never below 10000 ms.`,
    )
    .meta(knownTo(versions, '2500 there, for pages of 100 elements.'));

const refresh = (what: string, defaultSeconds: number, difference?: string): z.ZodDefault<z.ZodNumber> =>
  seconds(1)
    .default(defaultSeconds)
    .describe(`How often the list of ${what} is fetched.`)
    .meta(knownTo('all', difference));

const shrink = (what: string): z.ZodDefault<z.ZodNumber> =>
  z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      `Share of the list of ${what}: when more of it is gone than that, a second listing must say the same before it is believed; 1 asks again only when all is gone.`,
    );

const DEFAULT_300 = '300 there.';

const options = {
  api_host: address()
    .optional()
    .describe('Host of the Cloud Foundry API, with or without scheme and port.')
    .meta(knownTo('all', 'there a host without scheme.')),
  username: text().optional().describe('User that asks the API by password; needs cf.password.').meta(knownTo('all')),
  password: secret().optional().describe('Password of cf.username.').meta(knownTo('all')),
  client_id: text().optional().describe('UAA client that asks the API by client credentials, in place of a user.'),
  client_secret: secret().optional().describe('Secret of cf.client_id.'),
  skipSslValidation: flag()
    .default(false)
    .describe('Accept any certificate of the Cloud Foundry API. Scraping is not concerned.')
    .meta(knownTo('all')),
  tls_config: tlsConfigSchema('the Cloud Foundry API'),
  proxy: proxySchema('the Cloud Foundry API'),
  proxyHost: address()
    .optional()
    .describe('The name of 0.x for cf.proxy.host; counts for applications too where scraping names no proxy.')
    .meta(knownTo('0.x')),
  proxyPort: whole(0, 65_535).optional().describe('The name of 0.x for cf.proxy.port.').meta(knownTo('0.x')),
  connectionPool: z
    .object({
      size: whole(1, 10_000)
        .optional()
        .describe('Most connections to the Cloud Foundry API; twice the number of cores, at least 16, unless set.')
        .meta(knownTo('all')),
    })
    .prefault({}),
  request: z
    .object({
      timeout: z
        .object({
          org: timeout('organizations'),
          space: timeout('spaces'),
          domain: timeout('domains'),
          route: timeout('routes'),
          process: timeout('processes'),
          appInSpace: timeout('applications'),
          app: timeout('applications (the name of 0.x, used when appInSpace is not set)', '0.x'),
        })
        .prefault({}),
      backoff: milliseconds(1)
        .default(500)
        .describe('First wait before a failed request is tried again.')
        .meta(knownTo('all')),
      rateLimit: z
        .number()
        .min(0)
        .max(100_000)
        .default(10)
        .describe(
          'Requests to Cloud Foundry in a second, over time, fractions allowed; quiet times save up those of two seconds. 0 is no limit of ours; what the API says of its own limit is obeyed in any case.',
        )
        .meta(knownTo('all', '0 there, no limit.')),
      pageSize: whole(1, 5000)
        .default(1000)
        .describe(
          'Elements in a page of a list, at most; of organizations and spaces, which are small, twice as many.',
        ),
    })
    .prefault({}),
  cache: z
    .object({
      timeout: z
        .object({
          org: refresh('organizations', 3600),
          space: refresh('spaces', 3600),
          domain: refresh('domains', 3600),
          application: refresh('applications', 60, DEFAULT_300),
          route: refresh('routes', 60, DEFAULT_300),
          process: refresh('processes', 60, DEFAULT_300),
        })
        .prefault({}),
      shrink: z
        .object({
          org: shrink('organizations'),
          space: shrink('spaces'),
          domain: shrink('domains'),
          application: shrink('applications'),
          route: shrink('routes'),
          process: shrink('processes'),
        })
        .prefault({}),
    })
    .prefault({}),
  watchdog: z
    .object({
      enabled: flag()
        .default(false)
        .describe('Ask the API for /v3/info now and then, and open the connections to it anew when it does not answer.')
        .meta(knownTo('all')),
      timeout: milliseconds(1)
        .default(2500)
        .describe('How long the API may take to begin its answer to the watchdog.')
        .meta(knownTo('all')),
      rate: seconds(1).default(60).describe('How often the watchdog asks.').meta(knownTo('all')),
      initialDelay: seconds(0).default(60).describe('When the watchdog asks first.').meta(knownTo('all')),
      restartCount: whole(0)
        .optional()
        .describe(
          'Failures that the watchdog bears, counted since the start; at the next one the process ends in order, with exit code 161. Never, unless set.',
        )
        .meta(knownTo('all', 'only together with promregator.metrics.internal there.')),
    })
    .prefault({}),
};

/** The Cloud Foundry API. */
export const cfSchema = z.object(options).prefault({});

/** Several of them in one process, in place of `cf`. */
export const foundationsSchema = z
  .array(
    z.object({
      name: text()
        .optional()
        .describe('Name of the foundation in logs, metrics and rules; letters, digits, . _ and -.'),
      ...options,
    }),
  )
  .default([])
  .describe('Several foundations in one process, in place of cf.');
