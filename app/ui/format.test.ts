import { expect, test } from "vitest";
import { formatAgo, formatClock, formatMoment } from "./format.ts";
import { formatCompact, formatCount, formatNumber } from "./format-number.ts";

const utc = { locale: "en", timeZone: "UTC" };
const now = Date.UTC(2026, 10, 24, 13, 5, 9);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [-5 * MINUTE, "just now"],
  [0, "just now"],
  [59 * SECOND, "just now"],
  [MINUTE, "1 min ago"],
  [59 * MINUTE + 59 * SECOND, "59 min ago"],
  [HOUR, "1 h ago"],
  [DAY - 1, "23 h ago"],
  [DAY, "1 day ago"],
  [6 * DAY, "6 days ago"],
  [7 * DAY, "Nov 17, 2026"],
])("what was %d ms ago reads %s", (ago, words) => {
  expect(formatAgo(now - ago, now, utc)).toBe(words);
});

test("a moment is shown in the given time zone, with its name", () => {
  expect(formatMoment(now, utc)).toBe("Nov 24, 2026, 13:05:09 UTC");
  expect(formatMoment(now, { locale: "en", timeZone: "Asia/Tokyo" })).toContain("22:05:09");
});

test("a clock time has 24 hours and only plain spaces in any language", () => {
  expect(formatClock(now, utc)).toBe("13:05");
  expect(formatClock(Date.UTC(2026, 0, 1), { locale: "en-US", timeZone: "UTC" })).toBe("00:00");
});

test("an unknown language falls back to English", () => {
  expect(formatNumber(1234.5, "not_a tag")).toBe("1,234.5");
  expect(formatMoment(now, { locale: "xx-klingon", timeZone: "UTC" })).toContain("2026");
});

test("numbers use the grouping of the language", () => {
  expect(formatNumber(1234567.5, "de")).toBe("1.234.567,5");
});

// agents:start
test.each([
  [0, "0"],
  [0.0314, "0.031"],
  [999.123, "999.123"],
  [-18.5, "-18.5"],
  [1000, "1 k"],
  [88_000, "88 k"],
  [999_960, "1 M"],
  [1_234_567, "1.23 M"],
  [-3.2e9, "-3.2 G"],
  [7e12, "7 T"],
  [1.2e18, "1.2E18"],
])("on a tile %d reads %s", (value, words) => {
  expect(formatCompact(value, "en")).toBe(words);
});

test("only a count of one uses the singular", () => {
  expect(formatCount(1, "project")).toBe("1 project");
  expect(formatCount(0, "project")).toBe("0 projects");
  expect(formatCount(2, "entry", "entries")).toBe("2 entries");
});
// agents:end

test("zero never has a sign, because JSON does not keep it", () => {
  expect(formatNumber(-0, "en")).toBe("0");
  expect(formatNumber(-0.0001, "en")).toBe("0");
  expect(formatCompact(-0, "en")).toBe("0"); // agents:line
  expect(formatNumber(-1, "en")).toBe("-1");
});
