/**
 * Sends connections for some hosts elsewhere, as curl's `--connect-to` does: the Host header and the TLS server name
 * stay what they were. For split-horizon DNS, and for the simulator, whose host names resolve nowhere.
 */
export interface ConnectToRule {
  /** Host name; `*` stands for any number of labels: `*.apps.example.org`. */
  readonly hostPattern: string;
  /** Only connections to this port; undefined means any. */
  readonly port: number | undefined;
  readonly address: string;
  /** Port to connect to; undefined keeps the port asked for. */
  readonly toPort: number | undefined;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type ConnectTo = (host: string, port: number) => Address;

/** The first rule that matches decides; without one, the connection goes where its name says. */
export function createConnectTo(rules: readonly ConnectToRule[]): ConnectTo {
  const compiled = rules.map((rule) => ({ rule, matches: hostMatcher(rule.hostPattern) }));
  return (host, port) => {
    const found = compiled.find(
      ({ rule, matches }) => (rule.port === undefined || rule.port === port) && matches(host),
    );
    if (found === undefined) return { host, port };
    return { host: found.rule.address, port: found.rule.toPort ?? port };
  };
}

function hostMatcher(pattern: string): (host: string) => boolean {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\*', '.*');
  const expression = new RegExp(`^${source}$`, 'i');
  return (host) => expression.test(host);
}
