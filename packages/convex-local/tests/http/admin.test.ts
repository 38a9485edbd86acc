/** The admin command: inspects a running backend, exports its documents and imports them. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { command as runCommand } from "../../src/admin/command-line.ts";
import { startConvex } from "../../src/server.ts";

/** Its default backend does not exist. */
const PROGRAM = {
  usage: "Inspects a backend of this test.",
  backend: () => ({ url: "http://127.0.0.1:1", dataFile: "/nowhere/data.sqlite" }),
};

type Result = { code: number; stdout: string; stderr: string };

async function command(...args: string[]): Promise<Result> {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = await runCommand(
    args,
    {
      print: (line) => void printed.push(`${line}\n`),
      printError: (line) => void errors.push(`${line}\n`),
    },
    PROGRAM,
  );
  return { code, stdout: printed.join(""), stderr: errors.join("") };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "convex-local-admin-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Starts a deployment, and returns the commands for it. */
async function deployment(fixture = "notes") {
  const dataFile = join(await folder(), "data.sqlite");
  const served = await startConvex({
    functionsDir: resolve(import.meta.dirname, "../fixtures", fixture),
    port: 0,
    sitePort: 0,
    dataFile,
    env: { COLOR: "green" },
    log: () => undefined,
  });
  onTestFinished(() => served.close());
  const options = ["--url", served.url, "--data", dataFile];
  return { ...served, dataFile, ask: (...args: string[]) => command(...args, ...options) };
}

/** Returns the error of a failed command: one line without a stack. */
function errorOf(result: Result): string {
  expect(result.code).toBe(1);
  expect(result.stdout).toBe("");
  expect(result.stderr.trimEnd()).not.toContain("\n");
  return result.stderr;
}

test("runs functions, and prints documents and environment variables", async () => {
  const { ask, url } = await deployment();
  const added = await ask("run", "notes:add", '{"folder":"a","text":"hello"}');
  expect(added).toMatchObject({ code: 0, stderr: "" });
  const id = JSON.parse(added.stdout);
  expect((await ask("data")).stdout).toBe("notes  1\n");
  const shown = JSON.parse((await ask("data", "notes", "--limit", "1")).stdout);
  expect(shown).toMatchObject({ _id: id, folder: "a", text: "hello" });
  expect((await ask("env", "COLOR")).stdout).toBe("green\n");
  expect((await ask("env")).stdout).toContain(`CONVEX_URL=${url}\n`);
});

test("an export can be imported into another deployment without a difference", async () => {
  const from = await deployment();
  await from.ask("run", "notes:addMany", '{"first":0,"count":1203}');
  const file = join(await folder(), "notes.jsonl");
  expect(await from.ask("export", file)).toMatchObject({
    code: 0,
    stdout: `1203 documents of 1 tables are in ${file}.\n`,
  });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const to = await deployment();
  expect(await to.ask("import", file)).toMatchObject({
    code: 0,
    stdout: "1203 documents are in 1 tables.\n",
  });
  const all = ["data", "notes", "--limit", "2000"];
  expect((await to.ask(...all)).stdout).toBe((await from.ask(...all)).stdout);

  expect(errorOf(await to.ask("import", file))).toContain("these tables have documents: notes");
  await to.ask("run", "notes:add", '{"folder":"extra","text":"x"}');
  expect(await to.ask("import", file, "--replace")).toMatchObject({ code: 0 });
  expect((await to.ask("data")).stdout).toBe("notes  1203\n");
  expect(errorOf(await from.ask("export", file))).toContain("cannot be written");
  expect((await readFile(file, "utf8")).split("\n")).toHaveLength(1205);
});

test("a malformed file changes nothing, even with --replace", async () => {
  const { ask } = await deployment();
  await ask("run", "notes:add", '{"folder":"a","text":"kept"}');
  const file = join(await folder(), "broken.jsonl");
  const header = '{"format":"local-convex-export-1","tables":{"notes":10001}}';
  const document = '{"table":"notes","document":{"folder":"b","text":"x"}}';
  const imported = async (text: string) => {
    await writeFile(file, text);
    return errorOf(await ask("import", file, "--replace"));
  };
  expect(await imported("")).toContain("is not an export");
  expect(await imported(`${document}\n`)).toContain("is not an export");
  expect(await imported(`${header}\n${document}\n{"table":"notes","docu`)).toContain("line 3");
  expect(await imported(`${header}\n{"table":"other","document":{}}`)).toContain("line 2");
  expect(await imported('{"format":"local-convex-export-1","tables":{"nothing":10001}}')).toContain(
    'There is no table "nothing"',
  );
  expect(errorOf(await ask("import", "/nowhere/notes.jsonl"))).toContain("cannot be read");
  expect((await ask("data")).stdout).toBe("notes  1\n");
});

test("every error is one line with the reason", async () => {
  const { ask, url } = await deployment();
  expect(errorOf(await ask("run", "notes:add", "{folder:"))).toContain("The arguments are not JSON");
  expect(errorOf(await ask("data", "nothing"))).toContain('There is no table "nothing"');
  expect(errorOf(await ask("data", "notes", "--limit", "none"))).toContain("--limit must be a number");
  expect(errorOf(await ask("env", "NOTHING"))).toBe("NOTHING is not set for the functions.\n");
  expect(errorOf(await ask("dance"))).toContain("There is no command dance");
  expect(errorOf(await ask("run"))).toContain("run needs a function");
  expect(errorOf(await ask("data", "notes", "more"))).toContain('does not take "more"');
  expect(errorOf(await command("data", "--url", url))).toContain("must be used together");
  expect(errorOf(await command("data", "--wrong"))).toContain("--wrong");
  expect(errorOf(await ask("run", "notes:nothing"))).toContain("Could not find function for 'notes:nothing'");
  const failed = await ask("run", "notes:addWrong");
  expect(failed.stderr).toMatch(/^notes:addWrong failed: Error: Failed to insert/);
  expect(failed.stderr).not.toContain("    at ");

  const other = await deployment();
  expect(errorOf(await command("data", "--url", url, "--data", other.dataFile))).toContain(
    "another admin key",
  );
  await other.close();
  expect(errorOf(await other.ask("data"))).toContain("No backend responds");
  expect(errorOf(await command("data", "--url", url, "--data", "/nowhere"))).toContain(
    "There is no admin key",
  );
});

test("rejects requests without the admin key", async () => {
  const { url } = await deployment();
  for (const path of ["tables", "documents?table=notes", "environment"]) {
    expect((await fetch(`${url}/api/local/${path}`)).status).toBe(403);
    const headers = { authorization: "Convex local|guessed" };
    expect((await fetch(`${url}/api/local/${path}`, { headers })).status).toBe(401);
  }
  const body = JSON.stringify({ table: "notes", documents: [], replace: true });
  expect((await fetch(`${url}/api/local/documents`, { method: "POST", body })).status).toBe(403);
});

test("--help and a missing command print the usage", async () => {
  expect(await command("--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("run FUNCTION") });
  expect(await command()).toMatchObject({ code: 1, stdout: expect.stringContaining("run FUNCTION") });
});
