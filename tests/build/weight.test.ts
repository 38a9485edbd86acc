import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Extent, firstLoad, report, type Script, total } from "./first-load.ts";

const KIB = 1024;
/** Words that only the Convex client contains, and that minification keeps. */
const CONVEX_CLIENT = ["ModifyQuerySet", "TransitionChunk"];

function hasConvexClient(scripts: Script[]): string[] {
  return scripts
    .filter(({ source }) => CONVEX_CLIENT.some((word) => source.includes(word)))
    .map(({ file }) => file);
}

/** Prints the scripts of a page and checks their total size. */
async function checkLoad(title: string, route: string, extent: Extent, limit: number): Promise<Script[]> {
  const scripts = await firstLoad(route, extent);
  const table = report(title, scripts, limit * KIB);
  process.stdout.write(`${table}\n`);
  expect(total(scripts), table).toBeLessThanOrEqual(limit * KIB);
  return scripts;
}

describe("the script that a browser loads before any interaction", () => {
  it("is at most 118 KiB on / for a guest, and excludes the Convex client", async () => {
    const scripts = await checkLoad("/ signed out", "routes/home", "guest", 118);
    expect(hasConvexClient(scripts)).toEqual([]);
  });

  it.each([
    ["/dashboard", "routes/dashboard", 145, 150],
    ["a project's page", "routes/project", 160, 165], // agents:line
  ] as const)(
    "on %s of a user (%s) is at most %d KiB until it is hydrated, and %d KiB with the Convex client",
    async (page, route, hydrated, live) => {
      const first = await checkLoad(`${page} until it is hydrated`, route, "hydrated", hydrated);
      expect(hasConvexClient(first)).toEqual([]);
      const scripts = await checkLoad(`${page} until it is live`, route, "live", live);
      expect(hasConvexClient(scripts)).not.toEqual([]);
    },
  );
});

// agents:start
it("the worker loads the reader of OpenTelemetry only for its routes", () => {
  const has = (file: string) =>
    readFileSync(`build/server/${file}`, "utf8").includes("not a complete protobuf message");
  const files = readdirSync("build/server/assets").filter((name) => name.endsWith(".js"));
  expect(files.filter((name) => has(`assets/${name}`))).toEqual([expect.stringMatching(/^receive\.server-/)]);
  expect(has("index.js")).toBe(false);
});
// agents:end

it("the build has one stylesheet for the server and the browser", () => {
  const stylesheets = readdirSync("build/client/assets").filter((name) => name.endsWith(".css"));
  expect(stylesheets).toHaveLength(1);
});
