import { z } from 'zod';
import { Secret } from '../../base/secret.js';
import type { HostAndPort } from '../config.js';
import type { Environment } from '../sources/environment-source.js';
import { parseHostAndPort, parseRedisUrl } from './redis-address.js';

/** A service of Redis or Valkey that is bound to us as an application of Cloud Foundry. */
export interface RedisService {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  readonly database: number | undefined;
  readonly sentinel: { readonly master: string; readonly nodes: readonly HostAndPort[] } | undefined;
}

export interface NoService {
  /** What was found instead, and what was expected, without anything secret. */
  readonly reason: string;
  readonly expected: string;
}

const TAGS: ReadonlySet<string> = new Set(['redis', 'valkey']);

const instanceSchema = z.object({
  name: z.string().optional().catch(undefined),
  label: z.string().optional().catch(undefined),
  tags: z.array(z.string()).catch([]),
  credentials: z.record(z.string(), z.unknown()).catch({}),
});

type Instance = z.output<typeof instanceSchema>;

/** @param wanted `true` for the one with the tag redis or valkey, or a name or tag */
export function findRedisService(env: Environment, wanted: string): RedisService | NoService {
  const instances = readInstances(env['VCAP_SERVICES']);
  const byTag = /^(?:true|yes|on|1)$/i.test(wanted);
  const fits = instances.filter(({ name, label = '', tags }) => {
    const words = [label, ...tags].map((word) => word.toLowerCase());
    return byTag ? words.some((word) => TAGS.has(word)) : name === wanted || words.includes(wanted.toLowerCase());
  });
  const expected = byTag ? 'one bound service with the tag redis or valkey' : 'one bound service of that name or tag';
  const [only] = fits;
  if (only === undefined) return { reason: 'no such service in VCAP_SERVICES', expected };
  if (fits.length > 1) {
    const names = fits.map(({ name = '?' }) => name).join(', ');
    return { reason: `${fits.length} of them in VCAP_SERVICES (${names})`, expected: 'the name of one' };
  }
  return (
    serviceOf(only.credentials) ?? {
      reason: `a service ${only.name ?? ''} whose credentials (not shown) are of no known form`,
      expected: 'uri, or host and port',
    }
  );
}

function readInstances(text: string | undefined): readonly Instance[] {
  let services: unknown;
  try {
    services = JSON.parse(text ?? '');
  } catch {
    return []; // said where placeholders read it
  }
  if (typeof services !== 'object' || services === null) return [];
  return Object.values(services)
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .flatMap((each) => instanceSchema.safeParse(each).data ?? []);
}

/** Brokers agree on the names more or less: `uri` or `host` and `port`, with `tls_port` where TLS has a port of its own. */
function serviceOf(credentials: Readonly<Record<string, unknown>>): RedisService | undefined {
  const text = (...names: readonly string[]): string | undefined => {
    const value = names.map((name) => credentials[name]).find((each) => typeof each === 'string' && each !== '');
    return typeof value === 'string' ? value : undefined;
  };
  const url = parseRedisUrl(text('uri', 'url', 'tls_uri') ?? '');
  const tlsPort = portOf(credentials['tls_port']);
  const host = text('host', 'hostname') ?? url?.host;
  const sentinel = sentinelOf(credentials);
  if (host === undefined && sentinel === undefined) return undefined;
  const password = text('password');
  return {
    host,
    port: tlsPort ?? portOf(credentials['port']) ?? url?.port,
    tls:
      tlsPort !== undefined || credentials['tls'] === true || credentials['tls_enabled'] === true || url?.tls === true,
    username: text('username', 'user') ?? url?.username,
    password: password === undefined ? url?.password : new Secret(password),
    database: url?.database,
    sentinel,
  };
}

function sentinelOf(credentials: Readonly<Record<string, unknown>>): RedisService['sentinel'] {
  const master = ['master_name', 'sentinel_master', 'master'].map((name) => credentials[name]).find(isText);
  const listed = credentials['sentinels'];
  if (master === undefined || !Array.isArray(listed)) return undefined;
  const nodes = listed.flatMap((each: unknown) => nodeOf(each) ?? []);
  return nodes.length === 0 ? undefined : { master, nodes };
}

const nodeSchema = z.object({
  host: z.string().optional(),
  hostname: z.string().optional(),
  port: z.coerce.number().int().optional(),
});

function nodeOf(node: unknown): HostAndPort | undefined {
  if (isText(node)) return parseHostAndPort(node.replace(/^rediss?:\/\//, ''), 26_379);
  const { host, hostname, port } = nodeSchema.safeParse(node).data ?? {};
  const name = host ?? hostname;
  return name === undefined ? undefined : parseHostAndPort(`${name}:${port ?? 26_379}`, 26_379);
}

function portOf(value: unknown): number | undefined {
  const port = Number(value);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
