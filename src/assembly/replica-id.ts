/** Beside 36 characters of the instance and the number of a foundation: a lease's holder has 200 at most. */
const LONGEST_HOST = 63;

/**
 * `host-1/0c2b5f0e-…`: what a replica is called in the store, and in the logs of all of them. The host is for people, the
 * instance alone makes it unique.
 */
export function replicaIdOf({ host, instanceId }: { readonly host: string; readonly instanceId: string }): string {
  // Whatever a machine calls itself: blanks and lines would break what is written in the store.
  const plain = host.replace(/[^\w.-]+/g, '_').slice(0, LONGEST_HOST);
  return plain === '' ? instanceId : `${plain}/${instanceId}`;
}
