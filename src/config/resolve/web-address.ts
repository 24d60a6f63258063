import type { ExternalUrl } from '../config.js';

/** `https://api.example.org` of a host with or without scheme and port; undefined when it is none, or more than that. */
export function parseOrigin(text: string): string | undefined {
  const url = parseUrl(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  return url === undefined || url.pathname !== '/' ? undefined : url.origin;
}

/** A URL under which others reach us; undefined when it is none. */
export function parseExternalUrl(text: string): ExternalUrl | undefined {
  const url = /^https?:\/\//i.test(text) ? parseUrl(text) : undefined;
  if (url === undefined) return undefined;
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? { http: 80, https: 443 }[scheme] : Number(url.port);
  return { scheme, hostname: url.hostname, port, path: trimPath(url.pathname) };
}

/** Without user, query and fragment: they mean nothing in a place to connect to. */
function parseUrl(text: string): URL | undefined {
  if (!URL.canParse(text) || /[\s\\?#@]/.test(text)) return undefined;
  const url = new URL(text);
  return url.hostname === '' || url.port === '0' ? undefined : url;
}

/** `/x` of `x`, `/x/` and `x/`; empty for `/`. */
export function trimPath(text: string): string {
  const inner = text.replace(/^\/+|\/+$/g, '');
  return inner === '' ? '' : `/${inner}`;
}
