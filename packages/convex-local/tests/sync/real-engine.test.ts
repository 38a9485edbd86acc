/** The whole server, sockets to SQLite, under the published clients. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { ConvexError } from "convex/values";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { Served } from "../../src/serve.ts";
import { startConvex } from "../../src/server.ts";
import { Provider } from "../auth/provider.ts";
import { BadLine } from "./bad-line.ts";
import { Tab } from "./clients.ts";

const FUNCTIONS = resolve(import.meta.dirname, "../fixtures/lists");
const webSocketConstructor = WebSocket as unknown as typeof globalThis.WebSocket;
const allNotes = makeFunctionReference<"query", { list: string }, number[]>("notes:all");
const addNote = makeFunctionReference<"mutation", { list: string; value: number }, null>("notes:add");

type Real = Served & { folder: string; functionsDir: string; log: string[] };

/** @param own whether the functions are a copy that the test may change. */
async function serveReal(own = false): Promise<Real> {
  const folder = await mkdtemp(join(tmpdir(), "mosaic-convex-"));
  // The bundle finds its packages from where the functions are, so the copy stays in the project.
  const functionsDir = own ? await mkdtemp(join(await localFolder(), "functions-")) : FUNCTIONS;
  if (own) await cp(FUNCTIONS, functionsDir, { recursive: true });
  const log: string[] = [];
  const served = await startConvex({
    functionsDir,
    port: 0,
    sitePort: 0,
    dataFile: join(folder, "data.sqlite"),
    env: {},
    log: (line) => log.push(line),
    watch: own,
  });
  onTestFinished(async () => {
    await served.close();
    await rm(folder, { recursive: true });
    if (own) await rm(functionsDir, { recursive: true });
  });
  return { ...served, folder, functionsDir, log };
}

async function localFolder(): Promise<string> {
  const folder = resolve(import.meta.dirname, "../../../../.local/tests");
  await mkdir(folder, { recursive: true });
  return folder;
}

test("a mutation reaches another client's query, and its own client has it when it resolves", async () => {
  const { url } = await serveReal();
  const [writer, reader] = [new Tab(url), new Tab(url)];
  const list = reader.watch("notes:all", { list: "a" });
  await list.shows([]);
  const own = writer.watch("notes:all", { list: "a" });
  await own.shows([]);
  const taken: number[] = [];
  for (let value = 0; value < 20; value++) {
    const started = performance.now();
    await writer.mutation("notes:add", { list: "a", value });
    expect(own.read()).toHaveLength(value + 1);
    await list.shows(Array.from({ length: value + 1 }, (_, index) => index));
    taken.push(performance.now() - started);
  }
  expect(taken.sort((a, b) => a - b)[10]).toBeLessThan(100);
});

test("actions, errors with data and pages work over the socket", async () => {
  const { url } = await serveReal();
  const client = new ConvexClient(url, { webSocketConstructor, logger: false, unsavedChangesWarning: false });
  onTestFinished(() => client.close());
  const twice = makeFunctionReference<"action", { list: string; value: number }, string>("notes:twice");
  expect(await client.action(twice, { list: "a", value: 1 })).toBe("done");
  expect(await client.query(allNotes, { list: "a" })).toEqual([1, 1]);
  const refused: unknown = await client
    .mutation(makeFunctionReference<"mutation">("notes:refuse"), {})
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConvexError);
  expect((refused as ConvexError<{ code: string }>).data).toEqual({ code: "forbidden", message: "No." });
  const wrong = client.mutation(makeFunctionReference<"mutation">("notes:add"), { list: 1 });
  await expect(wrong).rejects.toThrow("ArgumentValidationError");
  await expect(client.query(makeFunctionReference<"query">("notes:nothing"), {})).rejects.toThrow(
    "notes:nothing",
  );
});

test("a page keeps its end while notes come in before it", async () => {
  const { url } = await serveReal();
  const http = new ConvexHttpClient(url, { logger: false });
  for (let value = 0; value < 6; value++) await http.mutation(addNote, { list: "a", value });
  const tab = new Tab(url);
  const page = tab.watch("notes:page", { list: "a", paginationOpts: { numItems: 3, cursor: null } });
  const values = (): number[] =>
    (page.read() as { page: { value: number }[] } | undefined)?.page.map(({ value }) => value) ?? [];
  await tab.until(() => values().length === 3);
  await http.mutation(addNote, { list: "b", value: 9 });
  await tab.mutation("notes:add", { list: "a", value: 6 });
  expect(values()).toEqual([0, 1, 2]);
});

test("a query that loops for ever fails, and everyone else goes on, with nothing lost", async () => {
  const { url } = await serveReal();
  const [bad, good] = [new Tab(url), new Tab(url)];
  const list = good.watch("notes:all", { list: "a" });
  await list.shows([]);
  await good.mutation("notes:add", { list: "a", value: 1 });
  expect(await bad.watch("notes:loop").fails()).toContain("timed out");
  for (let value = 2; value <= 5; value++) {
    const started = performance.now();
    await good.mutation("notes:add", { list: "a", value });
    expect(performance.now() - started).toBeLessThan(1_000);
  }
  expect(list.read()).toEqual([1, 2, 3, 4, 5]);
});

test("through a line that cuts, lags and doubles every mutation is on the disk once", async () => {
  const { url } = await serveReal();
  const line = await BadLine.to(url, 7);
  line.faults = { cut: 0.05, delay: 5, twice: 0.3 };
  const tabs = Array.from({ length: 3 }, () => new Tab(line.url));
  const made: Promise<unknown>[] = [];
  for (let value = 0; value < 20; value++) {
    for (const [n, tab] of tabs.entries()) made.push(tab.mutation("notes:add", { list: `${n}`, value }));
    await new Promise((next) => setTimeout(next, 5));
  }
  // Clients wait for a second or two after each cut, so most of the work is done on a line that has recovered.
  setTimeout(() => {
    line.faults.cut = 0;
  }, 1_000);
  await Promise.all(made);
  expect(line.cuts).toBeGreaterThan(0);
  const http = new ConvexHttpClient(url, { logger: false });
  for (const n of tabs.keys()) {
    expect(await http.query(allNotes, { list: `${n}` })).toEqual(
      Array.from({ length: 20 }, (_, value) => value),
    );
  }
});

test("a changed function is run for those who watch it, and a broken one leaves the last good one", async () => {
  const { url, functionsDir, log } = await serveReal(true);
  const version = (text: string): Promise<void> =>
    writeFile(
      join(functionsDir, "version.ts"),
      `import { queryGeneric } from "convex/server";\nexport const get = queryGeneric({ args: {}, handler: async () => ${text} });\n`,
    );
  await version('"one"');
  const tab = new Tab(url);
  const watched = tab.watch("version:get");
  await watched.shows("one");
  await version("(((");
  await expect.poll(() => log.join("\n"), { timeout: 8_000 }).toContain("not reloaded");
  expect(watched.read()).toBe("one");
  await version('"two"');
  await watched.shows("two");
});

test("an HTTP action gets the body, and the person whose token it brings", async () => {
  const { siteUrl } = await serveReal();
  const post = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(siteUrl + path, { method: "POST", body: "hello", headers });
  const response = await post("/echo");
  expect([response.status, await response.json()]).toEqual([202, { body: "hello", subject: null }]);
  const key = await post("/echo", { authorization: "Bearer mosaic_key" });
  expect(await key.json()).toEqual({ body: "hello", subject: null });
  const stranger = await Provider.start();
  const unknown = await post("/echo", { authorization: `Bearer ${await stranger.token()}` });
  expect(await unknown.json()).toEqual({ body: "hello", subject: null });
  expect((await post("/nothing")).status).toBe(404);
});
