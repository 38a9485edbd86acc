/** Invalid input and limits. */
import { convexToJson, type JSONValue, jsonToConvex, type Value } from "convex/values";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { call, errorOf, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;

beforeAll(async () => {
  opened = await openBackend("edges");
});
afterAll(() => opened.close());

const query = async (path: string, args: JSONValue = {}) =>
  resultOf(await opened.backend.query(call(path, args)));
const mutation = async (path: string, args: JSONValue = {}) =>
  resultOf(await opened.backend.mutation(call(path, args)));
const queryError = async (path: string, args: JSONValue = {}) =>
  errorOf(await opened.backend.query(call(path, args)));
const mutationError = async (path: string, args: JSONValue = {}) =>
  errorOf(await opened.backend.mutation(call(path, args)));

test.each<Value>([
  -0,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  2n ** 63n - 1n,
  -(2n ** 63n),
  new Uint8Array([0, 1, 255]).buffer,
  { nested: [{ a: null }], "with space": "\u0000 😀 \ud800" },
  ["", [], {}],
])("value %# is returned unchanged", async (content) => {
  expect(jsonToConvex(await mutation("edges:put", convexToJson({ content })))).toEqual(content);
});

test.each([
  ["date", "not a supported Convex type"],
  ["map", "not a supported Convex type"],
  ["function", "not a supported Convex type"],
  ["bigBigint", "does not fit into a 64-bit signed integer"],
  ["dollar", "starts with a '$'"],
  ["unicodeField", "non-control ASCII"],
  ["deep", "Value is too nested (nested 71 levels deep"],
  ["long", "Array length is too long (8193"],
  ["wide", "too many fields (1025"],
  ["large", "Value is too large (1.00 MiB"],
  ["undefinedInArray", "undefined is not a valid Convex value"],
])("rejects a value of kind %s", async (kind, message) => {
  expect(await mutationError("edges:putOdd", { kind })).toContain(message);
});

test("distinguishes ids of this table, ids of another table, and strings that are not ids", async () => {
  const other = await mutation("edges:putOther");
  expect(await query("edges:normalize", { id: other })).toEqual([null, other, null]);
  expect(await query("edges:normalize", { id: "nonsense" })).toEqual([null, null, null]);
  expect(await query("edges:getAny", { id: other })).toMatchObject({ _id: other });
  expect(await queryError("edges:getAny", { id: "nonsense" })).toContain("Unable to decode ID");
  expect(await queryError("edges:getFrom", { table: "boxes", id: other })).toContain(
    "expected ID in table 'boxes'",
  );
});

test("rejects malformed arguments with a reason", async () => {
  for (const args of [null, 1, "x", []]) {
    expect(await mutationError("edges:put", args)).toContain("ArgumentValidationError");
  }
  const malformed: JSONValue[] = [{ $integer: "x" }, { $what: 1 }, { $float: "AAAA" }];
  for (const content of malformed) {
    expect(await mutationError("edges:put", { content })).toContain("\nInvalid arguments for edges.js:put: ");
  }
});

test("queries cannot write, and transactions cannot fetch or wait", async () => {
  expect(await query("edges:writeInQuery")).toBe(true);
  expect(await queryError("edges:fetchInQuery")).toContain("Can't use fetch()");
  expect(await mutationError("edges:timerInMutation")).toContain("Can't use setTimeout()");
});

test("queries cannot run text as code, but WebAssembly", async () => {
  const disallowed = "EvalError: Code generation from strings disallowed for this context";
  expect(await query("edges:evalInQuery")).toEqual([disallowed, disallowed, disallowed]);
  expect(await query("edges:webAssemblyInQuery")).toBe(42);
});

test("reports wrong queries with a reason", async () => {
  await mutation("edges:put", {});
  await mutation("edges:put", {});
  expect(await queryError("edges:wrongIndex")).toContain("Index boxes.by_nothing not found");
  expect(await queryError("edges:uniqueOfMany")).toContain("unique() query returned more than one result");
  expect(await queryError("edges:twoPages")).toContain("multiple paginated queries");
  expect(await queryError("edges:wrongResult")).toContain("ReturnsValidationError");
  expect(await query("edges:noResult")).toBeNull();
});

test("ends a query that calls itself endlessly, and one with too many reads", async () => {
  expect(await queryError("edges:forever")).toContain("call depth limit exceeded");
  expect(await queryError("edges:readTooMuch")).toContain("Too many reads");
});

test("an iteration can stop early", async () => {
  expect(await query("edges:iterate", { stopAfter: 1 })).toBe(1);
});

test("a commit timestamp is that of the mutation, in the document and in the result", async () => {
  const { ts, outcome } = await opened.backend.mutation(call("edges:commit", { name: "first" }));
  expect(jsonToConvex(resultOf({ outcome }))).toEqual({ at: ts });
  await mutation("edges:commit", { name: "second" });
  const commits = jsonToConvex(await query("edges:commits")) as { name: string; at: bigint }[];
  expect(commits.map(({ name }) => name)).toEqual(["first", "second"]);
  expect(commits[0]?.at).toBe(ts);
});

test("a snapshot query in a mutation does not see the writes of the mutation", async () => {
  expect(await mutation("edges:staleSnapshot")).toEqual([1, 0]);
});

test("a function can read its metadata and usage", async () => {
  expect(await mutation("edges:metadata")).toEqual({ written: 1, name: "edges:metadata" });
});

test("a write after the function has returned has no effect and is logged", async () => {
  const before = await query("edges:countOthers");
  await mutation("edges:writesLater");
  await eventually(() => opened.log.join("\n")).toContain("has already finished");
  expect(await query("edges:countOthers")).toBe(before);
});

test("a query at an earlier timestamp reads the data of that time", async () => {
  const at = opened.backend.now();
  const before = await query("edges:countOthers");
  await mutation("edges:putOther");
  const then = await opened.backend.query(call("edges:countOthers"), at);
  expect([then.ts, resultOf(then)]).toEqual([at, before]);
  expect(await query("edges:countOthers")).toBe((before as number) + 1);
});

test("an action in a file for Node can use Node's modules, and a missing vector index is reported", async () => {
  expect(resultOf(await opened.backend.action(call("onNode:hash", { text: "a" })))).toMatch(/^ca978112/);
  expect(errorOf(await opened.backend.action(call("onNode:vectors")))).toContain(
    "Index boxes.by_vector not found.",
  );
  await expect(opened.backend.query(call("onNode:hash", { text: "a" }))).rejects.toMatchObject({
    code: "wrong_kind",
  });
});

test("with redactErrors, callers see no message and only the data of a ConvexError", async () => {
  const redacting = await openBackend("notes", { redactErrors: true });
  try {
    const { backend } = redacting;
    expect(errorOf(await backend.query(call("notes:fail")))).toMatch(/^\[Request ID: \w+\] Server Error$/);
    const { outcome } = await backend.mutation(call("notes:addThenThrow", { folder: "x" }));
    expect(outcome).toMatchObject({
      errorMessage: expect.stringMatching(/Server Error$/),
      errorData: { code: "no" },
    });
    expect((await backend.query(call("notes:clock"))).outcome.logLines).toEqual([]);
    expect(redacting.log.join("\n")).toContain("the clock");
  } finally {
    await redacting.close();
  }
});
