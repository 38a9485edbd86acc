/** Polling with a timeout for busy machines. */
import { expect } from "vitest";

/** Polls like `expect.poll`, with a longer timeout. */
export function eventually<T>(look: () => T) {
  return expect.poll(look, { timeout: 15_000 });
}
