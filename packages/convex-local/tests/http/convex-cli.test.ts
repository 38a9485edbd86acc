/** The published command line `npx convex` with `--url` and `--admin-key`. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { adminKeyFor } from "../../src/auth/admin-key.ts";
import type { Served } from "../../src/serve.ts";
import { startConvex } from "../../src/server.ts";

const PROGRAM = resolve(import.meta.dirname, "../../../../node_modules/convex/bin/main.js");
/** The program starts in about a second when the machine is idle. */
const TIMEOUT_MS = 60_000;

let served: Served;
let folder: string;
let dataFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "convex-local-cli-"));
  dataFile = join(folder, "data.sqlite");
  served = await serve(dataFile);
});

afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true });
});

function serve(file: string): Promise<Served> {
  return startConvex({
    functionsDir: resolve(import.meta.dirname, "../fixtures/library"),
    port: 0,
    sitePort: 0,
    dataFile: file,
    env: { COLOR: "green" },
    log: () => undefined,
  });
}

function start(args: readonly string[], { url } = served, key = adminKeyFor(dataFile)): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args, "--url", url, "--admin-key", key], {
    // The program asks for a package.json with `convex`, and lists values only for people.
    cwd: resolve(import.meta.dirname, "../.."),
    env: { ...process.env, CONVEX_SELF_HOSTED_URL: "", NO_COLOR: "1", CI: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

type Result = { code: number | null; out: string; err: string };

function convex(args: readonly string[], at = served, key?: string): Promise<Result> {
  const child = start(args, at, key);
  const result: Result = { code: null, out: "", err: "" };
  child.stdout?.on("data", (data) => {
    result.out += String(data);
  });
  child.stderr?.on("data", (data) => {
    result.err += String(data);
  });
  return new Promise((done) =>
    child.on("close", (code) => done({ code, out: result.out.trim(), err: result.err.trim() })),
  );
}

test(
  "run calls public and internal functions, of components and as a user",
  async () => {
    const book = '{"title":"Solaris","shelf":"s"}';
    const [added, counted, acting, missing] = await Promise.all([
      convex(["run", "books:add", book]),
      convex(["run", "counts:add", '{"name":"a"}', "--component", "tally"]),
      convex(["run", "books:who", "--identity", '{"subject":"ada","issuer":"x","name":"Ada 🙃"}']),
      convex(["run", "books:nothing"]),
    ]);
    expect(added).toMatchObject({ code: 0, out: expect.stringMatching(/^"\w{32}"$/) });
    expect(counted).toMatchObject({ code: 0, out: "11" });
    expect(JSON.parse(acting.out)).toMatchObject({ tokenIdentifier: "x|ada", name: "Ada 🙃" });
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("• books:add") });
    expect(await convex(["run", "books:who"], served, "local|wrong")).toMatchObject({
      code: 1,
      err: expect.stringContaining("BadAdminKey"),
    });
  },
  TIMEOUT_MS,
);

test(
  "data lists tables and documents",
  async () => {
    const [tables, documents, files] = await Promise.all([
      convex(["data"]),
      convex(["data", "books", "--format", "jsonl"]),
      convex(["data", "_storage"]),
    ]);
    expect(tables.out.split("\n")).toEqual(["books", "places"]);
    expect(documents.out).toContain('"title": "Solaris"');
    expect(files.err).toBe("There are no documents in this table.");
  },
  TIMEOUT_MS,
);

test(
  "env lists, sets and removes variables, and functions see the changes, also after a restart",
  async () => {
    const [listed, set, forbidden] = await Promise.all([
      convex(["env", "list", "--include-values"]),
      convex(["env", "set", "SHAPE", "round"]),
      convex(["env", "set", "CONVEX_URL", "x"]),
    ]);
    expect(listed.out).toContain("COLOR=green");
    expect(set.code).toBe(0);
    expect(forbidden.err).toContain("is built-in");
    await served.close();
    served = await serve(dataFile);
    const [got, seen] = await Promise.all([
      convex(["env", "get", "SHAPE"]),
      convex(["run", "books:variable", '{"name":"SHAPE"}']),
    ]);
    expect([got.out, seen.out]).toEqual(["round", '"round"']);
    await convex(["env", "remove", "SHAPE"]);
    expect((await convex(["env", "get", "SHAPE"])).err).toContain('"SHAPE" not found');
  },
  TIMEOUT_MS,
);

test(
  "logs shows console lines and errors of functions",
  async () => {
    const watching = start(["logs", "--history", "1", "--success"]);
    let shown = "";
    watching.stdout?.on("data", (data) => {
      shown += String(data);
    });
    await new Promise((begun) => watching.stderr?.once("data", begun));
    const said = async (): Promise<string> => {
      await convex(["run", "books:say", '{"text":"hello there"}']);
      return shown;
    };
    await expect
      .poll(said, { timeout: TIMEOUT_MS })
      .toMatch(/\[CONVEX M\(books:say\)\] \[LOG\] 'hello there'/);
    await expect.poll(() => shown, { timeout: TIMEOUT_MS }).toContain("Uncaught Error: said hello there");
  },
  TIMEOUT_MS,
);

test("functions and routes of the command line need the admin key", async () => {
  const body = JSON.stringify({ path: "_system/cli/tables", args: { paginationOpts: { numItems: 1 } } });
  const query = await fetch(`${served.url}/api/query`, { method: "POST", body });
  expect((await query.json()).errorMessage).toContain("Could not find public function");
  const routes = [
    ["GET", "stream_function_logs?cursor=0"],
    ["POST", "update_environment_variables"],
  ];
  for (const [method = "", path] of routes) {
    const response = await fetch(`${served.url}/api/${path}`, { method });
    expect([path, response.status]).toEqual([path, 403]);
  }
});
