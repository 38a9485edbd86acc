/** The command `convex-local`. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { expect, onTestFinished, test } from "vitest";
import { Tab } from "./clients.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
const CLI = resolve(import.meta.dirname, "../../bin/convex-local.mjs");
const FUNCTIONS = resolve(import.meta.dirname, "../fixtures/lists");
const allNotes = makeFunctionReference<"query", { list: string }, number[]>("notes:all");

class Command {
  readonly child: ChildProcess;
  output = "";
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #wake: () => void = () => undefined;

  constructor(args: string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(process.execPath, [CLI, ...args], { cwd: ROOT, env });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (data) => {
        this.output += String(data);
        this.#wake();
      });
    }
    this.exit = new Promise((done) => {
      this.child.on("exit", (code, signal) => {
        done({ code, signal });
        this.#wake();
      });
    });
    onTestFinished(() => void this.child.kill("SIGKILL"));
  }

  /** Waits until the command prints its addresses. */
  async ready(): Promise<{ url: string; siteUrl: string }> {
    for (;;) {
      const [, url, siteUrl] = /Convex is at (\S+), HTTP actions at (\S+)\.\n/.exec(this.output) ?? [];
      if (url !== undefined && siteUrl !== undefined) return { url, siteUrl };
      if (this.child.exitCode !== null) throw new Error(`The command ended: ${this.output}`);
      await new Promise<void>((next) => {
        this.#wake = next;
      });
    }
  }
}

async function dataFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "convex-local-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "data.sqlite");
}

function serveOn(data: string, port = 0): Command {
  const ports = ["--port", `${port}`, "--site-port", "0"];
  return new Command(["--functions", FUNCTIONS, ...ports, "--data", data]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((next) => server.listen(0, "127.0.0.1", next));
  const address = server.address();
  await new Promise((next) => server.close(next));
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("--help prints all options and exits with 0", async () => {
  const command = new Command(["--help"]);
  expect(await command.exit).toEqual({ code: 0, signal: null });
  for (const option of ["--functions", "--port", "--site-port", "--data"])
    expect(command.output).toContain(option);
});

test("npx convex-local --help works, even if the machine's Node is older", () => {
  const npx = spawnSync("npx", ["convex-local", "--help"], { cwd: ROOT, encoding: "utf8" });
  expect(npx).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("npx convex-local --functions DIR"),
  });
});

test.each([["--port", "http"], ["--nonsense"], ["--functions", "/nowhere/at/all"]])(
  "an invalid argument prints one message and exits with 1: %s %s",
  async (...args) => {
    const command = new Command([...args, "--data", await dataFile()]);
    expect((await command.exit).code).toBe(1);
    expect(command.output).not.toBe("");
    expect(command.output).not.toContain("    at ");
  },
);

test("a port in use is reported and exits with 1", async () => {
  const server = createServer();
  await new Promise<void>((next) => server.listen(0, "127.0.0.1", next));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const command = serveOn(await dataFile(), port);
  expect((await command.exit).code).toBe(1);
  expect(command.output.trim()).toBe(`Port ${port} is in use or not allowed.`);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s stops the command cleanly while clients are connected",
  async (signal) => {
    const data = await dataFile();
    const command = serveOn(data);
    const { url } = await command.ready();
    const tab = new Tab(url);
    await tab.watch("notes:all", { list: "a" }).shows([]);
    await tab.mutation("notes:add", { list: "a", value: 1 });
    const started = performance.now();
    command.child.kill(signal);
    expect(await command.exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - started).toBeLessThan(3_000);
    const key = await stat(`${data}.admin-key`);
    expect(key.mode & 0o777).toBe(0o600);
  },
);

// Starts four processes, which takes long on a busy machine.
test("kill −9 and restart keep acknowledged mutations, and apply resent ones once", {
  timeout: 120_000,
}, async () => {
  const [data, port] = [await dataFile(), await freePort()];
  let command = serveOn(data, port);
  const { url } = await command.ready();
  const tab = new Tab(url);
  const list = tab.watch("notes:all", { list: "a" });
  await list.shows([]);
  const made: Promise<unknown>[] = [];
  for (let round = 0; round < 3; round++) {
    for (let value = 0; value < 30; value++)
      made.push(tab.mutation("notes:add", { list: "a", value: round * 30 + value }));
    await made[round * 30 + 5];
    command.child.kill("SIGKILL");
    await command.exit;
    command = serveOn(data, port);
    await command.ready();
  }
  await Promise.all(made);
  const expected = Array.from({ length: 90 }, (_, value) => value);
  expect(list.read()).toEqual(expected);
  expect(await new ConvexHttpClient(url, { logger: false }).query(allNotes, { list: "a" })).toEqual(expected);
});
