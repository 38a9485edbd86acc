import { expect, it } from "vitest";
import { setBounded } from "./bounded-map.ts";

it("evicts the oldest entry when it is full, but not when it updates an existing key", () => {
  const map = new Map<string, number>();
  for (const [key, value] of [
    ["a", 1],
    ["b", 2],
    ["a", 3],
    ["c", 4],
  ] as const)
    setBounded(map, key, value, 2);
  expect([...map]).toEqual([
    ["b", 2],
    ["c", 4],
  ]);
  setBounded(map, "b", 5, 2);
  expect([...map]).toEqual([
    ["b", 5],
    ["c", 4],
  ]);
});
