import type { DiscoveryConfig, ExternalUrl } from '../config.js';
import { maskAddress } from '../mask.js';
import { quote, type Reporter } from '../report.js';
import type { RawConfig } from '../schema/root.js';
import { parseExternalUrl } from './web-address.js';

type RawDiscovery = RawConfig['promregator']['discovery'];

/** Under which address Prometheus finds us. */
export function resolveDiscovery(raw: RawDiscovery, reporter: Reporter): DiscoveryConfig {
  return {
    hostname: resolveHostname(raw.hostname, reporter),
    port: raw.port,
    scheme: raw.scheme,
    externalUrl: resolveExternalUrl(raw, reporter),
    ownMetricsEndpoint: raw.ownMetricsEndpoint,
  };
}

function resolveHostname(text: string | undefined, reporter: Reporter): string | undefined {
  if (text === undefined || /^(?:[\w.-]+|\[[0-9a-fA-F:.]+\])$/.test(text)) return text;
  const expected = 'a host name alone, IPv6 in brackets';
  const remedy = 'port and scheme have options of their own; promregator.discovery.externalUrl holds all of them';
  reporter.error(['promregator', 'discovery', 'hostname'], { found: quote(maskAddress(text)), expected, remedy });
  return undefined;
}

function resolveExternalUrl(raw: RawDiscovery, reporter: Reporter): ExternalUrl | undefined {
  if (raw.externalUrl === undefined) return undefined;
  const path = ['promregator', 'discovery', 'externalUrl'];
  const beside = (['hostname', 'port', 'scheme'] as const).filter((name) => raw[name] !== undefined);
  if (beside.length > 0) {
    const found = `a URL beside ${beside.join(', ')}`;
    reporter.error(path, { found, expected: 'one or the other', remedy: `remove ${beside.join(', ')}` });
  }
  const url = parseExternalUrl(raw.externalUrl);
  if (url === undefined) {
    const expected = 'http:// or https://, a host, perhaps a port and a path; no user, query or fragment';
    reporter.error(path, { found: 'a value that is no such URL', expected });
  }
  return url;
}
