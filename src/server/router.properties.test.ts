import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { OPEN } from './guard.js';
import { createRouter, type Visit } from './router.js';

const piece = fc.constantFrom(
  '/',
  '//',
  'discovery',
  'singleTargetMetrics',
  '..',
  '%2e',
  '%2f',
  '?',
  '?a?b',
  '#',
  'a',
  '*',
  'http://x',
  '\\',
  '__proto__',
);
const url = fc.oneof(
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.string(),
  fc
    .tuple(
      fc.constantFrom('', '/prefix'),
      fc.constantFrom('/discovery', '/singleTargetMetrics/'),
      fc.array(piece, { maxLength: 4 }),
    )
    .map(([prefix, path, pieces]) => prefix + path + pieces.join('')),
);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS', 'CONNECT', 'BREW');

test('any request reaches the endpoint whose path it has to the letter, or none', () => {
  fc.assert(
    fc.property(url, method, fc.constantFrom('', '/prefix'), (target, verb, pathPrefix) => {
      const visits: (Visit & { readonly name: string })[] = [];
      const shared = { guard: OPEN, methods: ['GET'] };
      const answer = (name: string) => (visit: Visit) => void visits.push({ ...visit, name });
      const errors: unknown[] = [];
      const router = createRouter({
        pathPrefix,
        endpoints: [
          { ...shared, name: 'exact', path: '/discovery', answer: answer('exact') },
          { ...shared, name: 'beginning', path: '/singleTargetMetrics/', takesRest: true, answer: answer('beginning') },
        ],
        onError: (error) => errors.push(error),
      });
      const request = new IncomingMessage(new Socket());
      Object.assign(request, { url: target, method: verb });
      const response = new ServerResponse(request);
      const name = router.handle(request, response, () => undefined);

      const path = target.split('?')[0] ?? '';
      const isBeginning = path.startsWith(`${pathPrefix}/singleTargetMetrics/`);
      const expected = isBeginning ? 'beginning' : path === `${pathPrefix}/discovery` ? 'exact' : 'none';
      expect(name).toBe(expected);
      const isAnswered = expected !== 'none' && verb === 'GET';
      expect(visits.map((visit) => visit.name)).toEqual(isAnswered ? [expected] : []);
      expect(response.statusCode).toBe(isAnswered ? 200 : expected === 'none' ? 404 : 405);
      for (const { rest, query } of visits) {
        const start = isBeginning ? `${pathPrefix}/singleTargetMetrics/` : `${pathPrefix}/discovery`;
        expect(start + rest + (target.includes('?') ? `?${query}` : '')).toBe(target);
      }
      expect(errors).toEqual([]);
    }),
    propertyRuns(500),
  );
});
