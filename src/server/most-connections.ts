/** Idle, each costs 6 to 8 KB, and 22 KB with a head that does not end. Over TLS it is about 30 KB. */
const ENOUGH = { http: 10_000, https: 4_000 } as const;

/** For files, the API, Redis and whatever else comes and goes. */
const FOR_OTHERS = 200;

/** Fewer would not serve a single Prometheus, whatever the system allows. */
const AT_LEAST = 64;

/**
 * How many connections callers may hold: half of the file descriptors that are left, since a scrape needs a connection
 * on either side. A Prometheus holds as many as it has scrapes at a time, and keeps up to 1,000 of them for each job.
 */
export function mostConnections(scheme: 'http' | 'https', fileDescriptors: number | undefined): number {
  const half = Math.floor(((fileDescriptors ?? Number.POSITIVE_INFINITY) - FOR_OTHERS) / 2);
  return Math.min(ENOUGH[scheme], Math.max(AT_LEAST, half));
}
