/** The published command line `npx convex` with `--url` and `--admin-key`. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
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

/** Returns the documents of a table, as the program reads them. */
async function documentsOf(
  { url }: Served,
  key: string,
  table: string,
  componentPath: string,
): Promise<unknown> {
  const args = { table, order: "asc", paginationOpts: { cursor: null, numItems: 100 } };
  const response = await fetch(`${url}/api/function`, {
    method: "POST",
    headers: { authorization: `Convex ${key}` },
    body: JSON.stringify({ path: "_system/cli/tableData", args, componentPath }),
  });
  const { value }: { value: { page: unknown } } = await response.json();
  return value.page;
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

test(
  "an export with files and components can be imported, also into another deployment",
  async () => {
    await convex(["run", "files:copyInAction", '{"text":"kept"}']);
    const file = join(folder, "export.zip");
    expect(await convex(["export", "--path", file, "--include-file-storage"])).toMatchObject({ code: 0 });
    const otherFile = join(folder, "other.sqlite");
    const other = await serve(otherFile);
    onTestFinished(() => other.close());
    const key = adminKeyFor(otherFile);
    const imported = await convex(["import", file, "--replace-all", "--yes"], other, key);
    expect(imported).toMatchObject({ code: 0, err: expect.stringMatching(/Added \d+ documents/) });
    for (const [table, component] of [
      ["books", ""],
      ["_storage", ""],
      ["books", "tally"],
    ] as const) {
      const documents = await documentsOf(served, adminKeyFor(dataFile), table, component);
      expect(documents).not.toEqual([]);
      expect(await documentsOf(other, key, table, component)).toEqual(documents);
    }
    const again = await convex(["import", file, "--yes"], other, key);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining("already exists") });
  },
  TIMEOUT_MS,
);

test(
  "import takes CSV, JSON and JSON Lines, and names the row that is wrong",
  async () => {
    const write = async (name: string, text: string): Promise<string> => {
      const file = join(folder, name);
      await writeFile(file, text);
      return file;
    };
    const files = [
      await write("one.csv", 'title,shelf\n"A ""quoted"", title",csv\n'),
      await write("two.json", '[{"title":"In JSON","shelf":"json"}]'),
      await write("three.jsonl", '{"title":"In lines","shelf":"lines"}\n'),
      await write("four.jsonl", '{"title":"Good","shelf":"bad"}\n{"title":'),
    ];
    const results = await Promise.all(
      files.map((file) => convex(["import", "--table", "books", "--append", "--yes", file])),
    );
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 1]);
    expect(results[3]?.err).toContain("Row 2 wasn't valid JSON");
    const { out } = await convex(["data", "books", "--format", "jsonl"]);
    for (const title of ['A \\"quoted\\", title', "In JSON", "In lines"]) expect(out).toContain(title);
    expect(out).not.toContain("Good");
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
    ["POST", "import/start_upload"],
    ["POST", "import/upload_part"],
    ["POST", "import/finish_upload"],
    ["POST", "perform_import"],
    ["POST", "export/request/zip"],
    ["GET", "export/zip/1"],
  ];
  for (const [method = "", path] of routes) {
    const response = await fetch(`${served.url}/api/${path}`, { method });
    expect([path, response.status]).toEqual([path, 403]);
  }
});
