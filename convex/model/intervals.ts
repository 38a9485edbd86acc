/** Intervals of time in ms. Imports nothing. */

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The end of the year 9999, in Unix ms. Dates that are much later cannot be shown. */
export const LAST_MS = Date.UTC(10_000, 0, 1);

/** Returns the start of the interval that contains a time, in Unix ms. */
export function startOf(at: number, width: number): number {
  return Math.floor(at / width) * width;
}
