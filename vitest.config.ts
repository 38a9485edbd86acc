/**
 * Test projects, grouped by what has to be running. `npm test` runs all except `deep`, `npm run check` only
 * `unit`.
 */
import { defineConfig } from "vitest/config";

type Kind = {
  name: string;
  include: string[];
  /** Time limit of one test, in seconds. */
  seconds: number;
  /** Needs a current `build/`. */
  built?: boolean;
  /** An additional global setup file. */
  setup?: string;
  /**
   * Test files share the modules of a worker: loading Miniflare and Convex again costs a second of CPU per
   * file.
   */
  shared?: boolean;
  /** Test files run one at a time: each starts several processes, and there are only two cores. */
  oneByOne?: boolean;
};

const KINDS: Kind[] = [
  {
    name: "unit",
    include: ["{app,convex,local,workers,packages/*/src}/**/*.test.{ts,tsx}", "tests/*.test.ts"],
    seconds: 10,
    shared: true,
  },
  { name: "convex", include: ["tests/convex/**/*.test.ts"], seconds: 30, shared: true },
  { name: "packages", include: ["packages/*/tests/**/*.test.ts"], seconds: 30, shared: true },
  { name: "local", include: ["tests/local/**/*.test.ts"], seconds: 30 },
  { name: "doctor", include: ["tests/doctor/**/*.test.ts"], seconds: 60, shared: true },
  { name: "deploy", include: ["tests/deploy/**/*.test.ts"], seconds: 240 },
  { name: "routes", include: ["tests/routes/**/*.test.ts"], seconds: 30, built: true, shared: true },
  { name: "deep", include: ["tests/deep/**/*.test.ts"], seconds: 900, built: true, oneByOne: true },
  { name: "build", include: ["tests/build/**/*.test.ts"], seconds: 120, built: true },
  { name: "launcher", include: ["tests/launcher/**/*.test.ts"], seconds: 120, built: true },
  {
    name: "browser",
    include: ["tests/browser/**/*.test.ts"],
    seconds: 60,
    built: true,
    setup: "tests/browser/stack-pool.ts",
    shared: true,
  },
];

export default defineConfig({
  test: {
    maxWorkers: 3,
    projects: KINDS.map(({ name, include, seconds, built, setup, shared, oneByOne }) => ({
      test: {
        name,
        include,
        setupFiles: ["tests/setup.ts"],
        globalSetup: [...(built ? ["tests/setup-build.ts"] : []), ...(setup ? [setup] : [])],
        testTimeout: seconds * 1000,
        hookTimeout: Math.max(60, seconds) * 1000,
        fileParallelism: !oneByOne,
        isolate: !shared,
        // Default timeout of polling; tests of something faster set their own.
        expect: { poll: { timeout: 10_000 } },
      },
    })),
  },
});
