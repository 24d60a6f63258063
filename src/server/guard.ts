import type { IncomingMessage, ServerResponse } from 'node:http';

/** Stands before an endpoint. */
export interface Guard {
  /**
   * Whether the request may pass; if not, it has been answered. A promise only where the answer takes its time: what is
   * known at once is said at once, since a guard stands on the path of every scrape.
   */
  admits(request: IncomingMessage, response: ServerResponse): boolean | Promise<boolean>;
}

/** Looks at nothing, wrong credentials included. */
export const OPEN: Guard = { admits: () => true };
