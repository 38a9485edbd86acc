import { describe, expect, it } from "vitest";
import { healthOf, needsAttention, outagesSince, type Signs, silentAfter, summarize } from "./health.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 1_764_360_000_000;

/** Returns the signs of an agent that was seen `age` ms ago. */
const signs = (age: number, over: Partial<Signs> = {}): Signs => ({
  state: null,
  lastSeenAt: NOW - age,
  everyMs: null,
  mutedUntil: null,
  ...over,
});

describe("health", () => {
  it.each([
    ["fresh", signs(0)],
    ["fresh", signs(-5 * MINUTE)],
    ["fresh", signs(2 * MINUTE)],
    ["quiet", signs(2 * MINUTE + 1)],
    ["quiet", signs(15 * MINUTE)],
    ["silent", signs(15 * MINUTE + 1)],
    ["fresh", signs(90 * MINUTE, { everyMs: HOUR })],
    ["quiet", signs(90 * MINUTE + 1, { everyMs: HOUR })],
    ["quiet", signs(150 * MINUTE, { everyMs: HOUR })],
    ["silent", signs(150 * MINUTE + 1, { everyMs: HOUR })],
    ["quiet", signs(5 * MINUTE, { everyMs: 1_000 })],
    ["fresh", signs(0, { state: "working" })],
    ["silent", signs(HOUR, { state: "working" })],
    ["failed", signs(0, { state: "failed" })],
    ["failed", signs(400 * 24 * HOUR, { state: "failed", everyMs: HOUR })],
    ["done", signs(400 * 24 * HOUR, { state: "done" })],
    ["done", signs(60 * HOUR, { state: "done", everyMs: 24 * HOUR })],
    ["silent", signs(60 * HOUR + 1, { state: "done", everyMs: 24 * HOUR })],
    ["waiting", signs(24 * HOUR, { state: "waiting" })],
    ["silent", signs(24 * HOUR, { state: "waiting", everyMs: HOUR })],
    ["muted", signs(HOUR, { state: "failed", mutedUntil: NOW + 1 })],
    ["failed", signs(HOUR, { state: "failed", mutedUntil: NOW })],
    ["silent", signs(HOUR, { mutedUntil: NOW - 1 })],
  ] as const)("is %s for %j", (health, given) => {
    expect(healthOf(given, NOW)).toBe(health);
  });

  it("becomes silent exactly after the time that `silentAfter` returns", () => {
    for (const everyMs of [null, 1_000, HOUR, 24 * HOUR]) {
      const given = signs(0, { everyMs });
      const limit = silentAfter(given) ?? Number.NaN;
      expect(healthOf(given, limit)).not.toBe("silent");
      expect(healthOf(given, limit + 1)).toBe("silent");
    }
  });

  it("counts silence from the end of an outage, unless the agent was silent when it began", () => {
    const outage = { from: NOW - 2 * HOUR, to: NOW - HOUR };
    const limitOf = (age: number, everyMs: number | null = null) =>
      silentAfter(signs(age, { everyMs }), [outage]);
    expect(limitOf(2 * HOUR + 15 * MINUTE)).toBe(outage.to + 15 * MINUTE);
    expect(limitOf(2 * HOUR + 15 * MINUTE + 1)).toBe(outage.from - 1);
    expect(limitOf(HOUR - 1)).toBe(NOW - 45 * MINUTE + 1);
    expect(limitOf(3 * HOUR, HOUR)).toBe(outage.to + 150 * MINUTE);
    const healthAfter = (age: number) => healthOf(signs(2 * HOUR), outage.to + age, [outage]);
    expect(healthAfter(2 * MINUTE)).toBe("fresh");
    expect(healthAfter(2 * MINUTE + 1)).toBe("quiet");
    expect(healthAfter(15 * MINUTE + 1)).toBe("silent");
  });

  it("counts silence from the restoration of a project", () => {
    const [before, after] = [
      { from: 1, to: NOW - 9 * MINUTE },
      { from: NOW - 5, to: NOW - 2 },
    ];
    expect(outagesSince([before, after], undefined)).toEqual([before, after]);
    const outages = outagesSince([before, after], NOW - 5 * MINUTE);
    expect(outages).toEqual([{ from: 0, to: NOW - 5 * MINUTE }, after]);
    expect(silentAfter(signs(400 * HOUR), outages)).toBe(NOW - 2 + 15 * MINUTE);
  });

  it("needs attention if the agent failed, is silent or waits", () => {
    const all = ["failed", "silent", "waiting", "quiet", "fresh", "done", "muted"] as const;
    expect(all.filter(needsAttention)).toEqual(["failed", "silent", "waiting"]);
  });
});

describe("the summary of a project", () => {
  it("counts failed, waiting and muted agents, and names the next silence", () => {
    const summary = summarize(
      [
        signs(0, { everyMs: HOUR }),
        signs(MINUTE),
        signs(0, { state: "failed" }),
        signs(0, { state: "waiting" }),
        signs(0, { state: "failed", mutedUntil: NOW + 1 }),
        signs(400 * HOUR, { mutedUntil: NOW + 1 }),
      ],
      NOW,
    );
    expect(summary).toEqual({ agents: 6, failed: 1, waiting: 1, muted: 2, nextSilentAt: NOW + 14 * MINUTE });
  });

  it("names the next silence after an outage", () => {
    const outages = [{ from: NOW - HOUR, to: NOW - MINUTE }];
    const summary = summarize([signs(HOUR), signs(0, { everyMs: HOUR })], NOW, outages);
    expect(summary.nextSilentAt).toBe(NOW + 14 * MINUTE);
  });

  it("has no next silence without an agent that can become silent", () => {
    expect(summarize([], NOW).nextSilentAt).toBe(null);
    expect(summarize([signs(0, { state: "done" })], NOW).nextSilentAt).toBe(null);
  });
});
