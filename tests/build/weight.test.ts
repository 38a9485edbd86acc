import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { firstLoad, report, total } from "./first-load.ts";

const KIB = 1024;
/** Words that only the Convex client contains, and that minification keeps. */
const CONVEX_CLIENT = ["ModifyQuerySet", "TransitionChunk"];

function hasConvexClient(scripts: { file: string; source: string }[]): string[] {
  return scripts
    .filter(({ source }) => CONVEX_CLIENT.some((word) => source.includes(word)))
    .map(({ file }) => file);
}

describe("the script that a browser loads before any interaction", () => {
  it("is at most 118 KiB on / for a guest, and excludes the Convex client", async () => {
    const scripts = await firstLoad("routes/home", false);
    const table = report("/ signed out", scripts, 118 * KIB);
    process.stdout.write(`${table}\n`);
    expect(total(scripts), table).toBeLessThanOrEqual(118 * KIB);
    expect(hasConvexClient(scripts)).toEqual([]);
  });

  it.each([
    ["/dashboard", "routes/dashboard"],
    ["a project's page", "routes/project"],
  ])("is at most 165 KiB on %s for a user, and includes the Convex client", async (page, route) => {
    const scripts = await firstLoad(route, true);
    const table = report(`${page} signed in`, scripts, 165 * KIB);
    process.stdout.write(`${table}\n`);
    expect(total(scripts), table).toBeLessThanOrEqual(165 * KIB);
    expect(hasConvexClient(scripts)).not.toEqual([]);
  });
});

it("the build has one stylesheet for the server and the browser", () => {
  const stylesheets = readdirSync("build/client/assets").filter((name) => name.endsWith(".css"));
  expect(stylesheets).toHaveLength(1);
});
