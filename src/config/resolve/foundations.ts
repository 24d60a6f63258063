import { isDeepStrictEqual } from 'node:util';
import { Secret } from '../../base/secret.js';
import type { FoundationConfig } from '../config.js';
import type { Path } from '../path.js';
import { cfSchema } from '../schema/cf.js';
import type { RawConfig } from '../schema/root.js';
import { type CfContext, resolveCf } from './cf.js';
import type { ResolveContext } from './context.js';
import { checkName, checkUnique } from './name.js';

/** Name of the foundation that `cf.*` alone makes. */
export const ONLY_FOUNDATION = 'default';

/** Those of `foundations`, else the one of `cf`. Undefined when something mandatory is missing; it is reported then. */
export async function resolveFoundations(
  raw: RawConfig,
  context: CfContext,
): Promise<readonly FoundationConfig[] | undefined> {
  const { simulation } = raw.promregator;
  if (simulation.enabled) return [await resolveSimulated(raw, context)];
  if (raw.foundations.length === 0) return await resolveOnly(raw, context);
  reportCfBeside(raw.cf, context);
  return await resolveSeveral(raw, context);
}

async function resolveSeveral(raw: RawConfig, context: CfContext): Promise<readonly FoundationConfig[] | undefined> {
  const seen = new Set<string>();
  const all: FoundationConfig[] = [];
  for (const [index, each] of raw.foundations.entries()) {
    const path: Path = ['foundations', index];
    const name = resolveName(each.name, path, seen, context);
    const cf = await resolveCf(each, path, context);
    if (name !== undefined && cf !== undefined) all.push({ name, ...cf });
  }
  return all.length === raw.foundations.length ? all : undefined;
}

async function resolveOnly(raw: RawConfig, context: CfContext): Promise<readonly FoundationConfig[] | undefined> {
  // A list that cannot be read is a problem of its own; that cf is empty beside it is none.
  if (context.reporter.hasErrorBelow(['foundations']) && isUntouched(raw.cf)) return undefined;
  const cf = await resolveCf(raw.cf, ['cf'], context);
  return cf === undefined ? undefined : [{ name: ONLY_FOUNDATION, ...cf }];
}

/** Whoever starts the simulator puts its address here; nothing of `cf` is mandatory then. */
async function resolveSimulated(raw: RawConfig, context: CfContext): Promise<FoundationConfig> {
  const { reporter } = context;
  if (raw.foundations.length > 0) {
    // First, since nothing is said to be missing in what is wrong as a whole.
    await resolveSeveral(raw, context);
    const expected = 'one or the other';
    reporter.error(['foundations'], { found: 'foundations beside promregator.simulation.enabled', expected });
  }
  const simulated = { api_host: 'http://127.0.0.1', username: 'simulator', password: new Secret('simulator') };
  const cf = await resolveCf({ ...cfSchema.parse({}), ...simulated }, ['cf'], context);
  if (cf === undefined) throw new TypeError('the simulated foundation has all that is mandatory');
  return { name: ONLY_FOUNDATION, ...cf, proxy: undefined };
}

function resolveName(
  name: string | undefined,
  path: Path,
  seen: Set<string>,
  { reporter }: ResolveContext,
): string | undefined {
  const at = [...path, 'name'];
  if (name === undefined) {
    const remedy = 'rules, logs and metrics name it by that';
    reporter.missing(at, { expected: 'a name of its own', remedy });
    return undefined;
  }
  if (checkName(name, at, reporter)) checkUnique(name, seen, at, reporter);
  return name;
}

function isUntouched(cf: RawConfig['cf']): boolean {
  return isDeepStrictEqual(cf, cfSchema.parse({}));
}

function reportCfBeside(cf: RawConfig['cf'], { reporter }: ResolveContext): void {
  const untouched: Readonly<Record<string, unknown>> = cfSchema.parse({});
  const set = Object.entries(cf).find(([name, value]) => !isDeepStrictEqual(value, untouched[name]));
  if (set === undefined) return;
  reporter.error(['cf', set[0]], {
    found: 'cf beside foundations',
    expected: 'one or the other',
    remedy: 'make cf an item of foundations, or remove it, and its variables from the environment',
  });
}
