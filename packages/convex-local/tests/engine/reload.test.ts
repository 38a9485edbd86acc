/** Reloading of changed sources. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startBackend } from "../../src/worker-backend.ts";
import { eventually } from "./eventually.ts";
import { call, openBackend, resultOf, rowsOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;
let schema: string;
const file = (name: string) => join(opened.functionsDir, name);

beforeAll(async () => {
  opened = await openBackend("notes", { watch: true });
  schema = await readFile(file("schema.ts"), "utf8");
  resultOf(await opened.backend.mutation(call("notes:add", { folder: "a", text: "kept", stars: 2 })));
});
afterAll(() => opened.close());
beforeEach(() => {
  opened.log.length = 0;
  opened.events.length = 0;
});

const kept = async () => resultOf(await opened.backend.query(call("notes:list", { folder: "a" })));
const logged = (text: string) => eventually(() => opened.log.join("\n")).toContain(text);

test("a new function can be called, and subscriptions run again", async () => {
  await writeFile(
    file("more.ts"),
    `import { query } from "./server.ts";\nexport const one = query({ args: {}, handler: () => 1 });\n`,
  );
  await logged("reloaded");
  expect(resultOf(await opened.backend.query(call("more:one")))).toBe(1);
  expect(opened.events).toContainEqual({ type: "reloaded", ts: expect.any(BigInt) });
});

test("a change in a file outside the folder is loaded too", async () => {
  const outside = join(opened.functionsDir, "..", "outside.ts");
  await writeFile(outside, "export const answer = 1;\n");
  await writeFile(
    file("far.ts"),
    `import { answer } from "../outside.ts";\nimport { query } from "./server.ts";\nexport const get = query({ args: {}, handler: () => answer });\n`,
  );
  await logged("reloaded");
  expect(resultOf(await opened.backend.query(call("far:get")))).toBe(1);
  await writeFile(outside, "export const answer = 2;\n");
  await eventually(async () => resultOf(await opened.backend.query(call("far:get")))).toBe(2);
});

test("a syntax error keeps the last working functions, and the log contains file and line", async () => {
  await writeFile(file("more.ts"), "export const one = (;\n");
  await logged("more.ts:1");
  expect(resultOf(await opened.backend.query(call("more:one")))).toBe(1);
});

test('a module that needs Node without "use node" is rejected with a hint', async () => {
  await writeFile(file("more.ts"), 'import { hostname } from "node:os";\nexport const name = hostname;\n');
  await logged('must begin with "use node"');
});

test("a module that throws while it loads keeps the last working functions", async () => {
  await writeFile(file("more.ts"), 'throw new Error("at load");\n');
  await logged("at load");
  expect(resultOf(await opened.backend.query(call("more:one")))).toBe(1);
  await rm(file("more.ts"));
  await logged("functions reloaded");
  await expect(opened.backend.query(call("more:one"))).rejects.toMatchObject({ code: "function_not_found" });
});

test("a schema that a document violates is rejected, and the log contains the id", async () => {
  await writeFile(file("schema.ts"), schema.replace("text: v.string()", "text: v.number()"));
  const [note] = rowsOf(await kept());
  await logged(`Document with ID "${note?._id}" in table "notes" does not match the schema`);
  resultOf(await opened.backend.mutation(call("notes:add", { folder: "b", text: "still a string" })));
});

test("a new index contains existing documents, and a removed index is not found", async () => {
  await writeFile(
    file("schema.ts"),
    schema.replace('.index("by_folder_stars", ["folder", "stars"])', '.index("by_stars", ["stars"])'),
  );
  await writeFile(
    file("starred.ts"),
    `import { query } from "./server.ts";
     export const by = query({ handler: (ctx) => (ctx.db as any).query("notes").withIndex("by_stars", (q: any) => q.gte("stars", 1)).collect() });`,
  );
  await logged("reloaded");
  await eventually(async () => {
    const { outcome } = await opened.backend.query(call("starred:by")).catch(() => ({ outcome: null }));
    return outcome?.ok ? rowsOf(outcome.value).map(({ text }) => text) : null;
  }).toEqual(["kept"]);
  const best = await opened.backend.query(call("notes:best", { folder: "a", atLeast: 0, count: 1 }));
  expect(best.outcome).toMatchObject({
    ok: false,
    errorMessage: expect.stringContaining("Index notes.by_folder_stars not found"),
  });
});

test("a backend whose functions cannot be loaded does not start, and the error contains file and line", async () => {
  const start = () =>
    startBackend({
      functionsDir: opened.functionsDir,
      dataFile: `${opened.dataFile}.other`,
      env: {},
      log: () => {},
      watch: false,
    });
  await writeFile(file("broken.ts"), "export const = 1;\n");
  await expect(start()).rejects.toThrow("broken.ts:1");
  await writeFile(
    file("broken.ts"),
    'const fail = () => {\n  throw new Error("broken");\n};\nexport const value = fail();\n',
  );
  await expect(start()).rejects.toThrow(
    /^broken could not be loaded: Error: broken\n {4}at fail \(\.\.\/convex\/broken\.ts:2:9\)\n {4}at <anonymous> \(\.\.\/convex\/broken\.ts:4:22\)$/,
  );
});
