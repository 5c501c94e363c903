/*
 * Times as they are counted for percentiles. Apart from the SQL that bins them (`overview.ts`): who reads bins needs none of
 * what makes SQL, which is two hundred modules.
 */

/** Bins of one e-fold: each is 6.4 % wide, so its middle is within 3.2 % of every time in it. */
export const BINS_PER_FOLD = 16

/** The middle of a bin in milliseconds. */
export function timeOfBin(bin: number): number {
  return Math.exp((bin + 0.5) / BINS_PER_FOLD)
}
