import { relaxName } from '../path.js';
import { type Findings, problem, quote } from '../report.js';
import type { Leaf, MapNode } from '../tree.js';
import { BOOT, textAt, textsAt } from './boot-options.js';
import type { Environment } from './environment-source.js';
import { parseProfileExpression } from './profile-expression.js';

/** What decides whether a document counts. */
export interface Activation {
  /** Undefined while they are being found out: what is for a profile does not count yet. */
  readonly profiles: readonly string[] | undefined;
  /** Name of the platform as Spring writes it, `cloud-foundry`. */
  readonly platform: string | undefined;
}

/** Whether a document's own conditions hold. One that cannot be understood is a problem, and does not. */
export function applies(document: MapNode, activation: Activation, findings: Findings): boolean {
  const platform = textsAt(document, BOOT.onCloudPlatform)?.[0];
  if (platform !== undefined && !holdsPlatform(platform, activation, findings)) return false;
  const conditions = textsAt(document, BOOT.onProfile) ?? [];
  if (conditions.length === 0) return true;
  return conditions.map((condition) => holdsProfile(condition, activation, findings)).includes(true);
}

function holdsProfile(condition: Leaf, activation: Activation, findings: Findings): boolean {
  const test = parseProfileExpression(condition.text);
  if (test !== undefined) return activation.profiles !== undefined && test(new Set(activation.profiles));
  findings.problems.push(
    problem(condition.origin, BOOT.onProfile, {
      found: quote(condition.text),
      expected: 'profiles joined by & or |, with parentheses where both stand',
    }),
  );
  return false;
}

/** In Spring Boot's own words. */
const PLATFORMS = ['none', 'cloud-foundry', 'heroku', 'sap', 'nomad', 'kubernetes', 'azure-app-service'] as const;

function holdsPlatform(leaf: Leaf, activation: Activation, findings: Findings): boolean {
  const platform = PLATFORMS.find((each) => relaxName(each) === relaxName(leaf.text));
  if (platform !== undefined) return platform === activation.platform;
  const expected = `one of ${PLATFORMS.join(', ')}`;
  findings.problems.push(problem(leaf.origin, BOOT.onCloudPlatform, { found: quote(leaf.text), expected }));
  return false;
}

/** The platform that is named, or, as Spring Boot finds it out, one of those that this program is found on. */
export function detectPlatform(root: MapNode, env: Environment): string | undefined {
  const named = textAt(root, BOOT.cloudPlatform)?.text;
  if (named !== undefined) return PLATFORMS.find((name) => relaxName(name) === relaxName(named));
  if (env['VCAP_APPLICATION'] !== undefined || env['VCAP_SERVICES'] !== undefined) return 'cloud-foundry';
  return env['KUBERNETES_SERVICE_HOST'] !== undefined && env['KUBERNETES_SERVICE_PORT'] !== undefined
    ? 'kubernetes'
    : undefined;
}
