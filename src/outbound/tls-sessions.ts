/** TLS sessions by server name, so that a later handshake spares both sides the certificate. */
export interface TlsSessions {
  get(servername: string): Buffer | undefined;
  set(servername: string, session: Buffer): void;
}

/** Sessions are 1.5 to 4 KB each. */
const MAX_SESSIONS = 4_000;

/** Sessions hold what was verified by certain settings: each setting needs its own. */
export function createTlsSessions(): TlsSessions {
  const byName = new Map<string, Buffer>();
  return {
    get: (servername) => byName.get(servername),
    set(servername, session) {
      byName.delete(servername);
      byName.set(servername, session);
      const oldest = byName.keys().next();
      if (byName.size > MAX_SESSIONS && oldest.done !== true) byName.delete(oldest.value);
    },
  };
}
