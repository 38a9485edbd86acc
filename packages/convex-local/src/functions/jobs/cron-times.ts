/** Computes when a cron job is next due. All schedules are in UTC, as in Convex. */
import type { CronSchedule } from "../modules/registry.ts";

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const DAY_NAMES = DAYS.map((day) => day.slice(0, 3));
const MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How far to search in days: 29 February can be eight years away. */
const MAX_DAYS = 366 * 9;

/** The fields of a cron expression. Weekday 0 is Sunday; null matches every day. */
type Fields = {
  minutes: Set<number>;
  hours: Set<number>;
  days: Set<number> | null;
  months: Set<number>;
  weekdays: Set<number> | null;
};

/**
 * Returns the next time of a schedule.
 *
 * @param schedule - The schedule.
 * @param after - Unix ms.
 * @returns Unix ms, later than `after`.
 * @throws {Error} when the schedule is malformed or never matches.
 */
export function nextTime(schedule: CronSchedule, after: number): number {
  if (schedule.type === "interval") {
    const { seconds = 0, minutes = 0, hours = 0 } = schedule;
    return after + (seconds + minutes * 60 + hours * 3600) * 1000;
  }
  return nextMatch(fieldsOf(schedule), after);
}

function fieldsOf(schedule: Exclude<CronSchedule, { type: "interval" }>): Fields {
  const minuteUTC = "minuteUTC" in schedule ? schedule.minuteUTC : 0;
  const hourUTC = "hourUTC" in schedule ? schedule.hourUTC : 0;
  const daily: Fields = {
    minutes: new Set([minuteUTC]),
    hours: new Set([hourUTC]),
    days: null,
    months: span(1, 12),
    weekdays: null,
  };
  switch (schedule.type) {
    case "hourly":
      return { ...daily, hours: span(0, 23) };
    case "daily":
      return daily;
    case "weekly":
      return { ...daily, weekdays: new Set([DAYS.indexOf(schedule.dayOfWeek)]) };
    case "monthly":
      return { ...daily, days: new Set([schedule.day]) };
    case "cron":
      return parseExpression(schedule.cron);
  }
}

function nextMatch(fields: Fields, after: number): number {
  const first = Math.floor(after / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const midnight = Math.floor(first / DAY_MS) * DAY_MS;
  for (let day = midnight; day < midnight + MAX_DAYS * DAY_MS; day += DAY_MS) {
    if (!dayMatches(fields, new Date(day))) continue;
    for (let at = Math.max(first, day); at < day + DAY_MS; at += MINUTE_MS) {
      const minuteOfDay = (at - day) / MINUTE_MS;
      if (fields.hours.has(Math.floor(minuteOfDay / 60)) && fields.minutes.has(minuteOfDay % 60)) return at;
    }
  }
  throw new Error("The schedule never matches.");
}

/** As in cron, one of both must match if a day of the month and a day of the week are given. */
function dayMatches({ days, months, weekdays }: Fields, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const inMonth = days?.has(date.getUTCDate());
  const inWeek = weekdays?.has(date.getUTCDay());
  if (days && weekdays) return inMonth === true || inWeek === true;
  return inMonth ?? inWeek ?? true;
}

function parseExpression(text: string): Fields {
  const parts = text.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = parts;
  if (
    parts.length !== 5 ||
    minute === undefined ||
    hour === undefined ||
    day === undefined ||
    month === undefined ||
    weekday === undefined
  ) {
    throw new Error(`Invalid cron expression ${JSON.stringify(text)}: it needs five fields.`);
  }
  const weekdays = parseField(weekday, 0, 7, DAY_NAMES, 0);
  if (weekdays.delete(7)) weekdays.add(0);
  return {
    minutes: parseField(minute, 0, 59),
    hours: parseField(hour, 0, 23),
    days: day === "*" || day === "?" ? null : parseField(day, 1, 31),
    months: parseField(month, 1, 12, MONTH_NAMES, 1),
    weekdays: weekday === "*" || weekday === "?" ? null : weekdays,
  };
}

/** Parses one field: a list of `*`, numbers, names and ranges, each with an optional step. */
function parseField(
  text: string,
  lowest: number,
  highest: number,
  names: string[] = [],
  firstName = 0,
): Set<number> {
  const values = new Set<number>();
  for (const part of text.toLowerCase().split(",")) {
    const match = /^(?:([*?])|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) throw new Error(`Invalid cron field ${JSON.stringify(text)}.`);
    const [, any, from, to, step] = match;
    const number = (word: string): number =>
      names.includes(word) ? names.indexOf(word) + firstName : Number(word);
    const low = any ? lowest : number(from ?? "");
    const high = any ? highest : to !== undefined ? number(to) : step !== undefined ? highest : low;
    if (!(low >= lowest && high <= highest && low <= high))
      throw new Error(`Invalid cron field ${JSON.stringify(text)}.`);
    for (let value = low; value <= high; value += Math.max(1, Number(step ?? 1))) values.add(value);
  }
  return values;
}

function span(low: number, high: number): Set<number> {
  return new Set(Array.from({ length: high - low + 1 }, (_, i) => low + i));
}
