/** Vector search, and errors of indexes that are staged. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, errorOf, openBackend, resultOf, rowsOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;
const ids: Record<string, string> = {};

beforeAll(async () => {
  opened = await openBackend("library");
  for (const [name, kind, at] of [
    ["east", "point", [1, 0]],
    ["north", "point", [0, 2]],
    ["northeast", "between", [3, 3]],
    ["flat", "point", [1]],
  ] as const) {
    ids[name] = String(await mutation("places:add", { name, kind, at: [...at] }));
  }
});
afterAll(() => opened.close());

const mutation = async (path: string, args = {}) => resultOf(await opened.backend.mutation(call(path, args)));
const near = (args: object) => opened.backend.action(call("places:near", { at: [1, 0.1], ...args }));
/** Returns the names of the nearest places, best match first. */
async function names(args: object = {}): Promise<string[]> {
  return rowsOf(resultOf(await near(args))).map(
    ({ _id }) => Object.keys(ids).find((name) => ids[name] === _id) ?? "",
  );
}

test("returns the nearest vectors first with the cosine of the angle", async () => {
  expect(await names()).toEqual(["east", "northeast", "north"]);
  const [best] = rowsOf(resultOf(await near({ at: [2, 0], limit: 1 })));
  expect(best).toEqual({ _id: ids.east, _score: 1 });
  const [, second] = rowsOf(resultOf(await near({ at: [2, 0] })));
  expect(second?._score).toBeCloseTo(Math.SQRT1_2, 6);
});

test("filters by any of several conditions", async () => {
  expect(await names({ filters: [{ field: "kind", value: "point" }] })).toEqual(["east", "north"]);
  expect(
    await names({
      filters: [
        { field: "kind", value: "between" },
        { field: "name", value: "north" },
      ],
    }),
  ).toEqual(["northeast", "north"]);
  expect(await names({ filters: [{ field: "kind", value: "nothing" }] })).toEqual([]);
});

test("follows changes, also across a restart", async () => {
  expect(await names({ at: [0, 1], limit: 1 })).toEqual(["north"]);
  await mutation("places:move", { id: ids.east, at: [0, 1] });
  await mutation("places:remove", { id: ids.north });
  expect(await names({ at: [0, 1] })).toEqual(["east", "northeast"]);
  await opened.restart();
  expect(await names({ at: [0, 1] })).toEqual(["east", "northeast"]);
  await mutation("places:move", { id: ids.east, at: [1, 0, 0] });
  expect(await names({ at: [0, 1] })).toEqual(["northeast"]);
});

test.each<[string, object, string]>([
  ["another number of dimensions", { at: [1, 2, 3] }, "Expected a vector with dimensions 2, received 3."],
  ["too many results", { limit: 257 }, "Vector queries can fetch at most 256 results, requested 257."],
  [
    "a filter on another field",
    { filters: [{ field: "at", value: "x" }] },
    'Vector query against places.by_at contains a filter on "at" but that field isn\'t indexed',
  ],
  [
    "too many conditions",
    { filters: Array.from({ length: 65 }, (_, i) => ({ field: "kind", value: String(i) })) },
    "Vector query against places.by_at has too many conditions. Max: 64 Actual: 65",
  ],
  ["an unknown index", { index: "by_nothing" }, "Index places.by_nothing not found."],
  ["a staged index", { index: "by_later" }, "Index places.by_later is currently staged"],
])("rejects %s", async (_, args, message) => {
  expect(errorOf(await near(args))).toContain(message);
});

test("queries cannot use staged indexes", async () => {
  expect(errorOf(await opened.backend.query(call("places:readStaged")))).toContain(
    "Index places.by_name is currently staged and not available to query until it is enabled.",
  );
  expect(errorOf(await opened.backend.query(call("places:searchStaged")))).toContain(
    "Index places.search_name is currently staged and not available to query until it is enabled.",
  );
});
