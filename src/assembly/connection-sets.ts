import type { ConnectTo } from '../config/connect-to.js';
import { createConnectTo } from '../outbound/connect-to.js';
import { type Connections, type ConnectionsOptions, createConnections } from '../outbound/connections.js';
import { fingerprint } from './fingerprint.js';

/** What connections are made by; plain values, so that equal ones are known as equal. */
export type ConnectionSettings = Omit<ConnectionsOptions, 'connectTo'> & { readonly connectTo: readonly ConnectTo[] };

/**
 * Connections by their settings: whoever asks for the same gets the same, so that rules, authenticators and successive
 * configurations share what they can, and a reload drops no connection that the new configuration would open again.
 */
export interface ConnectionSets {
  /** For one configuration: notes what it asks for. */
  lease(): ConnectionLease;
  /** Retires what this configuration has not asked for: requests under way still come to their end. */
  retainOnly(lease: ConnectionLease): void;
  /** Over all sets; those that count never go back. */
  readonly stats: Pick<Connections['stats'], 'open' | 'opened' | 'failed'>;
  close(): Promise<void>;
}

export interface ConnectionLease {
  of(settings: ConnectionSettings): Connections;
  has(connections: Connections): boolean;
}

export function createConnectionSets(): ConnectionSets {
  const sets = new Map<string, Connections>();
  const leaving = new Set<Connections>();
  const gone = { opened: 0, failed: 0 };

  function make(settings: ConnectionSettings): Connections {
    return createConnections({ ...settings, connectTo: createConnectTo(settings.connectTo) });
  }

  async function retire(set: Connections): Promise<void> {
    leaving.add(set);
    await set.retire();
    leaving.delete(set);
    gone.opened += set.stats.opened;
    gone.failed += set.stats.failed;
  }

  function sum(name: 'open' | 'opened' | 'failed'): number {
    return [...sets.values(), ...leaving].reduce((total, { stats }) => total + stats[name], 0);
  }

  return {
    lease() {
      const asked = new Set<Connections>();
      return {
        of(settings) {
          const key = fingerprint(settings);
          const set = sets.get(key) ?? make(settings);
          sets.set(key, set);
          asked.add(set);
          return set;
        },
        has: (set) => asked.has(set),
      };
    },
    retainOnly(lease) {
      for (const [key, set] of sets) {
        if (lease.has(set)) continue;
        sets.delete(key);
        void retire(set);
      }
    },
    get stats() {
      return { open: sum('open'), opened: gone.opened + sum('opened'), failed: gone.failed + sum('failed') };
    },
    async close() {
      await Promise.all([...sets.values(), ...leaving].map((set) => set.close()));
    },
  };
}
