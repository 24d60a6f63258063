import { z } from 'zod';
import { bytes, flag, knownTo, milliseconds, seconds, whole } from './option.js';
import { proxySchema } from './proxy.js';
import { tlsConfigSchema } from './tls.js';

const MEBIBYTE = 1024 * 1024;

/** One scrape of an instance, and what all of them may use together. */
export const scrapingSchema = z
  .object({
    maxProcessingTime: milliseconds(1)
      .optional()
      .describe('Longest time for one scrape; unless set, what Prometheus grants decides.')
      .meta(knownTo('all', '5000 there, whatever Prometheus grants.')),
    connectionTimeout: milliseconds(1)
      .optional()
      .describe('Longest time to connect to an application.')
      .meta(knownTo('all', '5000 there.')),
    socketReadTimeout: milliseconds(1)
      .optional()
      .describe('Longest pause between two bytes of an answer.')
      .meta(knownTo('all', '5000 there.')),
    followForeignRedirects: flag()
      .default(false)
      .describe('Follow redirects to other hosts too, there without credentials.'),
    failureResponse: z
      .enum(['error', 'metrics'])
      .default('error')
      .describe('What a failed scrape answers: an error status, or 200 with promregator_up 0 as the original did.'),
    maxResponseBytes: bytes(1024)
      .default(64 * MEBIBYTE)
      .describe('Longest answer of an application.'),
    maxBufferedBytes: bytes(1024)
      .default(256 * MEBIBYTE)
      .describe('Most bytes of answers held in memory at a time, over all scrapes.'),
    maxConcurrentPerInstance: whole(1).default(4).describe('Most scrapes of one instance at a time.'),
    maxConnections: whole(0).default(1000).describe('Most idle connections to applications kept open.'),
    keepAliveSeconds: seconds(0).default(90).describe('How long an idle connection to an application is kept.'),
    tls_config: tlsConfigSchema('applications'),
    proxy: proxySchema('applications'),
    intervalBounds: z
      .object({
        min: seconds(1).default(5).describe('Shortest interval that rules and annotations may ask Prometheus for.'),
        max: seconds(1).default(600).describe('Longest interval that rules and annotations may ask Prometheus for.'),
      })
      .prefault({}),
  })
  .prefault({});
