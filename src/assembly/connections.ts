import { readFile } from 'node:fs/promises';
import type { Milliseconds } from '../base/duration.js';
import { CodedError } from '../base/errors.js';
import type { Config } from '../config/config.js';
import { createConnectTo } from '../outbound/connect-to.js';
import { type Connections, createConnections } from '../outbound/connections.js';

/** As patient as the original with a connection that does not come about. */
const TARGET_CONNECT_TIMEOUT_MS: Milliseconds = 5_000;
const API_CONNECT_TIMEOUT_MS: Milliseconds = 10_000;
const API_KEEP_ALIVE_MS: Milliseconds = 30_000;

/** Towards Cloud Foundry's API and UAA. @throws {CodedError} `unreadable_file`, for the file of certificate authorities */
export async function createApiConnections(config: Config): Promise<Connections> {
  return createConnections({
    connectTo: createConnectTo(config.connectTo),
    connectTimeoutMs: API_CONNECT_TIMEOUT_MS,
    tls: {
      certificateAuthorities: await readAuthorities(config.cf.tlsCaFile, 'cf.tls_config.ca_file'),
      verify: config.cf.skipSslValidation ? 'never' : 'always',
    },
    maxIdle: config.cf.connectionPoolSize,
    keepAliveMs: API_KEEP_ALIVE_MS,
  });
}

/** Towards applications. @throws {CodedError} `unreadable_file`, for the file of certificate authorities */
export async function createTargetConnections(config: Config): Promise<Connections> {
  return createConnections({
    connectTo: createConnectTo(config.connectTo),
    connectTimeoutMs: config.scraping.connectTimeoutMs ?? TARGET_CONNECT_TIMEOUT_MS,
    tls: {
      certificateAuthorities: await readAuthorities(
        config.scraping.tlsCaFile,
        'promregator.scraping.tls_config.ca_file',
      ),
      verify: 'always',
    },
    maxIdle: config.scraping.maxConnections,
    keepAliveMs: config.scraping.keepAliveSeconds * 1000,
  });
}

async function readAuthorities(file: string | undefined, option: string): Promise<readonly string[]> {
  if (file === undefined) return [];
  const pem = await readFile(file, 'utf8').catch((cause) => {
    throw new CodedError('unreadable_file', `${option} names ${file}, which cannot be read`, { cause });
  });
  // OpenSSL passes over what it cannot read, and every connection would fail for no reason told.
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new CodedError('unreadable_file', `${option} names ${file}, which holds no PEM certificate`);
  return [pem];
}
