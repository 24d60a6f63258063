import { describe, expect, test } from 'vitest';
import { applicationOf, targetAt } from '../../test/support/scrape/directory.js';
import { type OutboundError, outboundError, proxyRefusal } from '../outbound/outbound-error.js';
import { unreachable, type WrongStatus, wrongStatus } from './failure.js';

const target = targetAt('https://orders.example.org');
const internal = targetAt('http://orders.apps.internal', { application: applicationOf({ internal: true }) });

test.each<[string, OutboundError, RegExp]>([
  [
    'a proxy',
    proxyRefusal('proxy:3128', 503),
    /: it answered 503 .*; the proxy .* by promregator\.scraping\.proxy, .*NO_PROXY/,
  ],
  ['an internal route', outboundError('connect_refused'), /refused; on an internal route the likely cause is/],
  ['a name without an address', outboundError('dns'), /the host name has no address$/],
])('what to do about %s', (_, cause, words) => {
  expect(unreachable(internal, cause).message).toMatch(words);
});

describe('what an application could know us by', () => {
  test.each<[number, WrongStatus['credentials'], RegExp]>([
    [401, 'sent', /answered 401 to the credentials of the rule's authenticator$/],
    [401, 'none', /answered 401 \(the rule may need an authenticatorId\)$/],
    [
      401,
      'certificate',
      /answered 401 to our client certificate alone \(.* or does the rule need an authenticatorId\?\)$/,
    ],
    [403, 'certificate', /answered 403 to our client certificate alone \(is it the one that is expected, /],
    [500, 'certificate', /answered 500$/],
  ])('%d, %s', (status, credentials, words) => {
    expect(wrongStatus(target, { status, headers: {}, credentials }).message).toMatch(words);
  });
});
