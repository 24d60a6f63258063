import { z } from 'zod';

/** Oldest API version that this program speaks to, as the original's 1.x. */
export const OLDEST_API_VERSION = '3.84.0';

export interface Endpoints {
  /** Where tokens come from, without trailing slash. */
  readonly loginUrl: string;
  /** As Cloud Foundry writes it (`3.117.0+cf-k8s`), or undefined when it says nothing. */
  readonly apiVersion: string | undefined;
  readonly tooOld: boolean;
}

const link = z.object({ href: z.string().nullish() }).nullish();

const root = z.object({
  links: z.object({
    login: link,
    uaa: link,
    cloud_controller_v3: z.object({ meta: z.object({ version: z.string().nullish() }).nullish() }).nullish(),
  }),
});

/**
 * Reads `GET /` of the API (facts/cloud-foundry.md 1). Unconfigured links are null there, and an operator may add others.
 *
 * @returns undefined when the document names neither `login` nor `uaa`
 */
export function readRoot(document: unknown): Endpoints | undefined {
  const result = root.safeParse(document);
  if (!result.success) return undefined;
  const { login, uaa, cloud_controller_v3 } = result.data.links;
  const loginUrl = [login?.href, uaa?.href].find(isHttpUrl);
  if (loginUrl === undefined) return undefined;
  const apiVersion = cloud_controller_v3?.meta?.version ?? undefined;
  return {
    loginUrl: loginUrl.replace(/\/+$/, ''),
    apiVersion,
    tooOld: apiVersion !== undefined && isOlder(apiVersion, OLDEST_API_VERSION),
  };
}

function isHttpUrl(href: string | null | undefined): href is string {
  return typeof href === 'string' && /^https?:\/\/[^/]/i.test(href) && URL.canParse(href);
}

/** Compares the leading numbers; a version without any counts as not older. */
export function isOlder(version: string, than: string): boolean {
  const ours = numbers(version);
  const theirs = numbers(than);
  if (ours.length === 0) return false;
  for (const [index, wanted] of theirs.entries()) {
    const have = ours[index] ?? 0;
    if (have !== wanted) return have < wanted;
  }
  return false;
}

function numbers(version: string): number[] {
  return (version.match(/^\d+(\.\d+)*/)?.[0] ?? '')
    .split('.')
    .filter((part) => part !== '')
    .map(Number);
}
