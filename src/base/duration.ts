/** Units are in names; these aliases make signatures say so too. */
export type Milliseconds = number;
export type Seconds = number;

/** `850 ms`, `12 s`, `5 min`, `3 h`: for people, so rounded down to the unit that fits. */
export function formatDuration(ms: Milliseconds): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 120_000) return `${Math.floor(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.floor(ms / 60_000)} min`;
  return `${Math.floor(ms / 3_600_000)} h`;
}
