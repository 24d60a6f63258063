import { z } from 'zod';
import type { Milliseconds } from '../base/duration.js';
import { header, type WholeAnswer } from '../outbound/fetch-whole.js';

/** What a token service said. */
export type TokenAnswer =
  | { readonly kind: 'granted'; readonly token: string; readonly lifetimeMs: Milliseconds }
  | {
      readonly kind: 'refused' | 'failed';
      /** Status and reason for people: `401 invalid_client: Bad credentials`. As sent: it may quote a secret. */
      readonly words: string;
      /** The client may be taken when id and secret stand elsewhere in the request. */
      readonly isClientInDoubt: boolean;
    };

/** RFC 6749 5.1 leaves it out where "other means" tell; a 401 tells us. As long as the original kept any token. */
const ASSUMED_LIFETIME_MS: Milliseconds = 10 * 60_000;

/** Shorter lives than a scrape are of no use, and would make a request for nearly each of them. */
const LEAST_LIFETIME_MS: Milliseconds = 1_000;

/** Any number is a lifetime in JSON, infinity in all but name too; what is counted with has to stay a number. */
const LONGEST_LIFETIME_MS: Milliseconds = 365 * 24 * 3_600_000;

/** Servers take 8 to 64 KiB of headers in all; a longer token would go out with every scrape for nothing. */
const LONGEST_TOKEN_BYTES = 16 * 1024;

const grantSchema = z.object({
  // What may stand in a header: RFC 6749 A.12 says printable ASCII.
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z.string().nullish(),
  // A number in RFC 6749; some services write it as a text.
  expires_in: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).nullish(),
});

const errorSchema = z.object({ error: z.string(), error_description: z.string().nullish() });

/**
 * Errors of a 400 that are about the client and not about what it asks for (RFC 6749 5.2). Keycloak says
 * `unauthorized_client` for a wrong secret; who takes Basic alone may miss a parameter.
 */
const CLIENT_ERRORS: ReadonlySet<string> = new Set(['invalid_client', 'unauthorized_client', 'invalid_request']);

/** Reads the answer of a token service (RFC 6749 5.1, 5.2; facts/cloud-foundry.md 2.2, 2.4). */
export function readTokenAnswer(answer: WholeAnswer): TokenAnswer {
  const { status } = answer;
  const document = jsonOf(answer);
  if (status === 200) return readGrant(answer, document);
  const error = errorSchema.safeParse(document).data;
  const words = `${status} ${reasonOf(answer, error)}`;
  // 401 and 403 are a no even where a proxy has put HTML in place of the reason; 400 is one only in OAuth's words.
  const isRefused = status === 401 || status === 403 || (status === 400 && error !== undefined);
  const isClientInDoubt = status === 401 || (status === 400 && error !== undefined && CLIENT_ERRORS.has(error.error));
  return { kind: isRefused ? 'refused' : 'failed', words, isClientInDoubt };
}

function readGrant(answer: WholeAnswer, document: unknown): TokenAnswer {
  const granted = grantSchema.safeParse(document);
  if (!granted.success) return useless(`200 with ${whatCame(answer)} in place of a token`);
  const { access_token: token, token_type: type, expires_in: seconds } = granted.data;
  if (type !== undefined && type !== null && type.toLowerCase() !== 'bearer') {
    return useless(`200 with a token of type ${type}, where Bearer is needed`);
  }
  if (token.length > LONGEST_TOKEN_BYTES) {
    return useless(`200 with a token of ${token.length} bytes, and more than ${LONGEST_TOKEN_BYTES} fit in no header`);
  }
  const lifetimeMs = seconds === undefined || seconds === null ? ASSUMED_LIFETIME_MS : seconds * 1000;
  if (lifetimeMs <= 0) return useless('200 with a token that has expired already');
  if (lifetimeMs < LEAST_LIFETIME_MS) return useless(`200 with a token that lives ${seconds} s, less than a second`);
  return { kind: 'granted', token, lifetimeMs: Math.min(lifetimeMs, LONGEST_LIFETIME_MS) };
}

function useless(words: string): TokenAnswer {
  return { kind: 'failed', words, isClientInDoubt: false };
}

function reasonOf(answer: WholeAnswer, error: z.infer<typeof errorSchema> | undefined): string {
  if (error !== undefined) return [error.error, error.error_description].filter((part) => part).join(': ');
  const location = header(answer.headers, 'location');
  if (answer.status < 300 || answer.status > 399 || location === undefined) return `with ${whatCame(answer)}`;
  // UAA answers every path that it does not know so (facts/cloud-foundry.md 2.1). A query may hold what was sent.
  return `to ${location.replace(/[?#].*/s, '')}, and redirects of a token service are not followed; is its URL right?`;
}

function whatCame({ headers, body }: WholeAnswer): string {
  if (body.length === 0) return 'an empty body';
  return header(headers, 'content-type')?.split(';')[0]?.trim() || 'a body without Content-Type';
}

function jsonOf(answer: WholeAnswer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    return undefined;
  }
}
