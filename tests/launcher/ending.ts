/** What the end of a copy must leave: nothing, in the promised time. */
import { expect } from "vitest";
import { busyPorts } from "../../local/ports.ts";
import type { Copy } from "./copy.ts";

const PROMISED_MS = 5_000;

/** Waits until a copy that was told to end has ended with exit code 0 and left no process and no busy port. */
export async function expectEnded(copy: Copy, since: number): Promise<void> {
  expect(await copy.exited).toBe(0);
  expect(Date.now() - since).toBeLessThan(PROMISED_MS);
  expect(copy.leftBehind()).toEqual([]);
  expect(await busyPorts(Object.values(copy.ports))).toEqual([]);
}
