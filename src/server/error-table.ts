import type { ScrapeErrorCode } from '../scraping/scrape-error.js';

/**
 * The one place that turns reasons into HTTP status. 502: the instance, or who lets us in, gave us nothing. 504: not in time.
 * 503: a limit of our own, worth another try.
 */
export const SCRAPE_STATUS: Readonly<Record<ScrapeErrorCode, 502 | 503 | 504>> = {
  target_unreachable: 502,
  target_gone: 502,
  target_status: 502,
  target_type: 502,
  target_redirect: 502,
  target_late: 504,
  token_unavailable: 502,
  access_gone: 503,
  response_too_large: 503,
  instance_busy: 503,
  buffers_full: 503,
  stopping: 503,
};
