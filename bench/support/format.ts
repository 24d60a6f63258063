import type { Milliseconds } from '../../src/base/duration.js';

const MEGABYTE = 1_000_000;

/** In millions of bytes, without a decimal. */
export function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(0);
}

/** In millions of bytes with two decimals, for what travels. */
export function preciseMegabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(2);
}

export function seconds(ms: Milliseconds): string {
  return (ms / 1000).toFixed(2);
}

export function milliseconds(ms: Milliseconds): string {
  return ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}

/** `12,345`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function ratio(value: number): string {
  return value.toFixed(2);
}
