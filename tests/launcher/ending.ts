/** Assertion that a copy exits in time and leaves nothing behind. */
import { expect } from "vitest";
import { busyPorts } from "../../local/ports.ts";
import type { Copy } from "./copy.ts";

const PROMISED_MS = 5_000;

/**
 * Waits for a copy to exit with code 0, and expects no process and no busy port afterwards.
 *
 * @param copy - The copy, after it received a signal.
 * @param since - When the signal was sent, in milliseconds since 1970.
 */
export async function expectEnded(copy: Copy, since: number): Promise<void> {
  expect(await copy.exited).toBe(0);
  expect(Date.now() - since).toBeLessThan(PROMISED_MS);
  expect(copy.leftBehind()).toEqual([]);
  expect(await busyPorts(Object.values(copy.ports))).toEqual([]);
}
