/** Slow variants of the deploys in `npm test`, with a full build each. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyCheckout, runDeploy } from "../deploy/checkout.ts";
import { SECRETS, startCloud } from "../deploy/cloud.ts";
import { toolSource } from "../deploy/tool.ts";

const packages = join(process.cwd(), "node_modules");

test("a deploy to staging builds the worker for staging", async () => {
  const checkout = copyCheckout();
  const run = await runDeploy(checkout, ["--dry-run", "--env", "staging"]);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  const built = JSON.parse(readFileSync(join(checkout.dir, "build/server/wrangler.json"), "utf8"));
  expect(built).toMatchObject({ name: "mosaic-staging", targetEnvironment: "staging" });
  checkout.remove();
});

test("an upload that Cloudflare rejects leaves Convex updated and no worker", async () => {
  const checkout = copyCheckout({
    "convex/bin/main.js": toolSource("convex", join(packages, "convex/bin/main.js")),
    "wrangler/bin/wrangler.js": toolSource("wrangler", join(packages, "wrangler/bin/wrangler.js")),
  });
  const cloud = await startCloud(join(checkout.dir, "convex"));
  await cloud.register([`${cloud.values.APP_URL}/callback`]);
  cloud.cloudflare.refuseNext();
  const run = await runDeploy(checkout, [], { ...cloud.reach, ...cloud.values });
  expect(run.code, run.stdout + run.stderr).toBe(1);
  expect(run.stderr).toMatch(/Stopped at step 8 .* Changed so far: step 5, step 6, step 7\./);
  expect(cloud.cloudflare.workers.size).toBe(0);
  await cloud.close();
  checkout.remove();
});

test("a failed push of functions leaves the variables set and no worker", async () => {
  const checkout = copyCheckout({
    "convex/bin/main.js": toolSource("convex", join(packages, "convex/bin/main.js")),
    "wrangler/bin/wrangler.js": toolSource("wrangler", join(packages, "wrangler/bin/wrangler.js")),
  });
  const cloud = await startCloud(join(checkout.dir, "convex"));
  await cloud.register([`${cloud.values.APP_URL}/callback`]);
  cloud.failNextPush();
  const run = await runDeploy(checkout, [], { ...cloud.reach, ...cloud.values });
  expect(run.code, run.stdout + run.stderr).toBe(1);
  expect(run.stderr).toMatch(/Stopped at step 6 .* Changed so far: step 5\./);
  expect(run.stdout).toContain("It is out of order. ***");
  expect(cloud.variables.CONVEX_EDGE_SECRET).toBe(SECRETS.CONVEX_EDGE_SECRET);
  expect(cloud.cloudflare.workers.size).toBe(0);
  await cloud.close();
  checkout.remove();
});
