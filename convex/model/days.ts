/** Local days: the first instant of a date in a time zone. */
import { HOUR_MS, MINUTE_MS } from "./intervals.ts";

/** A day is at most this long, with two changes of the clock. */
const LONGEST_DAY_MS = 27 * HOUR_MS;

/** The local day that contains a time: its first instant and that of the next day, in Unix ms. */
export type Day = { since: number; next: number };

/** Formatters by time zone: creating one takes longer than a thousand uses. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    const date = { year: "numeric", month: "2-digit", day: "2-digit", era: "short" } as const;
    formatter = new Intl.DateTimeFormat("en", { timeZone, calendar: "gregory", ...date });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/**
 * Returns the local day that contains a time. Its first instant is midnight, except on days on which the
 * clock skips midnight.
 *
 * @param timeZone - IANA name that this runtime knows.
 * @param now - Unix ms.
 */
export function dayOf(timeZone: string, now: number): Day {
  const formatter = formatterOf(timeZone);
  const dateAt = (at: number) => formatter.format(at);
  const today = dateAt(now);
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  return {
    since: firstMinute(minute - LONGEST_DAY_MS, minute, (at) => dateAt(at) === today),
    next: firstMinute(minute, minute + LONGEST_DAY_MS, (at) => dateAt(at) !== today),
  };
}

/**
 * Returns the first minute for which a condition holds, by bisection.
 *
 * @param before - A minute for which it does not hold.
 * @param after - A minute for which it holds, and for all between it and the first.
 */
function firstMinute(before: number, after: number, holds: (at: number) => boolean): number {
  let low = before;
  let high = after;
  while (high - low > MINUTE_MS) {
    const middle = Math.floor((low + high) / 2 / MINUTE_MS) * MINUTE_MS;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
