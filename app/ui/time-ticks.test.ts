import { expect, test } from "vitest";
import { timeTicks, wallTime } from "./time-ticks.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);

const iso = (start: number, end: number, timeZone: string) =>
  timeTicks(start, end, timeZone).map((tick) => new Date(tick.at).toISOString());

test("an hour has a tick every ten minutes", () => {
  const end = at("2026-11-24T14:03:00Z");
  expect(iso(end - HOUR, end, "UTC")).toEqual(
    ["13:10", "13:20", "13:30", "13:40", "13:50", "14:00"].map((clock) => `2026-11-24T${clock}:00.000Z`),
  );
});

test("an hour in which the clock is set back has no duplicate ticks", () => {
  const end = at("2026-10-25T01:41:00Z");
  expect(iso(end - HOUR, end, "Europe/Berlin")).toHaveLength(6);
  const end30 = at("2026-04-04T15:21:00Z");
  expect(iso(end30 - HOUR, end30, "Australia/Lord_Howe")).toHaveLength(3);
});

test("a day has its ticks on local hours, even in a time zone with a 45-minute offset", () => {
  const end = at("2026-11-24T14:10:00Z");
  const ticks = timeTicks(end - DAY, end, "Asia/Kathmandu");
  expect(ticks).toHaveLength(6);
  for (const tick of ticks) expect(wallTime(tick.at, "Asia/Kathmandu") % (4 * HOUR)).toBe(0);
});

test("midnight is labeled with its weekday", () => {
  const end = at("2026-11-24T14:10:00Z");
  const days = timeTicks(end - DAY, end, "Europe/Berlin").filter(({ kind }) => kind === "weekday");
  expect(days.map((tick) => new Date(tick.at).toISOString())).toEqual(["2026-11-23T23:00:00.000Z"]);
});

test("a week has its ticks at local midnight, across a daylight saving change", () => {
  const end = at("2026-10-28T12:00:00Z");
  expect(iso(end - 7 * DAY, end, "Europe/Berlin")).toEqual([
    "2026-10-21T22:00:00.000Z",
    "2026-10-22T22:00:00.000Z",
    "2026-10-23T22:00:00.000Z",
    "2026-10-24T22:00:00.000Z",
    "2026-10-25T23:00:00.000Z",
    "2026-10-26T23:00:00.000Z",
    "2026-10-27T23:00:00.000Z",
  ]);
});

test("a midnight that the time zone skips has no tick", () => {
  // In Santiago the clock goes from 24:00 to 01:00 on the first Sunday of September.
  const end = at("2026-09-08T12:00:00Z");
  const ticks = timeTicks(end - 7 * DAY, end, "America/Santiago");
  expect(ticks).toHaveLength(6);
});
