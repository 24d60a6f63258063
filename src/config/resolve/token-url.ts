import { isIP } from 'node:net';
import type { Path } from '../path.js';
import type { Reporter } from '../report.js';

/**
 * The URL of a token service as it stands, since the original takes it so; only one without any path gets the UAA's own.
 */
export function resolveTokenUrl(text: string, path: Path, reporter: Reporter): string {
  const url = /^https?:\/\//i.test(text) && !/\s/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '') {
    const expected = 'a URL such as https://uaa.example.org/oauth/token, without user';
    reporter.error(path, { found: 'a value that is no such URL (not shown)', expected });
    return text;
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    const expected = 'https';
    reporter.warning(path, { found: 'http, by which credentials travel in clear', expected, remedy: 'it is used so' });
  }
  if (url.pathname === '/' && url.search === '') url.pathname = '/oauth/token';
  return url.href;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}
