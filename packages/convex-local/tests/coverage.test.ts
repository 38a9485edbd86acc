/** Holds the tables "Covered" and "Not covered" of the README. */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JSONValue } from "convex/values";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Served } from "../src/serve.ts";
import { startConvex } from "../src/server.ts";

const PACKAGE = join(import.meta.dirname, "..");
const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");

/** Returns the rows of the table with this first heading, as pairs of cells. */
function rowsOf(heading: string): [string, string][] {
  const [, table = ""] = readme.split(`\n| ${heading} |`);
  const [body = ""] = table.split("\n\n");
  return [...body.matchAll(/^\| (.+) \| (.+) \|$/gm)].map(([, first = "", second = ""]) => [first, second]);
}

let served: Served;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "convex-local-coverage-"));
  served = await startConvex({
    functionsDir: join(import.meta.dirname, "fixtures/uncovered"),
    port: 0,
    sitePort: 0,
    dataFile: join(folder, "data.sqlite"),
    env: {},
    log: () => undefined,
  });
});
afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true });
});

type Answer = { status: number; value?: JSONValue; errorMessage?: string };

async function call(kind: string, path: string, args = {}, more = {}): Promise<Answer> {
  const response = await fetch(`${served.url}/api/${kind}`, {
    method: "POST",
    body: JSON.stringify({ path, args, ...more }),
  });
  return { ...(await response.json()), status: response.status };
}

const syscall = (name: string) => call("action", "things:syscall", { name });

/** What happens for each row of "Not covered". */
const NOT_COVERED: { [feature: string]: () => Promise<void> } = {
  "`ctx.auth.signJwt()`": async () => {
    expect((await syscall("1.0/signJwt")).errorMessage).toContain("Unknown async operation");
  },
  "Service tokens": async () => {
    expect((await syscall("1.0/createServiceToken")).errorMessage).toContain("Unknown async operation");
  },
  "Audit log": async () => {
    expect((await syscall("1.0/auditLog")).value).toBe("null");
  },
  "Functions of components, called without the admin key": async () => {
    expect((await call("query", "probes:readGlobal", {}, { componentPath: "some" })).status).toBe(400);
  },
  "Endpoints of the dashboard, and of `npx convex dev`, `deploy` and `run --inline-query`": async () => {
    for (const path of ["deploy2/start_push", "run_test_function", "json_schemas"])
      expect((await fetch(`${served.url}/api/${path}`, { method: "POST" })).status).toBe(404);
  },
  "Streaming responses of HTTP actions": async () => {
    const response = await fetch(`${served.siteUrl}/stream`);
    expect([response.headers.get("content-length"), await response.text()]).toEqual(["6", "onetwo"]);
  },
  "Isolation between functions": async () => {
    await call("query", "probes:setGlobal");
    expect((await call("query", "probes:readGlobal")).value).toBe("by another function");
  },
  "Memory that a function releases before it ends": async () => {
    expect((await call("query", "probes:allocate")).value).toBe(80 << 20);
  },
  "`v.id()` in arguments of actions": async () => {
    const { value } = await call("mutation", "things:add");
    expect((await call("action", "probes:takeId", { id: value })).value).toBe(value);
  },
};

test("every covered row names an existing test", () => {
  const rows = rowsOf("Covered");
  expect(rows.length).toBeGreaterThan(20);
  const files = rows.map(([, cell]) => /^`(tests\/[\w/-]+\.test\.ts)`$/.exec(cell)?.[1] ?? cell);
  expect(files.filter((file) => !existsSync(join(PACKAGE, file)))).toEqual([]);
});

test("the probes below are exactly the rows of the table Not covered", () => {
  expect(Object.keys(NOT_COVERED)).toEqual(rowsOf("Not covered").map(([feature]) => feature));
});

test.each(Object.entries(NOT_COVERED))("not covered: %s", async (_feature, probe) => {
  await probe();
});
