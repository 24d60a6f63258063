import { isIP } from 'node:net';
import type { Milliseconds } from '../base/duration.js';
import type { Secret } from '../base/secret.js';
import type { HostAndPort, TlsConfig } from '../config/config.js';
import { createTlsContext } from '../outbound/tls-context.js';
import { storeError } from './redis-error.js';
import { type RedisSettings, secretsOf } from './redis-settings.js';
import { StoreError } from './replica-store.js';

/** One use of a server, from connecting to the first fault: nothing is mended, whoever uses it opens another. */
export interface RedisSession {
  /** Texts come as bytes. @throws {StoreError} */
  send(command: readonly (string | Buffer)[]): Promise<unknown>;
  /** Messages of these channels; none, without an error, where the server does not allow it. @throws {StoreError} */
  listen(channels: readonly string[]): Promise<void>;
}

export interface SessionOptions {
  readonly settings: RedisSettings;
  /** Ends it at once, also while it is being opened: a server may take a connection and then say nothing for ever. */
  readonly signal: AbortSignal;
  readonly onMessage: (channel: string) => void;
  /** While it is being opened: what does not answer at this moment, as a sentence with the place and without secrets. */
  readonly onWaiting: (silence: string) => void;
  /** Called once when it is of no more use; not after `signal`. */
  readonly onEnd: (error: StoreError) => void;
}

/**
 * Connects to the server, by way of Sentinel where that is asked for.
 *
 * The only file that knows the client; it is loaded when there is something to connect to.
 *
 * @throws {StoreError}
 */
export async function openSession(options: SessionOptions): Promise<RedisSession> {
  const { settings, signal, onMessage, onWaiting, onEnd } = options;
  const secrets = secretsOf(settings);
  const opened: Client[] = [];
  let ended = false;

  function close(): void {
    ended = true;
    for (const each of opened) each.drop();
  }

  function end(error: unknown): void {
    if (ended) return;
    close();
    onEnd(storeError(error, 'the connection to the store', secrets));
  }

  async function connect(place: HostAndPort, access: Access, onError: (error: unknown) => void): Promise<Client> {
    const { host, port } = place;
    const onConnected = (): void => onWaiting(`the store at ${host}:${port} does not answer`);
    const client = await createRedisClient({ place, access, limitMs: settings.limitMs, onConnected, onError });
    if (ended) throw new StoreError('away', 'the connection to the store is not wanted any more');
    opened.push(client);
    onWaiting(`the store at ${host}:${port} does not answer${access.tls === undefined ? '' : ' the TLS handshake'}`);
    try {
      await client.connect();
    } catch (error) {
      const way = access.tls === undefined ? '' : ' by TLS';
      throw storeError(error, `connecting to the store at ${host}:${port}${way}`, secrets);
    }
    return client;
  }

  async function findMaster(): Promise<HostAndPort> {
    const { place } = settings;
    if (place.kind === 'server') return place;
    try {
      // All at once: one that says nothing, as where its machine is gone, would take the time of the others.
      return await Promise.any(place.nodes.map((node) => askSentinel(node, place)));
    } catch (error) {
      throw storeError(error instanceof AggregateError ? error.errors.at(-1) : error, 'asking Sentinel', secrets);
    } finally {
      for (const each of opened) each.drop();
    }
  }

  async function askSentinel(node: HostAndPort, { access, master: name }: SentinelPlace): Promise<HostAndPort> {
    const sentinel = await connect(node, access, () => undefined);
    const master = placeOf(await sentinel.send(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name]));
    if (master !== undefined) return master;
    throw new StoreError('answer', `the Sentinel at ${node.host}:${node.port} knows no master of that name`);
  }

  signal.addEventListener('abort', close, { once: true });
  try {
    const master = await findMaster();
    const access = { username: settings.username, password: settings.password, tls: settings.tls };
    const commands = await connect(master, { ...access, database: settings.database }, end);
    // A Sentinel may name the old master for a moment; what it holds is on its way out.
    if (settings.place.kind === 'sentinel') await checkIsMaster(commands);
    let news: Promise<Client> | undefined;
    return {
      send: (command) => commands.send(command),
      async listen(channels) {
        // Who subscribes may send nothing else (redis.io/docs, "Pub/Sub"), so it is a connection of its own.
        news ??= connect(master, access, end);
        await subscribe(await news, channels, onMessage);
      },
    };
  } catch (error) {
    close();
    throw storeError(error, 'connecting to the store', secrets);
  }
}

async function checkIsMaster(client: Client): Promise<void> {
  const answer = await client.send(['ROLE']);
  const role = Array.isArray(answer) ? String(answer[0]) : '';
  if (role !== 'master') throw new StoreError('read_only', `Sentinel names a server that is ${role || 'no master'}`);
}

async function subscribe(
  client: Client,
  channels: readonly string[],
  onMessage: (channel: string) => void,
): Promise<void> {
  try {
    await client.subscribe(channels, onMessage);
  } catch (error) {
    // Looking every few seconds does without it.
    if (storeError(error, 'subscribing', []).code !== 'denied') throw error;
  }
}

function placeOf(answer: unknown): HostAndPort | undefined {
  if (!Array.isArray(answer) || answer.length < 2) return undefined;
  const port = Number(String(answer[1]));
  return Number.isInteger(port) && port > 0 ? { host: String(answer[0]), port } : undefined;
}

type SentinelPlace = Extract<RedisSettings['place'], { readonly kind: 'sentinel' }>;

interface Access {
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  readonly tls: TlsConfig | undefined;
  readonly database?: number;
}

interface Client {
  connect(): Promise<void>;
  send(command: readonly (string | Buffer)[]): Promise<unknown>;
  subscribe(channels: readonly string[], listener: (channel: string) => void): Promise<void>;
  /** At once; what is under way fails. */
  drop(): void;
}

interface ClientOptions {
  readonly place: HostAndPort;
  readonly access: Access;
  readonly limitMs: Milliseconds;
  /** With TLS: when the handshake is done. */
  readonly onConnected: () => void;
  readonly onError: (error: unknown) => void;
}

async function createRedisClient(options: ClientOptions): Promise<Client> {
  const { place, access, limitMs, onConnected, onError } = options;
  const { createClient, RESP_TYPES } = await import('@redis/client');
  const client = createClient({
    // The older form of the protocol: all that is needed, and known to every server.
    RESP: 2,
    maintNotifications: 'disabled',
    disableClientInfo: true,
    disableOfflineQueue: true,
    ...(access.username === undefined ? {} : { username: access.username }),
    ...(access.password === undefined ? {} : { password: access.password.reveal() }),
    ...(access.database === undefined ? {} : { database: access.database }),
    socket: {
      host: place.host,
      port: place.port,
      connectTimeout: limitMs,
      reconnectStrategy: false as const,
      ...tlsOptions(access.tls, place.host),
    },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
  client.on('error', onError);
  let dropped = false;
  // The client lets go of what is connected, and not of what is being connected.
  client.on('connect', () => {
    if (dropped) client.destroy();
    else onConnected();
  });
  return {
    async connect() {
      await client.connect();
    },
    send: (command) => client.sendCommand([...command]),
    subscribe: (channels, listener) => client.subscribe([...channels], (_, channel) => listener(channel)),
    drop() {
      dropped = true;
      if (client.isOpen) client.destroy();
    },
  };
}

function tlsOptions(tls: TlsConfig | undefined, host: string): object {
  if (tls === undefined) return {};
  const servername = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  return {
    tls: true,
    secureContext: createTlsContext(tls),
    rejectUnauthorized: tls.verify === 'always',
    ...(servername === undefined ? {} : { servername }),
  };
}
