import type { Authenticator, Config } from '../config.js';
import type { Path } from '../path.js';
import { quote, type Reporter } from '../report.js';
import type { RawConfig } from '../schema/root.js';

type RawPromregator = RawConfig['promregator'];
type RawAuthenticator = RawPromregator['authenticator'];

const NONE: Authenticator = { type: 'none' };

/** Credentials towards applications: those of all rules that name none, and those that rules name. */
export function resolveAuthenticators(raw: RawPromregator, reporter: Reporter): Config['authenticators'] {
  const byDefault = resolveOne(raw.authenticator, ['promregator', 'authenticator'], NONE, reporter);
  const byId = new Map<string, Authenticator>();
  for (const [index, each] of raw.targetAuthenticators.entries()) {
    const path = ['promregator', 'targetAuthenticators', index];
    const authenticator = resolveOne(each, path, byDefault, reporter);
    if (each.id === undefined) {
      const remedy = 'rules name it by their authenticatorId';
      reporter.missing([...path, 'id'], { expected: 'a name of its own', remedy });
    } else if (byId.has(each.id)) {
      const expected = 'an id that no earlier one has';
      reporter.error([...path, 'id'], { found: quote(each.id), expected, remedy: 'give it another id' });
    } else byId.set(each.id, authenticator);
  }
  return { byDefault, byId };
}

/** Without a type, one that rules name means the global one (facts, promregator 4). */
function resolveOne(raw: RawAuthenticator, path: Path, without: Authenticator, reporter: Reporter): Authenticator {
  switch (raw.type) {
    case undefined:
      reportIdleCredentials(raw, path, reporter);
      return without;
    case 'none':
    case 'null':
      return NONE;
    case 'basic':
      return resolveBasic(raw, path, reporter);
    default:
      reporter.error([...path, 'type'], {
        found: quote(raw.type),
        expected: 'basic or none',
        remedy: 'authenticators by OAuth2 are not supported by this version yet',
      });
      return NONE;
  }
}

function reportIdleCredentials(raw: RawAuthenticator, path: Path, reporter: Reporter): void {
  if (raw.basic.username === undefined && raw.basic.password === undefined) return;
  reporter.warning([...path, 'basic'], {
    found: 'credentials without a type, which are not used',
    expected: 'a type beside them',
    remedy: 'write type: basic',
  });
}

function resolveBasic(raw: RawAuthenticator, path: Path, reporter: Reporter): Authenticator {
  const { username, password } = raw.basic;
  if (username !== undefined && password !== undefined) return { type: 'basic', username, password };
  for (const name of ['username', 'password'] as const) {
    if (raw.basic[name] !== undefined) continue;
    const expected = `the ${name} of an authenticator of type basic`;
    reporter.missing([...path, 'basic', name], { expected });
  }
  return NONE;
}
