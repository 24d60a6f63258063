import type { EchoAnswer, Sent } from './echo-server.js';

/** A way to answer that quotes what was sent. */
export type Echo = (sent: Sent) => EchoAnswer;

const JSON_TYPE = { 'content-type': 'application/json' };

const json =
  (status: number, document: (sent: Sent) => unknown): Echo =>
  (sent) => ({ status, headers: JSON_TYPE, body: JSON.stringify(document(sent)) });

const html =
  (status: number): Echo =>
  (sent) => ({
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html><title>${status}</title><p>${sent.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p></html>`,
  });

/** Where somebody is led to, by what he has sent. */
const away =
  (base: string): Echo =>
  (sent) => ({ status: 302, headers: { location: `${base}${encodeURIComponent(sent)}?token=${sent.split(' ')[1]}` } });

/** The host's name begins with the token. */
const elsewhere: Echo = (sent) => ({
  status: 302,
  headers: { location: `http://${(sent.split(' ')[1] ?? 'x').replace(/[^\w]/g, '').slice(0, 60)}.example.org/` },
});

/** How UAA and token services refuse. */
export const LOGIN_ECHOES: Readonly<Record<string, Echo>> = {
  'refused in JSON': json(401, (sent) => ({ error: 'invalid_client', error_description: `who is ${sent}?` })),
  'refused by a bad request': json(400, (sent) => ({ error: sent, error_description: sent })),
  'refused by a page': html(403),
  'failing in JSON': json(500, (sent) => ({ error: 'server_error', error_description: sent })),
  'failing by a page': html(502),
  'leading elsewhere': away('/login/'),
  'granting nothing': json(200, (sent) => ({ access_token: `x ${sent}`, token_type: sent, expires_in: 'soon' })),
  'granting a word': (sent) => ({ status: 200, headers: { 'content-type': `text/${sent}` }, body: sent }),
};

/** How the API answers who has a token. */
export const LIST_ECHOES: Readonly<Record<string, Echo>> = {
  'refusing the token': json(401, (sent) => ({ errors: [{ code: 1000, title: 'CF-InvalidAuthToken', detail: sent }] })),
  forbidding: json(403, (sent) => ({ errors: [{ code: 10003, title: sent, detail: sent }] })),
  'failing by a page': html(500),
  'failing by a word': (sent) => ({ status: 503, body: sent }),
  'unknown to the router': (sent) => ({ status: 404, headers: { 'x-cf-routererror': sent }, body: sent }),
  limiting: json(429, (sent) => ({ errors: [{ code: 10013, title: 'CF-RateLimitExceeded', detail: sent }] })),
  'leading elsewhere': away('/'),
  'saying no JSON': (sent) => ({ status: 200, headers: { 'content-type': sent }, body: sent.split(' ')[1] ?? '' }),
  'saying broken JSON': (sent) => ({ status: 200, headers: JSON_TYPE, body: `{"resources": [${sent}` }),
  // What stands where names and guids belong is data of the platform, and shown.
  'listing what is none': json(200, (sent) => ({
    pagination: { total_results: 1, total_pages: 1, next: null },
    resources: [{ guid: 'x', name: { said: sent }, said: sent }],
  })),
  'paging elsewhere': json(200, (sent) => ({
    pagination: { total_results: 2, total_pages: 2, next: { href: `https://${sent.split(' ')[1]}/v3/${sent}` } },
    resources: [],
  })),
};

/** How an application fails. */
export const APPLICATION_ECHOES: Readonly<Record<string, Echo>> = {
  '/unauthorized': (sent) => ({ status: 401, headers: { 'www-authenticate': `Basic realm="${sent}"` }, body: sent }),
  '/forbidden': html(403),
  '/broken': html(500),
  '/unrouted': (sent) => ({ status: 502, headers: { 'x-cf-routererror': sent }, body: sent }),
  '/page': (sent) => ({ status: 200, headers: { 'content-type': `text/html; x=${sent}` }, body: sent }),
  '/packed': (sent) => ({
    status: 200,
    headers: { 'content-type': 'text/plain', 'content-encoding': sent },
    body: sent,
  }),
  '/away': away('/away/'),
  '/elsewhere': elsewhere,
  '/odd': away('ftp://x/'),
  '/good': (sent) => ({
    status: 200,
    headers: { 'content-type': `text/plain; version=0.0.4; x=${sent.replace(/[^\w]/g, '')}` },
    body: 'up_and_well 1\n',
  }),
};
