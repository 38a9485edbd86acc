import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Quarantine } from "./quarantine.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("retries a query after a delay, and only if something has changed", () => {
  const tried: number[] = [];
  const quarantine = new Quarantine((id) => tried.push(id));
  quarantine.add(1);
  expect(quarantine.has(1)).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(tried).toEqual([]);
  quarantine.noteChange();
  expect(tried).toEqual([1]);
  expect(quarantine.has(1)).toBe(false);
});

test("each failure doubles the delay, and an answer resets it", () => {
  const tried: number[] = [];
  const quarantine = new Quarantine((id) => tried.push(id));
  const waits = [1, 2, 3].map(() => {
    quarantine.add(1);
    quarantine.noteChange();
    const before = tried.length;
    let waited = 0;
    while (tried.length === before) {
      vi.advanceTimersByTime(1_000);
      waited += 1;
    }
    return waited;
  });
  expect(waits).toEqual([2, 4, 8]);
  quarantine.forget(1);
  quarantine.add(1);
  quarantine.noteChange();
  vi.advanceTimersByTime(2_000);
  expect(tried).toHaveLength(4);
});

test("does not retry a query that has been removed", () => {
  const tried: number[] = [];
  const quarantine = new Quarantine((id) => tried.push(id));
  quarantine.add(1);
  quarantine.noteChange();
  quarantine.forget(1);
  vi.advanceTimersByTime(60_000);
  expect(tried).toEqual([]);
});
