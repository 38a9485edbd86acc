import { expect, test } from "vitest";
import { sumOfToday } from "./today.ts";

const HOUR = 3_600_000;

test.each([
  ["in UTC", "UTC", "2026-11-24T00:00Z", 24],
  ["in a time zone east of UTC", "Asia/Tokyo", "2026-11-23T15:00Z", 24],
  ["on a day with 23 hours", "Europe/Berlin", "2026-03-28T23:00Z", 23],
  ["on a day with 25 hours", "Europe/Berlin", "2026-10-24T22:00Z", 25],
  ["if the project sums the UTC day for a user elsewhere", "America/New_York", "2026-11-24T00:00Z", 24],
])("a sum of today is 0 after the next midnight %s", (_where, timeZone, midnight, hours) => {
  const today = { since: Date.parse(midnight), sum: 7 };
  const end = today.since + hours * HOUR;
  expect(sumOfToday(today, { now: end - 1, timeZone })).toBe(7);
  expect(sumOfToday(today, { now: end, timeZone })).toBe(0);
});
