/** Notes in the memory of an isolate. Node has no cache, like a worker on workers.dev. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Env } from "../request/env.server.ts";
import { readNote, writeNote } from "./location-notes.server.ts";

const env = { appUrl: "https://app.example.com" } as Env;

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

it("keeps a note for its time only", async () => {
  await writeNote(env, "one", "rejected", 60);
  vi.advanceTimersByTime(59_999);
  expect(await readNote(env, "one")).toBe("rejected");
  vi.advanceTimersByTime(1);
  expect(await readNote(env, "one")).toBeNull();
  expect(await readNote(env, "another")).toBeNull();
});

it("lets a note that is written again last as long as a new one", async () => {
  for (let second = 0; second <= 120; second += 40) {
    await writeNote(env, "again", "accepted", 100, 60);
    vi.advanceTimersByTime(40_000);
  }
  vi.advanceTimersByTime(59_999);
  expect(await readNote(env, "again")).toBe("accepted");
  vi.advanceTimersByTime(60_001);
  expect(await readNote(env, "again")).toBeNull();
});

it("replaces the value of a note, also by one that lasts less", async () => {
  await writeNote(env, "changed", "accepted", 600);
  await writeNote(env, "changed", "rejected", 60);
  expect(await readNote(env, "changed")).toBe("rejected");
});
