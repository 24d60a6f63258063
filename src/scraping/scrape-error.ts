import { CodedError } from '../base/errors.js';

/** Why a scrape failed. Status codes and the `result` label of `promregator_scrapes_total` follow from it. */
export type ScrapeErrorCode =
  /** No connection, or one that broke off: refused, reset, TLS, DNS. */
  | 'target_unreachable'
  /** The router knows no such instance. */
  | 'target_gone'
  | 'target_status'
  | 'target_type'
  | 'target_redirect'
  | 'target_late'
  /** The authenticator's token service gave none. */
  | 'token_unavailable'
  /** A reload took the credentials or TLS settings that the target was selected with. */
  | 'access_gone'
  /** Limits of our own. */
  | 'response_too_large'
  | 'instance_busy'
  | 'buffers_full'
  | 'stopping';

export class ScrapeError extends CodedError<ScrapeErrorCode> {}
