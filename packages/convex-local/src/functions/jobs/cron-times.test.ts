import { expect, test } from "vitest";
import type { CronSchedule } from "../modules/registry.ts";
import { nextTime } from "./cron-times.ts";

const after = Date.parse("2026-11-24T13:47:30Z");
const next = (schedule: CronSchedule) => new Date(nextTime(schedule, after)).toISOString().slice(0, 16);

test.each<[CronSchedule, string]>([
  [{ type: "interval", minutes: 90 }, "2026-11-24T15:17"],
  [{ type: "hourly", minuteUTC: 5 }, "2026-11-24T14:05"],
  [{ type: "hourly", minuteUTC: 50 }, "2026-11-24T13:50"],
  [{ type: "daily", hourUTC: 13, minuteUTC: 47 }, "2026-11-25T13:47"],
  [{ type: "weekly", dayOfWeek: "monday", hourUTC: 0, minuteUTC: 0 }, "2026-11-30T00:00"],
  [{ type: "monthly", day: 31, hourUTC: 1, minuteUTC: 2 }, "2026-12-31T01:02"],
  [{ type: "cron", cron: "*/15 * * * *" }, "2026-11-24T14:00"],
  [{ type: "cron", cron: "0 9-17/4 * * mon-fri" }, "2026-11-24T17:00"],
  [{ type: "cron", cron: "0 0 29 feb *" }, "2028-02-29T00:00"],
  [{ type: "cron", cron: "0 0 1 * 0" }, "2026-11-29T00:00"],
  [{ type: "cron", cron: "30 6 * * 7" }, "2026-11-29T06:30"],
])("%j after 2026-11-24T13:47:30Z is due at %s", (schedule, expected) => {
  expect(next(schedule)).toBe(expected);
});

test.each(["* * * *", "60 * * * *", "a * * * *", "5-1 * * * *", "0 0 31 2 *"])("%s is rejected", (cron) => {
  expect(() => next({ type: "cron", cron })).toThrow();
});
