import type { Secret } from '../../base/secret.js';
import type { RedisPlace, ReplicationConfig, TlsConfig } from '../config.js';
import type { Path } from '../path.js';
import type { RawReplication } from '../schema/replication.js';
import type { RawTls } from '../schema/tls.js';
import type { ResolveContext } from './context.js';
import { parseHostAndPort, parseRedisUrl } from './redis-address.js';
import { findRedisService, type RedisService } from './redis-service.js';

export interface ReplicationContext extends ResolveContext {
  readonly tlsOf: (raw: RawTls, path: Path) => Promise<TlsConfig>;
}

interface RawShared {
  readonly replication: RawReplication;
  readonly cache: { readonly maxAge: number };
}

type RawRedis = RawReplication['redis'];

const REDIS: Path = ['promregator', 'replication', 'redis'];
const SERVER_PORT = 6379;
const SENTINEL_PORT = 26_379;

/** What replicas share; undefined where nobody says where, and where what was said is wrong, which is reported then. */
export async function resolveReplication(
  { replication, cache }: RawShared,
  context: ReplicationContext,
): Promise<ReplicationConfig | undefined> {
  const { redis } = replication;
  const found = findPlace(redis, context);
  const tlsConfig = await context.tlsOf(redis.tls_config, [...REDIS, 'tls_config']);
  if (found === undefined) return undefined;
  const { place, username, password, database } = found;
  const secured = redis.tls ?? found.tls;
  const tls = secured ? tlsConfig : undefined;
  if (!secured) reportIdleTls(redis, context);
  return {
    redis: {
      place: place.kind === 'server' ? place : { ...place, access: sentinelAccess(redis, { tls, tlsConfig }) },
      username: redis.username ?? username,
      password: redis.password ?? password,
      database: redis.database ?? database ?? 0,
      tls,
      prefix: redis.prefix,
    },
    leaseMs: replication.lease * 1000,
    keepSeconds: cache.maxAge,
  };
}

interface Found {
  readonly place: Extract<RedisPlace, { kind: 'server' }> | Omit<Extract<RedisPlace, { kind: 'sentinel' }>, 'access'>;
  readonly tls: boolean;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  readonly database?: number | undefined;
}

function findPlace(redis: RawRedis, context: ReplicationContext): Found | undefined {
  const { sentinel } = redis;
  const bySentinel = sentinel.nodes.length > 0 || sentinel.master !== undefined;
  const byService = redis.fromVcapServices !== undefined && redis.fromVcapServices.toLowerCase() !== 'false';
  const ways = [
    ...(redis.url === undefined ? [] : ['url']),
    ...(bySentinel ? ['sentinel'] : []),
    ...(byService ? ['fromVcapServices'] : []),
  ];
  if (ways.length > 1) {
    const found = `${ways.slice(0, -1).join(', ')} and ${ways.at(-1)}`;
    const remedy = 'remove the others, and their variables from the environment';
    context.reporter.error([...REDIS, ways[1] ?? 'url'], { found, expected: 'one of them', remedy });
    return undefined;
  }
  if (redis.url !== undefined) return fromUrl(redis.url, context);
  if (bySentinel) return fromSentinel(sentinel, context);
  if (byService) return fromService(redis.fromVcapServices ?? '', context);
  reportIdle(redis, context);
  return undefined;
}

function fromUrl(text: string, { reporter }: ReplicationContext): Found | undefined {
  const url = parseRedisUrl(text);
  if (url === undefined) {
    const expected = 'redis://host:port/database or rediss://host:port/database';
    const remedy = 'user and password have options of their own beside it';
    reporter.error([...REDIS, 'url'], { found: 'a value that is no such URL (not shown)', expected, remedy });
    return undefined;
  }
  const { host, port = SERVER_PORT, ...rest } = url;
  return { place: { kind: 'server', host, port }, ...rest };
}

function fromSentinel(sentinel: RawRedis['sentinel'], { reporter }: ReplicationContext): Found | undefined {
  const nodes = sentinel.nodes.map((text, index) => {
    const node = parseHostAndPort(text, SENTINEL_PORT);
    if (node === undefined) {
      const at = [...REDIS, 'sentinel', 'nodes', index];
      reporter.error(at, { found: 'a value that is no host (not shown)', expected: 'host or host:port' });
    }
    return node;
  });
  const { master } = sentinel;
  if (master === undefined) {
    reporter.missing([...REDIS, 'sentinel', 'master'], { expected: 'the name of the master that the nodes watch' });
  }
  if (nodes.length === 0) {
    reporter.missing([...REDIS, 'sentinel', 'nodes'], { expected: 'the hosts of the Sentinels that watch the master' });
  }
  const known = nodes.filter((node) => node !== undefined);
  if (master === undefined || known.length === 0 || known.length < nodes.length) return undefined;
  return { place: { kind: 'sentinel', master, nodes: known }, tls: false };
}

function fromService(wanted: string, { env, reporter }: ReplicationContext): Found | undefined {
  const found = findRedisService(env, wanted);
  if ('reason' in found) {
    const remedy = 'bind the service (cf bind-service), or write promregator.replication.redis.url';
    reporter.error([...REDIS, 'fromVcapServices'], { found: found.reason, expected: found.expected, remedy });
    return undefined;
  }
  return { ...found, place: placeOf(found) };
}

function placeOf({ host, port, tls, sentinel }: RedisService): Found['place'] {
  if (sentinel !== undefined) return { kind: 'sentinel', ...sentinel };
  return { kind: 'server', host: host ?? '', port: port ?? (tls ? SERVER_PORT + 1 : SERVER_PORT) };
}

function sentinelAccess(
  { sentinel }: RawRedis,
  { tls, tlsConfig }: { readonly tls: TlsConfig | undefined; readonly tlsConfig: TlsConfig },
): Extract<RedisPlace, { kind: 'sentinel' }>['access'] {
  const { username, password } = sentinel;
  const own = sentinel.tls === undefined ? tls : sentinel.tls ? tlsConfig : undefined;
  return { username, password, tls: own };
}

/** Somebody means to share, and nobody does. */
function reportIdle(redis: RawRedis, { reporter }: ReplicationContext): void {
  const { username, password, tls, database, sentinel } = redis;
  const groups = { username, password, database, tls };
  const given = Object.entries(groups).find(([, value]) => value !== undefined)?.[0];
  const ofSentinel = (['username', 'password', 'tls'] as const).find((name) => sentinel[name] !== undefined);
  const path = given !== undefined ? [given] : ofSentinel !== undefined ? ['sentinel', ofSentinel] : undefined;
  if (path === undefined) return;
  reporter.warning([...REDIS, ...path], {
    found: `${path.join('.')} without a server`,
    expected: 'one of url, sentinel and fromVcapServices beside it',
    remedy: 'replicas do not know of each other',
  });
}

/** A certificate that nobody looks at is one that somebody relies on. */
function reportIdleTls({ tls_config: tls }: RawRedis, { reporter }: ReplicationContext): void {
  const given = Object.entries(tls).find(([, value]) => value !== undefined)?.[0];
  if (given === undefined) return;
  reporter.warning([...REDIS, 'tls_config', given], {
    found: 'settings of TLS for a connection without it',
    expected: 'rediss:// in the url, or promregator.replication.redis.tls: true',
    remedy: 'they are not used',
  });
}
