import { type Path, relaxName, splitName } from './path.js';

/**
 * Options that the original, its framework or Prometheus' programs know and that have no counterpart here.
 *
 * `ignored`: it means nothing here, one line at start says so. `refused`: going on without it would change security,
 * routing or values, so it is an error. `missing`: the same without such harm, a warning.
 */
export interface ForeignOption {
  /** Names in their flat form; `[]` is any index, `*` at the end anything below. */
  readonly pattern: string;
  readonly fate: 'ignored' | 'refused' | 'missing';
  readonly reason: string;
}

const NO_THREADS = 'there are no thread pools to size';
const NO_CACHE = 'lists are fetched whole, and nothing is asked for one by one';
const JAVA = 'it belongs to the Java framework';
const REACTOR = 'it belongs to a library of the original';

/** The first pattern that fits counts. */
export const FOREIGN_OPTIONS: readonly ForeignOption[] = [
  ...each('ignored', NO_THREADS, 'cf.threadPool.size', 'promregator.scraping.threads', 'promregator.endpoint.threads'),
  ...each('ignored', NO_CACHE, 'cf.cache.type', 'cf.cache.expiry.*', 'cf.cache.aggregator.*'),
  ...each('ignored', NO_CACHE, 'cf.cache.timeout.resolver'),
  ...each('ignored', NO_CACHE, 'cf.request.timeout.appSummary', 'cf.request.timeout.routeMapping'),
  ...each('ignored', NO_CACHE, 'cf.request.timeout.sharedDomain'),
  ...each('ignored', 'memory is the business of the JavaScript engine', 'promregator.gc.*'),
  ...each('ignored', REACTOR, 'promregator.reactor.*', 'promregator.workaround.*'),
  ...each('ignored', 'the API version is always checked', 'promregator.internal.preCheckAPIVersion'),
  ...each(
    'missing',
    'the bytes of applications pass unchanged; labels come by /discovery',
    'promregator.scraping.labelEnrichment',
  ),
  ...each(
    'refused',
    'we would listen without TLS; name server.ssl.certificate or server.ssl.key-store',
    'server.ssl.bundle',
  ),
  ...each('refused', 'one certificate is for all names', 'server.ssl.server-name-bundles[].*'),
  ...each('ignored', 'enabled-protocols says which versions are spoken', 'server.ssl.protocol'),
  ...each('ignored', JAVA, 'server.ssl.key-store-provider', 'server.ssl.trust-store-provider'),
  ...each('missing', 'name the proxies by promregator.trustedProxies', 'server.forward-headers-strategy'),
  ...each('missing', 'name the proxies by promregator.trustedProxies', 'server.use-forward-headers'),
  ...each('refused', 'values are decrypted by a pass phrase only, encrypt.key', 'encrypt.key-store.*', 'encrypt.rsa.*'),
  ...each('ignored', 'a value that cannot be decrypted is always an error', 'encrypt.fail-on-error'),
  ...each('missing', 'use logging.file.name', 'logging.path', 'logging.file.path'),
  ...each('ignored', 'the log file is rotated by others, and opened anew', 'logging.file.*'),
  ...each('ignored', 'the structured forms have no settings', 'logging.structured.*'),
  ...each('ignored', 'the log has forms of its own, see log.format', 'logging.pattern.*', 'logging.config'),
  ...each('ignored', JAVA, 'logging.logback.*', 'logging.charset.*', 'logging.group.*', 'logging.include-*'),
  ...each('missing', 'use logging.level.root', 'log.level'),
  ...each('missing', 'use server.address and server.port', 'web.listen-address'),
  ...each('missing', 'use server.servlet.contextPath', 'web.route-prefix'),
  ...each('missing', 'use promregator.discovery.externalUrl', 'web.external-url'),
  ...each(
    'ignored',
    'metrics keep the compression of the application, and our own answers are not compressed',
    'server.compression.*',
  ),
  ...each('ignored', 'HTTP/1.1 is spoken', 'server.http2.*'),
  ...each('ignored', JAVA, 'server.tomcat.*', 'server.error.*', 'server.servlet.*', 'server.reactive.*'),
  ...each('ignored', JAVA, 'server.jetty.*', 'server.undertow.*', 'server.netty.*', 'server.shutdown'),
  ...each('ignored', JAVA, 'server.max-http-header-size', 'server.max-http-request-header-size'),
  ...each('ignored', JAVA, 'server.server-header', 'server.connection-timeout'),
  ...each('ignored', JAVA, 'debug', 'trace', 'info.*', 'spring.*', 'management.*'),
];

function each(fate: ForeignOption['fate'], reason: string, ...patterns: readonly string[]): readonly ForeignOption[] {
  return patterns.map((pattern) => ({ pattern, fate, reason }));
}

/** What the original does with the option at `path`; undefined when it knows none of that name. */
export function findForeignOption(path: Path): ForeignOption | undefined {
  return FOREIGN_OPTIONS.find((option) => fits(splitPattern(option.pattern), path));
}

/** Whether the original has options below `path`, none of which is set when it stands there empty. */
export function isForeignGroup(path: Path): boolean {
  return FOREIGN_OPTIONS.some(({ pattern }) => {
    const steps = splitPattern(pattern);
    return path.length < steps.length && fits(steps.slice(0, path.length), path);
  });
}

/**
 * Those that the environment may set. Whole realms such as `spring.*` and single words are left out:
 * what else an environment holds under such names is others' business.
 */
export function environmentForeignOptions(): readonly ForeignOption[] {
  return FOREIGN_OPTIONS.filter(({ pattern }) => !/^[a-z]+(?:\.\*)?$/.test(pattern));
}

/** `[]` becomes a step of its own. */
export function splitPattern(pattern: string): readonly string[] {
  return pattern.replaceAll('[]', '.[]').split('.');
}

function fits(pattern: readonly string[], path: Path): boolean {
  const open = pattern.at(-1) === '*';
  const named = open ? pattern.slice(0, -1) : pattern;
  if (open ? path.length <= named.length : path.length !== named.length) return false;
  return named.every((name, at) => {
    const segment = path[at];
    if (typeof segment === 'number') return name === '[]';
    return segment !== undefined && fitsName(name, segment);
  });
}

function fitsName(name: string, segment: string): boolean {
  if (name.endsWith('*')) return relaxName(segment).startsWith(relaxName(name.slice(0, -1)));
  return relaxName(segment) === relaxName(name);
}

/** Paths of unknown options as flat steps, whatever part of them was written flat. */
export function flatten(path: Path): Path {
  return path.flatMap((segment) => (typeof segment === 'number' ? [segment] : [...splitName(segment)]));
}
