/** Ticks of a time axis, on local hours and days, across daylight saving changes. */
import { knownTimeZone } from "./format.ts";

export interface Tick {
  /** Unix ms. */
  at: number;
  kind: "clock" | "weekday" | "date";
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MOST_PARTS = 50;
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  if (clocks.size >= MOST_PARTS) clocks.clear();
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: knownTimeZone(timeZone),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  clocks.set(timeZone, made);
  return made;
}

/** Returns the local wall clock time at a moment, encoded as if it were UTC, Unix ms. */
export function wallTime(at: number, timeZone: string): number {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of clockOf(timeZone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Returns the moment of a local wall clock time, Unix ms; null if the clock skips it. */
function momentOf(wall: number, timeZone: string): number | null {
  let at = wall;
  // Twice, because the first estimate may be on the other side of a daylight saving change.
  for (let i = 0; i < 2; i++) at = wall - (wallTime(at, timeZone) - at);
  return wallTime(at, timeZone) === wall ? at : null;
}

/** Returns the distance between ticks for a window of this length, ms of wall clock time. */
function stepFor(span: number): number {
  if (span < 2 * HOUR) return 10 * MINUTE;
  if (span < 2 * DAY) return 4 * HOUR;
  if (span < 14 * DAY) return DAY;
  return span < 60 * DAY ? 7 * DAY : 21 * DAY;
}

/**
 * Returns the ticks of a window, ascending: every ten minutes in an hour, every four hours in a day, every
 * day in a week, and dates in a longer one.
 *
 * @param start - Unix ms.
 * @param end - Unix ms, exclusive.
 * @param timeZone - IANA name.
 */
export function timeTicks(start: number, end: number, timeZone: string): Tick[] {
  const step = stepFor(end - start);
  const startWall = wallTime(start, timeZone);
  const first = Math.ceil(startWall / step) * step;
  const kindOf = (wall: number) => (step > DAY ? "date" : wall % DAY === 0 ? "weekday" : "clock");
  const ticks: Tick[] = [];
  if (step < HOUR) {
    // Steps of real time give ticks in an hour that the clock repeats; a label that repeats is omitted.
    const seen = new Set<number>();
    for (let at = start + first - startWall; at < end; at += step) {
      const wall = wallTime(at, timeZone);
      if (!seen.has(wall)) ticks.push({ at, kind: kindOf(wall) });
      seen.add(wall);
    }
    return ticks;
  }
  for (let wall = first; ; wall += step) {
    const at = momentOf(wall, timeZone);
    if ((at ?? wall - DAY) >= end || wall - first > 100 * DAY) return ticks;
    if (at !== null && at >= start) ticks.push({ at, kind: kindOf(wall) });
  }
}
