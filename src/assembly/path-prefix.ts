import type { Config } from '../config/config.js';

/** In front of every path, served and advertised: the context path, else that of the external URL. */
export function pathPrefixOf({ server, discovery }: Config): string {
  return server.contextPath === '' ? (discovery.externalUrl?.path ?? '') : server.contextPath;
}
