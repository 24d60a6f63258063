import type { TlsConfig } from '../config.js';
import type { Path } from '../path.js';
import type { RawConfig } from '../schema/root.js';
import type { RawTls } from '../schema/tls.js';
import { readSystemCertificates, SYSTEM_CERTIFICATES_VARIABLE } from '../tls-material/system-certificates.js';
import { PLAIN_TLS, readTlsConfig } from '../tls-material/tls-config.js';
import type { ResolveContext } from './context.js';
import { javaTls } from './java-switches.js';

export interface OutboundTls {
  /** Towards applications, where a rule says nothing. */
  readonly scraping: TlsConfig;
  /** Towards the applications of a rule that says something. */
  readonly ofRule: (raw: RawTls, path: Path) => Promise<TlsConfig>;
  /** Towards the API of a foundation. */
  readonly ofApi: (raw: RawTls, path: Path) => Promise<TlsConfig>;
  /** PEM texts of Java's trust store alone. */
  readonly javaAuthorities: readonly string[];
}

/**
 * TLS towards others. Java's trust store counts where no option names authorities, towards the API too; its key store
 * towards applications only (facts, promregator 4). What Cloud Foundry's operator trusts counts always.
 */
export async function resolveOutboundTls(raw: RawConfig, context: ResolveContext): Promise<OutboundTls> {
  const folder = context.env[SYSTEM_CERTIFICATES_VARIABLE];
  const trusted = folder === undefined || folder === '' ? [] : await readSystemCertificates(folder, context);
  const java = await javaTls(raw, context);
  const scrapingPath = ['promregator', 'scraping', 'tls_config'];
  const rawScraping = raw.promregator.scraping.tls_config;
  const scraping = await readTlsConfig(rawScraping, { ...context, path: scrapingPath, inherited: java });
  const api = { ...PLAIN_TLS, certificateAuthorities: java.certificateAuthorities };
  const trusting = (tls: TlsConfig): TlsConfig => ({
    ...tls,
    certificateAuthorities: [...tls.certificateAuthorities, ...trusted],
  });
  return {
    scraping: trusting(scraping),
    ofRule: async (own, path) => trusting(await readTlsConfig(own, { ...context, path, inherited: scraping })),
    javaAuthorities: java.certificateAuthorities,
    ofApi: async (own, path) => trusting(await readTlsConfig(own, { ...context, path, inherited: api })),
  };
}
