import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.js';
import { oneLine } from '../base/errors.js';
import { LOOP_MARK_HEADER } from '../scraping/loop-mark.js';
import type { Log } from '../telemetry/log.js';
import { createRepeats } from '../telemetry/repeats.js';
import type { CurrentDirectory } from './current-directory.js';
import { respondText } from './respond.js';

/** Ends the recursion of one Promregator scraping another, at its first hop. */
export interface LoopRefusal {
  /** True when the request came from a Promregator, whosever: it has been answered with 508 then. */
  refuses(request: IncomingMessage, response: ServerResponse): boolean;
}

export interface LoopOptions {
  readonly current: CurrentDirectory;
  /** Guid of ourselves as an application of Cloud Foundry, when we are one. */
  readonly applicationId: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export function createLoopRefusal(options: LoopOptions): LoopRefusal {
  const repeats = createRepeats(options.clock);

  /**
   * Replicas run by one configuration, so the rule that brought this request is likely to be ours too. Who does not know
   * itself is told by the router, which names the application that it sends a request to (facts/cloud-foundry.md 5.3).
   */
  function ruleToChange(request: IncomingMessage): string {
    const { directory } = options.current;
    const ourselves = options.applicationId ?? request.headers['x-cf-applicationid'];
    const own = directory?.targets.find((target) => target.application.guid === ourselves);
    return own === undefined
      ? 'the rule that selects Promregator itself'
      : `${own.application.rule}, which selects Promregator itself`;
  }

  return {
    refuses(request, response) {
      const mark = request.headers[LOOP_MARK_HEADER];
      if (mark === undefined) return false;
      const rule = ruleToChange(request);
      // Anybody can write the header, so what is told does not grow with what is asked.
      const times = repeats.occurred('loop');
      if (times !== undefined) {
        options.log.error(
          'a Promregator scrapes targets through a Promregator, which would multiply at each hop; request refused',
          {
            path: oneLine(request.url ?? '').slice(0, 200),
            from: oneLine(String(mark)).slice(0, 60),
            times,
            remedy: `give ${rule} the path /promregatorMetrics, or let it select other applications only`,
          },
        );
      }
      respondText(response, 508, `A Promregator asked for this: give ${rule} the path /promregatorMetrics.`);
      return true;
    },
  };
}
