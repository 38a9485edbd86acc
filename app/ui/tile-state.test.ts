import { expect, test } from "vitest";
import { countStates, tileState } from "./tile-state.ts";

const now = 1_800_000_000_000;
const MINUTE = 60_000;

test.each([
  ["a minute ahead of our clock", -MINUTE, "fresh"],
  ["now", 0, "fresh"],
  ["two minutes ago", 2 * MINUTE, "fresh"],
  ["just over two minutes ago", 2 * MINUTE + 1, "quiet"],
  ["fifteen minutes ago", 15 * MINUTE, "quiet"],
  ["just over fifteen minutes ago", 15 * MINUTE + 1, "silent"],
] as const)("a metric of %s gives the right state", (_when, ago, state) => {
  expect(tileState(now - ago, now)).toBe(state);
});

test("a tile that never had a metric is silent", () => {
  expect(tileState(null, now)).toBe("silent");
});

test("tiles are counted by state", () => {
  const tiles = [{ at: now }, { at: now - 3 * MINUTE }, { at: null }, { at: now - MINUTE }];
  expect(countStates(tiles, now)).toEqual({ fresh: 2, quiet: 1, silent: 1 });
});
