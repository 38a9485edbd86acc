/** Starts the test harness of a test file, or shares the one of its worker. */
import { afterAll, afterEach, beforeAll, test } from "vitest";
import { Harness, type HarnessOptions } from "./harness.ts";

const START_MS = 60_000;

/** The harness of all test files that set no options, because starting one costs as much as most files' tests. */
const shared = new Harness({});
const withShared = test
  .extend("harness", { scope: "worker" }, () => shared)
  .extend("started", { scope: "worker" }, async ({ harness }, { onCleanup }) => {
    await harness.start();
    onCleanup(() => harness.stop());
    return harness;
  });

type Options = HarnessOptions & {
  /** Lifetime of WorkOS's access tokens in seconds; 300 by default. */
  accessTokenSeconds?: number;
};

/**
 * Starts Mosaic before the tests of a file. Files that set no options of the harness share one, so their tests
 * create their own users with `app.person()`.
 *
 * @param options - Options of the harness, and of WorkOS during this file.
 * @returns The harness, usable in tests and in `beforeAll`.
 */
export function startMosaic({ accessTokenSeconds = 300, ...options }: Options = {}): Harness {
  const isShared = Object.keys(options).length === 0;
  const harness = isShared ? shared : new Harness(options);
  if (isShared) withShared.beforeAll(({ started }) => void started, START_MS);
  else beforeAll(() => harness.start(), START_MS);
  if (options.workos === undefined) beforeAll(() => harness.workosSettings({ accessTokenSeconds }));
  afterEach(() => harness.check());
  afterAll(() => (isShared ? harness.stopOthers() : harness.stop()), START_MS);
  return harness;
}
