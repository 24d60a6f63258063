/** Where a redirect leads, or why it is not followed. */
export type Redirect =
  | { readonly kind: 'same'; readonly origin: string; readonly path: string }
  | { readonly kind: 'foreign'; readonly origin: string; readonly path: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** As many as the original follows. */
export const MAX_REDIRECTS = 10;

const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECT_STATUSES.has(status);
}

/**
 * Reads a Location header against the address that sent it (RFC 9110 10.2.2).
 *
 * `same` is the same host and port, or the same host from http to https on their default ports.
 */
export function readRedirect(
  location: string | undefined,
  from: { readonly origin: string; readonly path: string },
): Redirect {
  if (location === undefined || !URL.canParse(location, from.origin + from.path)) {
    return { kind: 'refused', reason: 'a redirect without a usable Location' };
  }
  const source = new URL(from.origin);
  const to = new URL(location, from.origin + from.path);
  if (to.protocol !== 'http:' && to.protocol !== 'https:')
    return { kind: 'refused', reason: `a redirect to ${to.protocol}` };
  if (source.protocol === 'https:' && to.protocol === 'http:')
    return { kind: 'refused', reason: `a redirect from https to ${to.origin}` };
  const target = { origin: to.origin, path: to.pathname + to.search };
  const upgraded = source.protocol === 'http:' && to.protocol === 'https:' && source.port === '' && to.port === '';
  const same = to.hostname === source.hostname && (to.origin === source.origin || upgraded);
  return { kind: same ? 'same' : 'foreign', ...target };
}
