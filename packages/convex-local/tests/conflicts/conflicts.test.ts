/** Conflicts of a running backend: retries, errors of HTTP and sockets, scheduled functions, and counters. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JSONValue } from "convex/values";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command } from "../../src/admin/command-line.ts";
import { RetryableError } from "../../src/functions/execution/call-errors.ts";
import type { Served } from "../../src/serve.ts";
import { startConvex } from "../../src/server.ts";
import { Tab } from "../sync/clients.ts";
import { serveScripted } from "../sync/serving.ts";

const MUTATION_MS = 300;

let served: Served;
let folder: string;
const log: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "convex-local-conflicts-"));
  served = await startConvex({
    functionsDir: join(import.meta.dirname, "../fixtures/counters"),
    port: 0,
    sitePort: 0,
    dataFile: join(folder, "data.sqlite"),
    env: {},
    log: (line) => log.push(line),
    conflicts: { mutationMs: MUTATION_MS },
  });
});
afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true });
});

type Answer = { httpStatus: number; code?: string; message?: string; value?: JSONValue };

async function post(kind: string, path: string, args: object): Promise<Answer> {
  const response = await fetch(`${served.url}/api/${kind}`, {
    method: "POST",
    body: JSON.stringify({ path: `counters:${path}`, args }),
  });
  return { ...(await response.json()), httpStatus: response.status };
}

const count = async (name: string) => (await post("query", "get", { name })).value;

async function cli(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const options = ["--url", served.url, "--data", join(folder, "data.sqlite")];
  const printed = {
    print: (line: string) => void lines.push(line),
    printError: (line: string) => void lines.push(line),
  };
  const program = { usage: "", backend: () => ({ url: "", dataFile: "" }) };
  expect(await command([...args, ...options], printed, program)).toBe(0);
  return lines.join("\n");
}

test("two mutations that read and write the same document both take effect, one of them later", async () => {
  const began = performance.now();
  const answers = await Promise.all([
    post("mutation", "add", { name: "two" }),
    post("mutation", "add", { name: "two" }),
  ]);
  expect(answers.map(({ value }) => value).sort()).toEqual([1, 2]);
  expect(performance.now() - began).toBeGreaterThan(2 * MUTATION_MS - 50);
});

test("mutations on different documents do not conflict", async () => {
  await Promise.all(["a", "b"].map((name) => post("mutation", "add", { name })));
  const conflictsBefore = await cli("conflicts");
  const answers = await Promise.all(["a", "b"].map((name) => post("mutation", "add", { name })));
  expect(answers.map(({ value }) => value)).toEqual([2, 2]);
  expect(await cli("conflicts")).toBe(conflictsBefore);
});

test("a mutation whose every retry conflicts fails with Convex's error, and nothing is counted twice", async () => {
  // Each attempt takes 0.3 s and the backoff at most 1.5 s, so at most 10 of 15 can commit one after another.
  const answers = await Promise.all(
    Array.from({ length: 15 }, () => post("mutation", "add", { name: "hot" })),
  );
  const failed = answers.filter(({ httpStatus }) => httpStatus !== 200);
  expect(failed.length).toBeGreaterThanOrEqual(5);
  expect(failed[0]).toMatchObject({
    httpStatus: 503,
    code: "OptimisticConcurrencyControlFailure",
    message: expect.stringMatching(
      /^Documents read from or written to the "counters" table changed while this mutation was being run and on every subsequent retry\. Another call to this mutation changed the document with ID "\w{32}"\. See https:\/\/docs\.convex\.dev\/error#1$/,
    ),
  });
  expect(await count("hot")).toBe(15 - failed.length);
  expect(log.some((line) => line.includes("every retry conflicted in table counters"))).toBe(true);
});

test("an action can catch the error", async () => {
  const answers = await Promise.all(
    Array.from({ length: 15 }, () => post("action", "addInAction", { name: "actions" })),
  );
  const errors = answers.map(({ value }) => value).filter((value) => value !== null);
  expect(errors.length).toBeGreaterThanOrEqual(5);
  expect(errors[0]).toContain('Documents read from or written to the "counters" table changed');
});

test("scheduled mutations are retried until each has run once", async () => {
  await post("mutation", "addLater", { name: "later", times: 5 });
  await expect.poll(() => count("later"), { timeout: 20_000 }).toBe(5);
});

test("the commands show conflicts by function and table, and the highest use", async () => {
  const text = await cli("conflicts");
  expect(text).toMatch(/^function +table +conflicts +failed calls\ncounters:add +counters +\d+ +\d+$/);
  const [add] = JSON.parse(await cli("conflicts", "--json"));
  expect(add).toMatchObject({ component: "", path: "counters:add" });
  expect(add.conflicts.counters).toBeGreaterThan(15);
  expect(add.failedByConflict).toBeGreaterThanOrEqual(10);
  const uses: { path: string }[] = JSON.parse(await cli("limits", "--json"));
  expect(uses.map(({ path }) => path)).toEqual(["counters:add", "counters:addLater", "counters:get"]);
  expect(uses[0]).toMatchObject({
    documentsRead: 2,
    // The index, the document, and as a scheduled function the job.
    indexRanges: 3,
    documentsWritten: 1,
    functionsScheduled: 0,
  });
  expect(uses[1]).toMatchObject({ functionsScheduled: 5, documentsWritten: 0 });
  expect(JSON.parse(await cli("refreshes", "--json"))).toEqual({ refreshes: 0, queries: [] });
  expect(await cli("limits")).toMatch(/\ncounters:add +\d+ +2 +\d+ +3 +1 +\d+ +0 +\d+/);
});

test("over a socket, the client is disconnected and sends the mutation again", async () => {
  const { url, backend } = await serveScripted();
  let tries = 0;
  const set = backend.mutations["rows:set"];
  backend.mutations["rows:set"] = (rows, args, call) => {
    if (++tries === 1)
      throw new RetryableError("OptimisticConcurrencyControlFailure", "Documents read from or written to …");
    return set?.(rows, args, call) ?? null;
  };
  const tab = new Tab(url);
  expect(await tab.mutation("rows:set", { name: "a", value: 5 })).toBe(5);
  expect([tries, tab.connection().connectionCount]).toEqual([2, 2]);
});
