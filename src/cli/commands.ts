import type { Command } from './command.js';

export interface CommandEntry {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Only what is run is loaded: the simulator has no place in the memory of a server. */
  load(): Promise<Command>;
}

/** What happens without a command, as with the original. */
export const SERVE: CommandEntry = {
  name: 'serve',
  summary: 'discover targets on Cloud Foundry and scrape them for Prometheus (what happens without a command)',
  load: async () => (await import('./serve.js')).serve,
};

export const COMMANDS: readonly CommandEntry[] = [
  SERVE,
  {
    name: 'discover',
    summary: 'tell once what would be scraped, and what is left out and why',
    load: async () => (await import('./discover.js')).discover,
  },
  {
    name: 'check-config',
    summary: 'say what is wrong with a configuration, and what it comes to',
    load: async () => (await import('./check-config.js')).checkConfig,
  },
  {
    name: 'encrypt',
    summary: 'encrypt a secret for the configuration',
    load: async () => (await import('./cipher-commands.js')).encrypt,
  },
  {
    name: 'decrypt',
    summary: 'decrypt what was encrypted for the configuration',
    load: async () => (await import('./cipher-commands.js')).decrypt,
  },
  {
    name: 'hash-password',
    summary: 'make the bcrypt hash of a password for the configuration',
    load: async () => (await import('./hash-password.js')).hashPassword,
  },
  {
    name: 'demo',
    summary: 'see it work: simulated Cloud Foundry, Promregator and, where installed, Prometheus',
    load: async () => (await import('./demo.js')).demo,
  },
  {
    name: 'simulate',
    summary: 'run the simulated Cloud Foundry alone',
    load: async () => (await import('./simulate.js')).simulate,
  },
];
