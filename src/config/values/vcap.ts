import type { Problem } from '../report.js';
import { problem } from '../report.js';
import type { Environment } from '../sources/environment-source.js';

export interface VcapValue {
  readonly text: string;
  /** The variable that it came from. */
  readonly variable: 'VCAP_APPLICATION' | 'VCAP_SERVICES';
  /** It belongs to the credentials of a service. */
  readonly secret: boolean;
}

/**
 * What Cloud Foundry tells an application of itself and of its services, by flat names as Spring Boot makes them
 * (CloudFoundryVcapEnvironmentPostProcessor): `vcap.application.space_name`, `vcap.services.<instance name>.credentials.<key>`.
 *
 * JSON that is none is passed over. Of VCAP_SERVICES that is said here; of VCAP_APPLICATION it is said where the platform is read.
 */
export function readVcap(env: Environment, warnings: Problem[]): ReadonlyMap<string, VcapValue> {
  const values = new Map<string, VcapValue>();
  const put = (variable: VcapValue['variable']) => (name: string, text: string) => {
    values.set(name, { text, variable, secret: /^vcap\.services\..*\.credentials(?:[.[]|$)/s.test(name) });
  };
  const application = parseObject(env['VCAP_APPLICATION']);
  if (application !== undefined) flatten('vcap.application', application, put('VCAP_APPLICATION'));
  const services = parseObject(env['VCAP_SERVICES']);
  if (services !== undefined) flattenServices(services, put('VCAP_SERVICES'));
  else if ((env['VCAP_SERVICES'] ?? '') !== '') {
    const origin = { kind: 'environment', name: 'VCAP_SERVICES' } as const;
    const expected = 'the JSON object that Cloud Foundry gives; it is passed over';
    warnings.push(problem(origin, [], { found: 'a text that is no JSON object (not shown)', expected }));
  }
  return values;
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    // The caller says that it is no JSON object; the parser's own words would quote it.
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Put = (name: string, text: string) => void;

/** By label come lists of instances; the instance's name counts, else its label. */
function flattenServices(services: JsonObject, put: Put): void {
  for (const instances of Object.values(services)) {
    if (!Array.isArray(instances)) continue;
    for (const instance of instances) {
      if (!isObject(instance)) continue;
      const name = instance['name'] ?? instance['label'];
      if (typeof name === 'string') flatten(`vcap.services.${name}`, instance, put);
    }
  }
}

/** Cloud Foundry nests four deep; what lies far deeper is left out, since it is walked by recursion. */
const DEEPEST_NESTING = 32;

/** A list counts as a whole, with commas, and by its items. */
function flatten(name: string, value: unknown, put: Put, depth = 0): void {
  if (depth > DEEPEST_NESTING) return;
  if (Array.isArray(value)) {
    if (!value.some((item) => typeof item === 'object' && item !== null)) put(name, value.map(textOf).join(','));
    for (const [index, item] of value.entries()) flatten(`${name}[${index}]`, item, put, depth + 1);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) flatten(`${name}.${key}`, item, put, depth + 1);
  } else put(name, textOf(value));
}

function textOf(value: unknown): string {
  return value === null ? '' : String(value);
}
