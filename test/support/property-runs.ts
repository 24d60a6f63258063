import type { Parameters } from 'fast-check';

/** What a longer run by `npm run fuzz` says to the property tests. */
export const SEED_VARIABLE = 'PROPERTY_SEED';
export const FACTOR_VARIABLE = 'PROPERTY_FACTOR';

/** Of the usual test run: a change is judged by itself, and not by what was drawn today. `npm run fuzz` draws anew. */
const USUAL_SEED = 20_261_122;

/**
 * How often a property is tried, and from which seed. The only place that knows.
 *
 * @param usual runs in the usual test run: 100 take some ten milliseconds for most properties
 */
export function propertyRuns(usual = 100): Pick<Parameters, 'numRuns' | 'seed'> {
  return { numRuns: usual * numberOf(FACTOR_VARIABLE, 1), seed: numberOf(SEED_VARIABLE, USUAL_SEED) };
}

function numberOf(variable: string, otherwise: number): number {
  const text = process.env[variable] ?? '';
  if (text === '') return otherwise;
  if (!/^-?\d{1,10}$/.test(text)) throw new TypeError(`${variable} is ${JSON.stringify(text)}, and no whole number`);
  return Number(text);
}
