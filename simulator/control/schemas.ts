import { z } from 'zod';
import type { FaultRule } from '../faults.js';
import type { Platform } from '../platform.js';
import { REQUEST_KINDS } from '../request-kind.js';
import { SimulatorError } from '../simulator-error.js';

const count = z.int().nonnegative();
const moment = z.enum(['before_head', 'after_head', 'mid_body']);

const action = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('delay'), delayMs: count }),
  z.strictObject({
    type: z.literal('status'),
    status: z.int().min(200).max(599),
    form: z.enum(['capi', 'router', 'nginx', 'uaa', 'html', 'text', 'empty']),
    code: z.int().exactOptional(),
    title: z.string().exactOptional(),
    detail: z.string().exactOptional(),
    retryAfterSeconds: count.exactOptional(),
    headers: z.record(z.string(), z.string()).exactOptional(),
  }),
  z.strictObject({ type: z.literal('reset'), when: moment }),
  z.strictObject({ type: z.literal('hang'), when: moment }),
  z.strictObject({ type: z.literal('truncate'), bytes: count, framing: z.enum(['content-length', 'chunked']) }),
  z.strictObject({ type: z.literal('endless'), intervalMs: count.exactOptional() }),
  z.strictObject({ type: z.literal('drip'), bytes: z.int().positive(), intervalMs: count }),
  z.strictObject({ type: z.literal('broken_json') }),
  z.strictObject({ type: z.literal('html') }),
  z.strictObject({ type: z.literal('content_type'), value: z.string().nullable() }),
  z.strictObject({ type: z.literal('invalid_token') }),
  z.strictObject({ type: z.literal('rate_limit'), retryAfterSeconds: count }),
  z.strictObject({ type: z.literal('short_page'), missing: count }),
  z.strictObject({ type: z.literal('repeated_page') }),
  z.strictObject({ type: z.literal('moving_total'), step: z.int() }),
  z.strictObject({ type: z.literal('cut_list'), keep: count }),
]);

const faultRule: z.ZodType<FaultRule> = z.strictObject({
  kind: z.enum([...REQUEST_KINDS, 'any']).exactOptional(),
  app: z.string().exactOptional(),
  index: count.exactOptional(),
  path: z.string().exactOptional(),
  times: count.exactOptional(),
  after: count.exactOptional(),
  action,
});

const platform = z.strictObject({
  diego: z.enum(['up', 'down']).exactOptional(),
  logCache: z.enum(['up', 'down']).exactOptional(),
  uaaKeys: z.enum(['up', 'down']).exactOptional(),
  api: z.enum(['up', 'maintenance', 'unregistered', 'failing']).exactOptional(),
  networkPolicy: z.enum(['allowed', 'missing']).exactOptional(),
  router: z.enum(['up', 'restarting']).exactOptional(),
});

export function readFaultRule(body: unknown): FaultRule {
  return read(faultRule, body, 'fault');
}

export function readPlatform(body: unknown): Partial<Platform> {
  return read(platform, body, 'platform');
}

/** The value as its schema has it; otherwise an error that says what is wrong where. */
export function read<T>(schema: z.ZodType<T>, body: unknown, what: string): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`);
  throw new SimulatorError('invalid', `This is no ${what}: ${problems.join('; ')}`);
}
