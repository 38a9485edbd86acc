/** Waiting for what is bound to come, on a machine that has other things to do. */
import { expect } from "vitest";

/** As `expect.poll`, with more patience. */
export function eventually<T>(look: () => T) {
  return expect.poll(look, { timeout: 15_000 });
}
