// Scrapes every target at a steady pace, as a Prometheus does and with less CPU: each time through any of the replicas, as a
// router chooses. Started by scheduler.ts with the interval and the URLs; any message begins or ends the measured time.
import { Agent, get, type IncomingMessage } from 'node:http';
import type { Milliseconds } from '../../src/base/duration.js';
import { quantile } from './statistics.js';

/** What it saw in the measured time. */
export interface ScheduleReport {
  readonly scrapes: number;
  readonly failed: number;
  readonly p50Ms: Milliseconds;
  readonly p99Ms: Milliseconds;
  readonly slowestMs: Milliseconds;
}

/** As Prometheus 2.42 asks (facts/prometheus.md 2.1). */
const HEADERS = {
  accept:
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  'accept-encoding': 'gzip',
  'user-agent': 'Prometheus/2.42.0',
  'x-prometheus-scrape-timeout-seconds': '10',
};

const [intervalSeconds = '', ...urls] = process.argv.slice(2);
const intervalMs = Number(intervalSeconds) * 1_000;
const agent = new Agent({ keepAlive: true });
let times: Milliseconds[] = [];
let failed = 0;

function anyUrl(): string {
  return urls[Math.floor(Math.random() * urls.length)] ?? '';
}

function scrape(path: string): void {
  const startedAt = performance.now();
  const request = get(anyUrl() + path, { agent, headers: HEADERS }, (response: IncomingMessage) => {
    response.resume();
    response.once('end', () => {
      times.push(performance.now() - startedAt);
      if (response.statusCode !== 200) failed += 1;
    });
    response.once('error', () => {
      failed += 1;
    });
  });
  request.once('error', () => {
    failed += 1;
  });
}

const groups: { labels: Record<string, string> }[] = JSON.parse(await (await fetch(`${anyUrl()}/discovery`)).text());
const paths = groups.map(({ labels }) => labels['__metrics_path__'] ?? '');
const beganAt = performance.now();
let sent = 0;

// Each target has its own moment within the interval; a timer that is late makes up for it.
setInterval(() => {
  const due = Math.floor(((performance.now() - beganAt) / intervalMs) * paths.length);
  for (; sent < due; sent += 1) scrape(paths[sent % paths.length] ?? '');
}, 5);

process.on('message', () => {
  const report: ScheduleReport = {
    scrapes: times.length,
    failed,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    slowestMs: times.reduce((most, each) => Math.max(most, each), 0),
  };
  times = [];
  failed = 0;
  process.send?.(report);
});
process.once('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
