import { z } from 'zod';
import type { Platform } from '../config.js';
import type { Problem } from '../report.js';
import { problem } from '../report.js';
import type { Environment } from '../sources/environment-source.js';

/** What Cloud Foundry tells an application of itself. Only the fields used; older platforms say `uris`. */
const vcapApplication = z.object({
  application_id: z.string().optional().catch(undefined),
  application_uris: z.array(z.string()).optional().catch(undefined),
  uris: z.array(z.string()).optional().catch(undefined),
});

/** Its presence says that we run on Cloud Foundry, whatever it holds. */
export function readPlatform(env: Environment, warnings: Problem[]): Platform {
  const text = env['VCAP_APPLICATION'];
  if (text === undefined || text === '') return { cloudFoundry: false, applicationId: undefined, uri: undefined };
  const parsed = vcapApplication.safeParse(parseJson(text));
  if (!parsed.success) {
    const origin = { kind: 'environment', name: 'VCAP_APPLICATION' } as const;
    const expected = 'the JSON object that Cloud Foundry gives; it is passed over';
    warnings.push(problem(origin, [], { found: 'a text that is no JSON object (not shown)', expected }));
    return { cloudFoundry: true, applicationId: undefined, uri: undefined };
  }
  const [uri] = parsed.data.application_uris ?? parsed.data.uris ?? [];
  return { cloudFoundry: true, applicationId: parsed.data.application_id, uri };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says that it is no JSON object; the parser's own words would quote it.
    return undefined;
  }
}
