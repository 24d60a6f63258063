import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Directory } from '../discovery/directory.js';
import type { CurrentDirectory } from '../server/current-directory.js';
import type { Log } from '../telemetry/log.js';
import { announceDirectory } from './announce.js';
import type { Directories } from './directories.js';
import type { Foundations } from './foundations.js';

export interface PublisherOptions {
  readonly foundations: () => Foundations;
  readonly directories: Directories;
  readonly current: CurrentDirectory;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after each selection, whether it is handed out or not. */
  readonly onSelected: () => void;
  /** What else wants to know which targets there are. */
  readonly onDirectory: (directory: Directory) => void;
}

/** Turns what is known of all foundations into the directory in force. */
export interface Publisher {
  start(): void;
  /** An inventory or the configuration changed. */
  publish(): void;
  stop(): void;
}

/**
 * For so long after the start all foundations are waited for before the whole list is handed out: one without the
 * targets of a slow foundation would make Prometheus drop them. After it the others' count, since one outage concerns
 * nobody else; who asks for one foundation never waits for another.
 */
export const GRACE_MS: Milliseconds = 60_000;

export function createPublisher(options: PublisherOptions): Publisher {
  const { directories, current, clock, log } = options;
  let timer: Timer | undefined;
  let patient = true;
  let said = '';

  function publish(): void {
    const all = options.foundations().all;
    const { directory, missing, selectedInMs } = directories.select(
      (name) => all.find((each) => each.name === name)?.inventory,
    );
    options.onSelected();
    if (missing.size === all.length) return;
    const whole = missing.size > 0 && patient && current.whole === 'withheld' ? 'withheld' : 'ready';
    if (whole === 'ready') tellMissing([...missing].join(', '));
    announceDirectory({ next: directory, before: current.directory, missing, selectedInMs }, log);
    current.replace(directory, { missing, whole });
    options.onDirectory(directory);
  }

  function tellMissing(names: string): void {
    if (names !== '' && names !== said) {
      log.warn('targets are handed out without those of foundations that have not been read yet', {
        foundations: names,
      });
    }
    said = names;
  }

  return {
    publish,
    start() {
      timer = clock.after(GRACE_MS, () => {
        patient = false;
        if (current.whole === 'withheld') publish();
      });
    },
    stop() {
      timer?.cancel();
    },
  };
}
