/** Convex's limits: what is allowed exactly, the message beyond, and the warning above 80 %. */
import type { JSONValue } from "convex/values";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, errorOf, openBackend, resultOf, type TestBackend } from "../engine/open-backend.ts";

const MIB = 1 << 20;

let opened: TestBackend;

beforeAll(async () => {
  opened = await openBackend("bounds");
  for (let from = 0; from < 32_001; from += 8000) {
    await run("fillRows", { from, to: Math.min(from + 8000, 32_001) });
  }
  await run("writeBytes", { amount: 9 });
  await run("writeBytes", { amount: 8 });
});
afterAll(() => opened.close());

const isMutation = (name: string) => /^(?:fill|write|patch|delete|schedule|create|nothing)/.test(name);

const outcome = (name: string, args: JSONValue) => {
  const { backend } = opened;
  const target = call(`bounds:${name}`, args);
  return isMutation(name) ? backend.mutation(target) : backend.query(target);
};

const run = async (name: string, args: JSONValue) => resultOf(await outcome(name, args));

const help =
  "Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective index range expressions.";

/** For each limit: the function, the largest accepted and the smallest rejected amount, the error, and the warning. */
const transactionLimits: [name: string, most: number, over: number, message: string, warning: string][] = [
  [
    "readDocuments",
    32_000,
    32_001,
    `Too many documents read in a single function execution (limit: 32000). ${help}`,
    `Many documents read in a single function execution (actual: 32000, limit: 32000). ${help}`,
  ],
  [
    "readBytes",
    16,
    17,
    `Too many bytes read in a single function execution (limit: 16777216 bytes). ${help}`,
    `Many bytes read in a single function execution (actual: 16000000 bytes, limit: 16777216 bytes). ${help}`,
  ],
  [
    "readRanges",
    4096,
    4097,
    `Too many reads in a single function execution (limit: 4096). ${help}`,
    `Many reads in a single function execution (actual: 4096, limit: 4096). ${help}`,
  ],
  [
    "patchDocuments",
    4095,
    4096,
    `Too many reads in a single function execution (limit: 4096). ${help}`,
    `Many reads in a single function execution (actual: 4096, limit: 4096). ${help}`,
  ],
  [
    "writeDocuments",
    16_000,
    16_001,
    "Too many writes in a single function execution (limit: 16000)",
    "Many writes in a single function execution (actual: 16000, limit: 16000).",
  ],
  [
    "writeBytes",
    16,
    17,
    "Too many bytes written in a single function execution (limit: 16 MiB)",
    "Many bytes written in a single function execution (actual: 16000000 bytes, limit: 16777216 bytes).",
  ],
  [
    "returnBytes",
    16 * MIB,
    16 * MIB + 1,
    "Function bounds:returnBytes return value is too large (actual: 16.00 MiB, limit: 16 MiB)",
    "Large size of the function return value (actual: 16777216 bytes, limit: 16777216 bytes).",
  ],
  [
    "writeNested",
    16,
    17,
    "Document is too nested (nested 17 levels deep > maximum nesting 16)",
    "levels, limit: 16 levels).",
  ],
  [
    "writeSize",
    MIB,
    MIB + 1,
    "Value is too large (1.00 MiB > maximum size 1 MiB)",
    "(actual: 1048576 bytes, limit: 1048576 bytes).",
  ],
];

describe.each(transactionLimits)("%s", (name, most, over, message, warning) => {
  test(`allows ${most} and warns`, async () => {
    opened.log.length = 0;
    const { outcome: answer } = await outcome(name, { amount: most });
    expect(answer).toMatchObject({ ok: true });
    const line = opened.log.find(
      (line) => line.startsWith(`[bounds:${name}] warn:`) && line.includes(warning),
    );
    expect(line, opened.log.join("\n")).toBeDefined();
    expect(answer.logLines.join("\n")).toContain(warning);
  });

  test(`rejects ${over}`, async () => {
    expect(errorOf(await outcome(name, { amount: over }))).toContain(message);
  });
});

test("a function far below every limit is not warned about", async () => {
  opened.log.length = 0;
  await run("readRanges", { amount: 3000 });
  expect(opened.log).toEqual([]);
});

const valueLimits: [name: string, most: number, over: number, message: string][] = [
  [
    "writeItems",
    8192,
    8193,
    "Invalid argument `value` for `db.insert`: Array length is too long (8193 > maximum length 8192)",
  ],
  [
    "writeFields",
    1024,
    1025,
    "Invalid argument `value` for `db.insert`: Object has too many fields (1025 > maximum number 1024)",
  ],
  [
    "writeNested",
    16,
    65,
    "Invalid argument `value` for `db.insert`: Value is too nested (nested 65 levels deep > maximum nesting 64)",
  ],
  ["writeFieldName", 1024, 1025, "exceeds maximum field name length 1024"],
  [
    "writeTableName",
    64,
    65,
    "Invalid argument `table` for `db.insert`: Identifier is too long (65 > maximum 64)",
  ],
  [
    "returnItems",
    8192,
    8193,
    "Function bounds:returnItems return value invalid: Array length is too long (8193 > maximum length 8192)",
  ],
];

test.each(valueLimits)("%s allows %i and rejects %i", async (name, most, over, message) => {
  await run(name, { amount: most });
  expect(errorOf(await outcome(name, { amount: over }))).toContain(message);
});

test("arguments can have 16 MiB", async () => {
  // The object with the field `text` takes 11 bytes more than its text.
  const text = (bytes: number) => ({ text: "x".repeat(bytes - 11) });
  opened.log.length = 0;
  await run("takeArguments", text(16 * MIB));
  expect(opened.log.join("\n")).toContain("Large size of the function arguments (actual: 16777216 bytes");
  expect(errorOf(await outcome("takeArguments", text(16 * MIB + 1)))).toContain(
    "Arguments for bounds:takeArguments are too large (actual: 16.00 MiB, limit: 16 MiB)",
  );
});

test("arguments nested too deeply are rejected", async () => {
  let value: JSONValue = null;
  for (let i = 0; i < 64; i++) value = [value];
  expect(errorOf(await outcome("takeAnything", { value }))).toContain(
    "Value is too nested (nested 65 levels",
  );
});

test("a mutation can schedule 1,000 functions with 16 MiB of arguments", async () => {
  opened.log.length = 0;
  await run("scheduleFunctions", { amount: 1000, bytes: 0 });
  expect(opened.log.join("\n")).toContain(
    "Many functions scheduled by this mutation (actual: 1000, limit: 1000).",
  );
  expect(errorOf(await outcome("scheduleFunctions", { amount: 1001, bytes: 0 }))).toContain(
    "Too many functions scheduled by this mutation (limit: 1000)",
  );
  expect(errorOf(await outcome("scheduleFunctions", { amount: 33, bytes: 512 << 10 }))).toContain(
    "Too large total size of the arguments of scheduled functions from this mutation (limit: 16777216 bytes)",
  );
});

test("deletions count as index ranges and as writes", async () => {
  expect(errorOf(await outcome("deleteDocuments", { amount: 4095 }))).toContain("deleted 4095");
  expect(errorOf(await outcome("deleteDocuments", { amount: 4096 }))).toContain("Too many reads");
});

test("ranges that touch count once, and new documents not at all", async () => {
  expect(await run("readAgain", { amount: 6000 })).toBe(1);
  expect(await run("patchNewDocuments", { amount: 5000 })).toBe(0);
});

test("a page that exceeds a limit ends before it and must be split", async () => {
  expect(await run("pageOfLarge", { amount: 30 })).toEqual({
    documents: 16,
    status: "SplitRequired",
    isDone: false,
  });
  expect(await run("pageOfLarge", { amount: 13 })).toMatchObject({
    documents: 13,
    status: "SplitRecommended",
  });
});

test("code can run for a second, database operations not included", async () => {
  expect(errorOf(await outcome("spin", { amount: 60_000 }))).toContain(
    "Function execution timed out (maximum duration: 1s)",
  );
});

test.each([
  ["holdBytes", 40 * MIB, 120 * MIB],
  ["holdNumbers", 3_000_000, 12_000_000],
  // Blocks the thread, which is ended from outside before it uses the memory of the machine.
  ["holdForever", 10, 400],
])("%s can hold %i, and not %i, in 64 MiB", async (name, most, over) => {
  await run(name, { amount: most });
  expect(errorOf(await outcome(name, { amount: over }))).toContain(
    "JavaScript execution ran out of memory (maximum memory usage: 64 MB)",
  );
  expect(await run("readDocuments", { amount: 1 })).toBe(1);
});

const tooManyDocuments = (limit: number) =>
  `Too many documents read in a single function execution (limit: ${limit}). ${help}`;

test.each([
  ["readDocuments", 3, { documentsRead: 3 }, null],
  ["readDocuments", 4, { documentsRead: 3 }, tooManyDocuments(5)],
  // A higher limit than Convex's has no effect.
  ["readDocuments", 32_000, { documentsRead: 40_000 }, tooManyDocuments(32_000)],
  [
    "readRanges",
    3,
    { databaseQueries: 2 },
    `Too many reads in a single function execution (limit: 3). ${help}`,
  ],
  ["readDocuments", 1, { bytesRead: 1.5 }, "invalid type: floating point `1.5`, expected usize"],
  ["readDocuments", 1, { bytesRead: -1 }, "invalid value: integer `-1`, expected usize"],
])("transactionLimits of a nested call: %s of %i with %j", async (name, amount, limits, message) => {
  const result = await outcome("readNested", { name, amount, limits });
  if (message === null) expect(resultOf(result)).toBe(10);
  else expect(errorOf(result)).toContain(message);
});

test("a deployment can have 10,000 tables", async () => {
  const existing = (await opened.backend.admin.tables()).filter(({ name }) => !name.startsWith("_")).length;
  await run("createTables", { amount: 10_000 - existing });
  expect(errorOf(await outcome("createTables", { amount: 10_001 - existing }))).toContain(
    "Number of tables cannot exceed 10000.",
  );
});
