import { z } from 'zod';
import { authenticatorSchema, targetAuthenticatorsSchema } from './authenticator.js';
import { authenticationSchema, authSchema } from './inbound.js';
import { address, flag, knownTo, milliseconds, port, seconds, text, texts, whole } from './option.js';
import { replicationSchema } from './replication.js';
import { rulesSchema } from './rules.js';
import { scrapingSchema } from './scraping.js';

const discovery = z
  .object({
    hostname: address().optional().describe('Host name under which Prometheus reaches us.').meta(knownTo('all')),
    port: port().optional().describe('Port under which Prometheus reaches us.').meta(knownTo('all')),
    scheme: z
      .enum(['http', 'https'])
      .optional()
      .describe('Scheme by which Prometheus reaches us; https on port 443.')
      .meta(knownTo('all')),
    externalUrl: address()
      .optional()
      .describe('URL under which Prometheus reaches us, in place of hostname, port and scheme.'),
    ownMetricsEndpoint: flag()
      .default(true)
      .describe('List our own metrics in the discovery document.')
      .meta(knownTo('all')),
    auth: authSchema('/discovery'),
  })
  .prefault({});

const metrics = z
  .object({
    auth: authSchema('/promregatorMetrics'),
    requestLatency: flag()
      .default(false)
      .describe('Latency and size of scrapes for each instance.')
      .meta(knownTo('all', 'there sizes are always kept.')),
    internal: flag()
      .default(false)
      .describe('Metrics on the Cloud Foundry client.')
      .meta(knownTo('all', 'there also on its caches.')),
    labelNamePrefix: z
      .string()
      .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'the start of a label name: letters, digits and _, no digit first')
      .optional()
      .describe('Put before the five label names of an instance on our own metrics.')
      .meta(knownTo('all')),
  })
  .prefault({});

/** Promregator's own options. */
export const promregatorSchema = z
  .object({
    targets: rulesSchema,
    defaultInternalRoutePort: port()
      .default(8080)
      .describe('Port behind internal routes where the rule names none.')
      .meta(knownTo('all')),
    discovery,
    discoverer: z
      .object({
        timeout: seconds(1)
          .default(600)
          .describe('Own metrics of an instance are dropped this long after it was last seen.')
          .meta(knownTo('all')),
      })
      .prefault({}),
    endpoint: z
      .object({
        auth: authSchema('/singleTargetMetrics'),
        maxProcessingTime: milliseconds(1)
          .optional()
          .describe('The name of 0.x for promregator.scraping.maxProcessingTime.')
          .meta(knownTo('0.x')),
      })
      .prefault({}),
    scraping: scrapingSchema,
    metrics,
    authenticator: authenticatorSchema,
    targetAuthenticators: targetAuthenticatorsSchema,
    authentication: authenticationSchema,
    cache: z
      .object({
        invalidate: z.object({ auth: authSchema('/cache/invalidate') }).prefault({}),
        file: text()
          .optional()
          .describe(
            'File in which what was read of Cloud Foundry outlives a restart, in a folder that is there; none unless set. On Cloud Foundry itself it takes a volume.',
          ),
        maxAge: seconds(1)
          .default(86_400)
          .describe('Until what age a start while Cloud Foundry is away goes by promregator.cache.file.'),
      })
      .prefault({}),
    replication: replicationSchema,
    proxyFromEnvironment: flag()
      .default(false)
      .describe('Where no option names a proxy, take that of HTTPS_PROXY, HTTP_PROXY or ALL_PROXY.'),
    reload: z
      .object({
        onChange: flag()
          .default(false)
          .describe(
            'Read the configuration anew when one of its files changes; certificates and secret files always are.',
          ),
      })
      .prefault({}),
    simulation: z
      .object({
        enabled: flag()
          .default(false)
          .describe('A pretended Cloud Foundry in place of the one of cf.')
          .meta(knownTo('all')),
        instances: whole(1, 100_000)
          .default(10)
          .describe('Instances of the pretended application.')
          .meta(knownTo('all')),
      })
      .prefault({}),
    trustedProxies: texts()
      .default([])
      .describe('Addresses and networks (CIDR) whose Forwarded and X-Forwarded-* headers are believed.'),
    connectTo: texts()
      .default([])
      .describe(
        'Addresses to connect to in place of those that names resolve to: host-pattern[:port] -> address[:port].',
      ),
  })
  .prefault({});
