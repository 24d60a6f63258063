import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SecureContext } from 'node:tls';
import type { Certificates } from './certificates.js';
import { type Exchange, type GatewayParts, handleAtRouter, handleInternal, isUaaHost } from './gateway.js';
import { readForm, requestFrom } from './http/incoming.js';
import { type Listener, type Sockets, startListener, type TlsOptions } from './http/listener.js';
import type { Settings } from './options.js';
import { INTERNAL_TLS_PORT } from './router/internal.js';
import type { WorldState } from './world/state.js';

/** All that a foundation listens on. */
export interface Front {
  readonly https: Listener;
  readonly http: Listener;
  readonly internal: Listener;
  readonly internalTls: Listener;
  /** Certificates for server names that the usual one does not cover. */
  readonly contexts: Map<string, SecureContext>;
}

export async function startFront(parts: GatewayParts, certificates: Certificates): Promise<Front> {
  const { settings, state } = parts;
  const { address, ports } = settings;
  const contexts = new Map<string, SecureContext>();
  const tls = tlsOptions({ settings, state, certificates, contexts });
  const started: Listener[] = [];
  const start = async (handle: Handle, port: number | undefined, secured?: TlsOptions): Promise<Listener> => {
    const base = { address, port: port ?? 0, handle };
    const listener = await startListener(secured === undefined ? base : { ...base, tls: secured });
    started.push(listener);
    return listener;
  };
  try {
    return {
      https: await start(atRouter(parts, 'https'), ports.https, tls),
      http: await start(atRouter(parts, 'http'), ports.http),
      internal: await start(atContainers(parts, 'http'), ports.internal),
      internalTls: await start(atContainers(parts, 'https'), ports.internalTls, tls),
      contexts,
    };
  } catch (error) {
    await Promise.all(started.map((listener) => listener.pause()));
    throw error;
  }
}

/** Where the foundation's names lead, most specific first; domains that were created later are among them. */
export function connectEntries(front: Front, settings: Settings, state: WorldState): readonly string[] {
  const to = (listener: Listener): string => `${settings.address}:${listener.port}`;
  const entries: string[] = [];
  const add = (pattern: string): void => {
    entries.push(`${pattern}:443 -> ${to(front.https)}`, `${pattern}:80 -> ${to(front.http)}`);
  };
  add(`*.${settings.systemDomain}`);
  for (const domain of state.domains.values()) {
    if (domain.routerGroupGuid !== undefined) continue;
    if (domain.internal) {
      entries.push(`*.${domain.name}:${INTERNAL_TLS_PORT} -> ${to(front.internalTls)}`);
      entries.push(`*.${domain.name} -> ${to(front.internal)}`);
      continue;
    }
    add(`*.${domain.name}`);
    add(domain.name);
  }
  return entries;
}

/** Names that the router's certificate is valid for from the start. */
export function serverNames(settings: Settings): readonly string[] {
  const domains = [settings.appsDomain, ...settings.domains];
  return [
    `*.${settings.systemDomain}`,
    settings.systemDomain,
    ...domains.flatMap((domain) => [`*.${domain}`, domain]),
    '*.apps.internal',
    'localhost',
    settings.address,
  ];
}

type Handle = (incoming: IncomingMessage, response: ServerResponse, sockets: Sockets) => void;

function atRouter(parts: GatewayParts, scheme: 'http' | 'https'): Handle {
  return (incoming, response, sockets) => {
    const request = requestFrom(incoming, scheme);
    if (incoming.method === 'POST' && isUaaHost(request.hostname, parts.settings.systemDomain)) {
      readForm(incoming, (body) =>
        handleAtRouter(parts, { request: { ...request, body }, incoming, response, sockets }),
      );
      return;
    }
    handleAtRouter(parts, { request, incoming, response, sockets });
  };
}

function atContainers(parts: GatewayParts, scheme: 'http' | 'https'): Handle {
  return (incoming, response, sockets) => {
    const exchange: Exchange = { request: requestFrom(incoming, scheme), incoming, response, sockets };
    handleInternal(parts, exchange);
  };
}

interface TlsParts {
  readonly settings: Settings;
  readonly state: WorldState;
  readonly certificates: Certificates;
  readonly contexts: Map<string, SecureContext>;
}

function tlsOptions({ settings, state, certificates, contexts }: TlsParts): TlsOptions {
  const known = new Set(serverNames(settings));
  return {
    key: certificates.server.key,
    cert: certificates.server.cert,
    ca: certificates.ca,
    maxVersion: settings.tlsMaxVersion,
    clientCertificates: settings.clientCertificates,
    async contextFor(serverName) {
      const name = serverName.toLowerCase();
      const chosen = contexts.get(name);
      if (chosen !== undefined) return chosen;
      const parent = name.slice(name.indexOf('.') + 1);
      if (known.has(name) || known.has(`*.${parent}`)) return undefined;
      const domain = [...state.domains.values()].find((each) => each.name === name || each.name === parent);
      if (domain === undefined) return undefined;
      // A domain made while the world runs: operators give the router a certificate for it, so here it gets one too.
      const context = await certificates.secureContext([`*.${domain.name}`, domain.name]);
      contexts.set(name, context);
      return context;
    },
  };
}
