import { Client } from 'undici';
import type { Milliseconds } from '../base/duration.js';
import type { ProxyConfig } from '../config/config.js';
import { type ConnectorOptions, createConnector } from './connector.js';
import type { Exchange, OutboundRequest, Receiver } from './exchange.js';
import { outboundError } from './outbound-error.js';
import { type Connection, NO_TIMEOUT, type Pool, PooledExchange } from './pooled-exchange.js';
import { createProxyRoute, destinationOf, type OutboundProxy } from './proxy.js';

/**
 * Connections towards other servers, kept alive within a bound. How they are shared is decided behind this interface
 * alone: today by origin, later perhaps between host names that one router serves.
 */
export interface Connections {
  /**
   * Sends one request. Exactly one of `onEnd` and `onError` ends it, unless `abort` does, after which nothing is heard.
   *
   * A GET whose kept connection dies before the first byte of an answer is sent once more on a fresh one: routers drop
   * idle connections when they please (facts/cloud-foundry.md 5.4).
   */
  send(request: OutboundRequest, receiver: Receiver): Exchange;
  readonly stats: ConnectionStats;
  /** Whether servers that ask for it by TLS are shown a certificate of ours. */
  readonly hasCertificate: boolean;
  /**
   * From now on every request goes by a connection that is opened after this: idle ones are closed now, busy ones with the
   * end of their exchange.
   */
  renew(): void;
  /**
   * For connections that others replace: idle ones are closed now, busy ones with the end of their exchange, and none is
   * kept. Requests are still sent, so that whoever holds on to these sees no failure. Resolves when none is left.
   */
  retire(): Promise<void>;
  /** Closes all of them; requests that still run end with an error. */
  close(): Promise<void>;
}

export interface ConnectionStats {
  readonly open: number;
  readonly idle: number;
  readonly opened: number;
  /** Attempts that brought no connection. */
  readonly failed: number;
  readonly reused: number;
}

export interface ConnectionsOptions extends ConnectorOptions {
  /**
   * Most connections kept while idle, over all origins. When the bound is reached a further one is closed after its
   * request, rather than an older one dropped: scrapes come round in a circle, so what was used longest ago is what
   * will be needed next, and keeping some for good saves their share of handshakes.
   */
  readonly maxIdle: number;
  readonly keepAliveMs: Milliseconds;
  /** Between us and all hosts that it does not except; absent for direct connections. */
  readonly proxy?: ProxyConfig | undefined;
}

/** A connection in constant use would never see that the host's address has changed. */
const MAX_AGE_MS: Milliseconds = 10 * 60_000;
const TOO_OLD = Number.NEGATIVE_INFINITY;

export function createConnections(options: ConnectionsOptions): Connections {
  const proxyFor = createProxyRoute(options.proxy);
  const connect = createConnector(options, proxyFor);
  const idle = new Map<string, Connection[]>();
  const all = new Set<Connection>();
  let idleCount = 0;
  let opened = 0;
  let failed = 0;
  let reused = 0;
  let closing = false;
  let retiring = false;
  const whenNoneIsLeft: (() => void)[] = [];

  function open(origin: string): Connection {
    const client = new Client(origin, {
      connect: (request, callback) =>
        connect(request, (...connected) => {
          connection.socket = connected[1] ?? undefined;
          callback(...connected);
        }),
      pipelining: 1,
      keepAliveTimeout: options.keepAliveMs,
      keepAliveMaxTimeout: options.keepAliveMs,
      headersTimeout: NO_TIMEOUT,
      bodyTimeout: NO_TIMEOUT,
      maxHeaderSize: 64 * 1024,
    });
    const connection: Connection = {
      origin,
      client,
      forwardedBy: options.proxy === undefined ? undefined : forwarderFor(origin),
      socket: undefined,
      bornAt: performance.now(),
      served: 0,
      state: 'busy',
    };
    // While busy it means that the socket died before the request was written: undici then connects anew by itself.
    client.on('disconnect', () => {
      if (connection.state === 'idle') drop(connection);
    });
    client.on('connect', () => {
      opened += 1;
      connection.bornAt = performance.now();
      connection.served = 0;
    });
    client.on('connectionError', () => {
      failed += 1;
      drop(connection);
    });
    all.add(connection);
    return connection;
  }

  /** Requests to plain origins are put to the proxy itself; to the others it opens a tunnel, and sees no request. */
  function forwarderFor(origin: string): OutboundProxy | undefined {
    const { protocol, hostname, port } = new URL(origin);
    const destination = destinationOf(protocol, hostname, port);
    return destination.scheme === 'http' ? proxyFor(destination) : undefined;
  }

  function takeIdle(origin: string): Connection | undefined {
    for (;;) {
      const connection = idle.get(origin)?.at(-1);
      if (connection === undefined) return undefined;
      // It may have been ended this very moment, and undici has not told us yet.
      if (connection.socket?.destroyed !== false) {
        drop(connection);
        continue;
      }
      forgetIdle(connection);
      connection.state = 'busy';
      reused += 1;
      return connection;
    }
  }

  function release(connection: Connection): void {
    if (connection.state !== 'busy') return;
    connection.served += 1;
    const tooOld = performance.now() - connection.bornAt > MAX_AGE_MS;
    if (closing || retiring || connection.socket?.destroyed !== false || idleCount >= options.maxIdle || tooOld) {
      drop(connection);
      return;
    }
    connection.state = 'idle';
    idleCount += 1;
    const kept = idle.get(connection.origin);
    if (kept === undefined) idle.set(connection.origin, [connection]);
    else kept.push(connection);
  }

  function drop(connection: Connection): void {
    if (connection.state === 'gone') return;
    if (connection.state === 'idle') forgetIdle(connection);
    connection.state = 'gone';
    all.delete(connection);
    connection.client.destroy().catch(() => undefined);
    if (all.size === 0) for (const resolve of whenNoneIsLeft.splice(0)) resolve();
  }

  function forgetIdle(connection: Connection): void {
    const kept = idle.get(connection.origin);
    const index = kept?.indexOf(connection) ?? -1;
    if (kept === undefined || index < 0) return;
    kept.splice(index, 1);
    if (kept.length === 0) idle.delete(connection.origin);
    idleCount -= 1;
  }

  const pool: Pool = { lease: (origin) => takeIdle(origin) ?? open(origin), open, release, drop };

  return {
    send(request, receiver) {
      const exchange = new PooledExchange(request, receiver, pool);
      if (closing) exchange.fail(outboundError('closed'));
      else exchange.startBy(() => pool.lease(request.origin));
      return exchange;
    },
    get stats() {
      return { open: all.size, idle: idleCount, opened, failed, reused };
    },
    hasCertificate: options.tls.identity !== undefined,
    renew() {
      for (const connection of [...all]) {
        if (connection.state === 'idle') drop(connection);
        else connection.bornAt = TOO_OLD;
      }
    },
    async retire() {
      retiring = true;
      for (const connection of [...all]) if (connection.state === 'idle') drop(connection);
      if (all.size > 0) await new Promise<void>((resolve) => whenNoneIsLeft.push(resolve));
    },
    async close() {
      closing = true;
      await Promise.all([...all].map((connection) => connection.client.destroy().catch(() => undefined)));
    },
  };
}
