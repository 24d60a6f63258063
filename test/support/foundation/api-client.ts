import { Secret } from '../../../src/base/secret.js';
import { type ApiClient, type ApiObserver, createApiClient } from '../../../src/foundation/api-client.js';
import { createPace, type Pace } from '../../../src/foundation/pace.js';
import { perKind } from '../../../src/foundation/resources.js';
import type { Login } from '../../../src/foundation/token.js';
import { type ManualClock, manualClock } from '../manual-clock.js';
import { connectionsWith } from '../outbound/connections.js';
import { type CloudFoundry, type CloudFoundryAnswers, serveCloudFoundry } from './cloud-foundry.js';
import { type RecordedLog, recordedLog } from './recorded-log.js';

/** A client of a Cloud Foundry whose answers the test writes. */
export interface ClientOfScript {
  readonly api: ApiClient;
  readonly foundry: CloudFoundry;
  readonly pace: Pace;
  readonly clock: ManualClock;
  readonly logged: RecordedLog;
  /** `apps success`, `password refused`, in order. */
  readonly results: string[];
}

export interface ClientOfScriptOptions extends CloudFoundryAnswers {
  readonly headTimeoutMs?: number;
  readonly login?: Login;
}

export const PASSWORD = 'tell nobody + % & :';

export async function clientOf(options: ClientOfScriptOptions): Promise<ClientOfScript> {
  const foundry = await serveCloudFoundry(options);
  const clock = manualClock();
  const logged = recordedLog();
  const results: string[] = [];
  const observe: ApiObserver = {
    requested: ({ kind, result }) => results.push(`${kind} ${result}`),
    tokenRequested: (grant, result) => results.push(`${grant} ${result}`),
  };
  const pace = createPace({ concurrency: 8, ratePerSecond: 0, clock });
  const api = createApiClient({
    apiUrl: foundry.origin,
    login: options.login ?? { grant: 'password', username: 'reader', password: new Secret(PASSWORD) },
    connections: connectionsWith(),
    tlsGroup: 'cf.tls_config',
    pace,
    headTimeoutMs: perKind(() => options.headTimeoutMs ?? 30_000),
    clock,
    log: logged.log,
    observe,
  });
  return { api, foundry, pace, clock, logged, results };
}
