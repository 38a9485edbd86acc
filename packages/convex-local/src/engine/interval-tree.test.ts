import { expect, test } from "vitest";
import { seededRandom } from "../functions/isolate/seeded-random.ts";
import { type Interval, IntervalTree } from "./interval-tree.ts";

test("finds the same ranges as a linear search while random ranges are added and removed", () => {
  const random = seededRandom(7);
  const key = () => String.fromCharCode(97 + Math.floor(random() * 26)).repeat(1 + Math.floor(random() * 2));
  const tree = new IntervalTree<number>();
  const held: Interval<number>[] = [];
  for (let owner = 0; owner < 2000; owner++) {
    const [a, b] = [key(), key()];
    const [low, high] = a < b ? [a, b] : [b, a];
    held.push(tree.add(low, high, owner));
    if (random() < 0.4) {
      for (const removed of held.splice(Math.floor(random() * held.length), 1)) tree.remove(removed);
    }
    if (owner % 20 > 0) continue;
    const at = key();
    const found: number[] = [];
    tree.forEachAt(at, (one) => found.push(one));
    const expected = held.filter(({ low, high }) => low <= at && at < high).map(({ owner }) => owner);
    expect(found.sort()).toEqual(expected.sort());
  }
  expect(tree.size).toBe(held.length);
});
