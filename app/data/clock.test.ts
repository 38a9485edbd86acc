import { describe, expect, test } from "vitest";
import { advance } from "./clock.ts";

const SERVER = Date.UTC(2026, 10, 24, 20, 9);
const HOUR = 3_600_000;

describe("advance moves the server's time", () => {
  test.each([
    ["by the elapsed time if both clocks agree", { wall: 10_000, steady: 10_000 }, 10_000, false],
    ["by the steady clock while the wall clock drifts", { wall: 10_900, steady: 10_000 }, 10_000, false],
    [
      "by the wall clock if the steady clock stopped in sleep",
      { wall: 195_000, steady: 1_000 },
      195_000,
      true,
    ],
    [
      "by the elapsed time if the steady clock runs in sleep",
      { wall: 195_000, steady: 195_000 },
      195_000,
      false,
    ],
    [
      "by the wall clock if it was set forward, and reports the jump",
      { wall: HOUR, steady: 1_000 },
      HOUR,
      true,
    ],
    [
      "by the steady clock if the wall clock was set back",
      { wall: 1_000 - HOUR, steady: 1_000 },
      1_000,
      true,
    ],
    ["by an hour after an hour in a hidden tab", { wall: HOUR, steady: HOUR }, HOUR, false],
  ])("%s", (_what, passed, expected, jumped) => {
    for (const deviceAhead of [0, 3 * HOUR, -3 * HOUR]) {
      const before = { server: SERVER, wall: SERVER + deviceAhead, steady: 5_000 };
      const reading = { wall: before.wall + passed.wall, steady: before.steady + passed.steady };
      expect(advance(before, reading)).toEqual({
        anchor: { ...reading, server: SERVER + expected },
        jumped,
      });
    }
  });

  test("without drift from the jitter of many readings", () => {
    let anchor = { server: SERVER, wall: SERVER, steady: 0 };
    for (let i = 1; i <= 10_000; i++) {
      const jitter = i % 2 === 0 ? 0.9 : 0;
      ({ anchor } = advance(anchor, { wall: SERVER + i * 1_000 + jitter, steady: i * 1_000 }));
    }
    expect(anchor.server).toBe(SERVER + 10_000_000);
  });
});
