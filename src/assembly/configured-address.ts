import type { Config } from '../config/config.js';
import type { AdvertisedAddress } from '../discovery/sd-document.js';
import { pathPrefixOf } from './path-prefix.js';

/**
 * The address under which Prometheus reaches us, as far as the configuration says it: without a request there is nothing
 * else to learn it from. Undefined when neither external URL nor host name is set.
 *
 * A host name without a port has that of its scheme, and without a scheme the one that we listen on.
 */
export function configuredAddress(config: Config): AdvertisedAddress | undefined {
  const { externalUrl, hostname, port, scheme } = config.discovery;
  if (externalUrl !== undefined) {
    return {
      host: `${externalUrl.hostname}:${externalUrl.port}`,
      scheme: externalUrl.scheme,
      pathPrefix: externalUrl.path,
    };
  }
  if (hostname === undefined) return undefined;
  const usualPort = scheme === undefined ? config.server.port : scheme === 'https' ? 443 : 80;
  return { host: `${hostname}:${port ?? usualPort}`, scheme, pathPrefix: pathPrefixOf(config) };
}
