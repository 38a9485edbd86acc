/** Starts the test harness of a test file, or shares the one of its worker. */
import { afterAll, afterEach, beforeAll, test } from "vitest";
import { Harness, type HarnessOptions } from "./harness.ts";

const START_MS = 60_000;

/** The harness of all test files without options of their own: starting one costs as much as most files' tests. */
const shared = new Harness({});
const withShared = test
  .extend("harness", { scope: "worker" }, () => shared)
  .extend("started", { scope: "worker" }, async ({ harness }, { onCleanup }) => {
    await harness.start();
    onCleanup(() => harness.stop());
    return harness;
  });

/**
 * Starts Mosaic before the tests of a file. Without options the file shares it with others, so its tests
 * need users of their own: `app.person()`.
 * @param options - Options of the harness.
 * @returns The harness, usable in tests and in `beforeAll`.
 */
export function startMosaic(options?: HarnessOptions): Harness {
  const harness = options === undefined ? shared : new Harness(options);
  if (harness === shared) withShared.beforeAll(({ started }) => void started, START_MS);
  else beforeAll(() => harness.start(), START_MS);
  afterEach(() => harness.check());
  afterAll(() => (harness === shared ? harness.stopOthers() : harness.stop()), START_MS);
  return harness;
}
