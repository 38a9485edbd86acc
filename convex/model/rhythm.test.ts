import { describe, expect, it } from "vitest";
import { addDone, addSign, learnedInterval, type Rhythm } from "./rhythm.ts";

const SECOND = 1_000;

function rhythmOf(times: readonly number[], done: readonly number[] = []): Rhythm {
  const rhythm: Rhythm = { reportAt: null, reports: [], doneReports: [] };
  for (const at of times) addSign(rhythm, at * SECOND);
  for (const at of done) addDone(rhythm, at * SECOND);
  return rhythm;
}

const every = (count: number, seconds: number) => Array.from({ length: count }, (_, i) => i * seconds);
const intervalOf = (rhythm: Rhythm, state: string | null = null) => {
  const interval = learnedInterval(rhythm, state);
  return interval === null ? null : interval / SECOND;
};

describe("the learned interval", () => {
  it.each([
    ["9 reports", every(9, 60), null],
    ["10 reports a minute apart", every(10, 60), 60],
    ["one long gap", [...every(10, 60), 9_999], 60],
    ["an even number of gaps", [0, 20, 40, 60, 80, 100, 130, 160, 190, 220, 250], 25],
    ["only the last 20 reports", [...every(30, 60), ...every(20, 100).map((at) => at + 99_999)], 100],
  ] as const)("of %s", (_, times, expected) => {
    expect(intervalOf(rhythmOf(times))).toBe(expected);
  });

  it("counts items up to 10 seconds after the first item of a report as that report", () => {
    // Each report has an item every 5 seconds for 10 seconds.
    const times = every(10, 60).flatMap((at) => [at, at + 5, at + 10]);
    expect(intervalOf(rhythmOf(times))).toBe(60);
    expect(rhythmOf([0, 10, 11]).reports).toEqual([0, 11 * SECOND]);
    // An agent that sends each second has a report every 11 seconds.
    expect(intervalOf(rhythmOf(every(200, 1)))).toBe(11);
  });

  it("of the state done comes from its own last 5 reports, once there are 3", () => {
    const night = 86_400;
    expect(intervalOf(rhythmOf(every(20, 60), every(2, night)), "done")).toBe(null);
    expect(intervalOf(rhythmOf(every(20, 60), every(3, night)), "done")).toBe(night);
    expect(intervalOf(rhythmOf([], [0, 1_000, 1_060, 1_120, 1_180, 1_240]), "done")).toBe(60);
    expect(intervalOf(rhythmOf(every(20, 60), every(3, night)), "working")).toBe(60);
  });

  it("is unknown while the agent waits", () => {
    expect(intervalOf(rhythmOf(every(20, 60), every(5, 60)), "waiting")).toBe(null);
  });
});
