import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NAMES } from "../../local/deploy/names.ts";
import { type Checkout, copyCheckout, type Run, runDeploy } from "./checkout.ts";

let checkout: Checkout;

beforeAll(() => {
  checkout = copyCheckout();
});

afterAll(() => checkout.remove());

/** Simulates a machine without an account or a network: every proxy points at a closed port. */
const OFFLINE = {
  HTTPS_PROXY: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
  https_proxy: "http://127.0.0.1:9",
  http_proxy: "http://127.0.0.1:9",
  NODE_USE_ENV_PROXY: "1",
};

const SECRET = "cookie-password-that-must-not-be-built-in";

describe("npm run deploy -- --dry-run", () => {
  let run: Run;

  beforeAll(async () => {
    run = await runDeploy(checkout, ["--dry-run"], { ...OFFLINE, WORKOS_COOKIE_PASSWORD: SECRET });
  });

  test("exits with 0 without an account or a network", () => {
    process.stdout.write(`deploy --dry-run: ${run.ms} ms\n`);
    expect(run.code, run.stdout + run.stderr).toBe(0);
    expect(run.stdout.trimEnd().split("\n").at(-1)).toBe("Rehearsed. Nothing was changed.");
  });

  test("names every value that production requires", () => {
    for (const { name } of NAMES.filter(({ needed }) => needed)) expect(run.stdout).toContain(`  ${name} `);
  });

  test("lists the steps in order: Convex's variables, Convex's functions, then the worker", () => {
    const steps = [...run.stdout.matchAll(/^ {2}(\d+)\. (.*)$/gm)].map(([, , title]) => title ?? "");
    const at = (words: string) => steps.findIndex((title) => title.startsWith(words));
    const order = [
      "Look at WorkOS",
      "Typecheck",
      "Build",
      "Let wrangler",
      "Set Convex's variables",
      "Push Convex's functions",
      "Deploy the worker",
      "Let the doctor",
    ].map(at);
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test("passes production's bundle to wrangler's dry run, with every binding", () => {
    expect(run.stdout).toContain("--dry-run: exiting now.");
    for (const binding of [
      "SESSION_REFRESHER",
      "NOTICES",
      "SIGN_IN_LIMIT",
      "SESSION_LIMIT",
      "ERROR_LIMIT",
      "INGESTION_LIMIT", // agents:line
      "ASSETS",
    ]) {
      expect(run.stdout).toContain(`env.${binding}`);
    }
    const built = JSON.parse(readFileSync(join(checkout.dir, "build/server/wrangler.json"), "utf8"));
    expect(built).toMatchObject({ name: "mosaic", targetEnvironment: "production" });
  });

  test("keeps values out of build/, even those in the environment", () => {
    const build = join(checkout.dir, "build");
    const files = readdirSync(build, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    for (const { parentPath, name } of files) {
      expect(readFileSync(join(parentPath, name), "utf8").includes(SECRET), name).toBe(false);
    }
    expect(run.stdout).not.toContain(SECRET);
  });

  test("says why a real deploy would be rejected", () => {
    expect(run.stdout).toContain("would be rejected");
  });
});

test("a dry run stops at a Convex function with a type error", async () => {
  const file = join(checkout.dir, "convex/doctor.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `${text}\nexport const wrong: number = "text";\n`);
  const run = await runDeploy(checkout, ["--dry-run"], OFFLINE);
  writeFileSync(file, text);
  expect(run.code).toBe(1);
  expect(run.stdout).toContain("convex/doctor.ts");
});

test("a deploy without a configuration stops at once and names every missing value", async () => {
  const before = existsSync(join(checkout.dir, ".wrangler"));
  const run = await runDeploy(checkout, [], OFFLINE);
  expect(run.code).toBe(1);
  expect(run.ms).toBeLessThan(10_000);
  for (const { name } of NAMES.filter(({ needed }) => needed))
    expect(run.stderr).toContain(`  ${name} is missing`);
  expect(run.stderr).toContain("nothing was changed");
  expect(existsSync(join(checkout.dir, ".wrangler"))).toBe(before);
});

test("a deploy ignores the values in .dev.vars", async () => {
  writeFileSync(join(checkout.dir, ".dev.vars"), readFileSync(".dev.vars.example"));
  const run = await runDeploy(checkout, [], OFFLINE);
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("APP_URL is missing");
});

test("a deploy reads .production.vars, and rejects by name each value that points at this machine", async () => {
  writeFileSync(join(checkout.dir, ".production.vars"), readFileSync(".dev.vars.example"));
  const run = await runDeploy(checkout, [], OFFLINE);
  expect(run.code).toBe(1);
  for (const name of ["APP_URL", "CONVEX_URL", "WORKOS_API_URL"]) {
    expect(run.stderr).toContain(`${name} points at this machine`);
  }
  expect(run.stderr).not.toContain("local-only");
});

test("a deploy rejects an unknown environment", async () => {
  const run = await runDeploy(checkout, ["--env", "moon"], OFFLINE);
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("production, staging");
});
