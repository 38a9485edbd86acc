/** Documents without functions: what the admin's commands ask of the backend. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { call, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;

beforeEach(async () => {
  opened = await openBackend("notes");
});

afterEach(() => opened.close());

test("tables are named with how many documents they hold", async () => {
  resultOf(await opened.backend.mutation(call("notes:addMany", { first: 0, count: 7 })));
  expect(await opened.backend.tables()).toEqual([
    { name: "notes", number: expect.any(Number), documents: 7 },
  ]);
});

test("a table can be read page by page at one moment, in both directions", async () => {
  resultOf(await opened.backend.mutation(call("notes:addMany", { first: 0, count: 25 })));
  for (const order of ["asc", "desc"] as const) {
    const stars: unknown[] = [];
    let cursor: string | null = null;
    let at: bigint | undefined;
    do {
      const page = await opened.backend.documents("notes", { cursor, limit: 10, order, ...(at && { at }) });
      at ??= page.ts;
      cursor = page.cursor;
      stars.push(...page.documents.map((document) => (document as { stars: number }).stars));
      resultOf(await opened.backend.mutation(call("notes:add", { folder: "later", text: order, stars: -1 })));
    } while (cursor !== null);
    const first25 = Array.from({ length: 25 }, (_, index) => index);
    const seen = order === "asc" ? first25 : [-1, -1, -1, ...first25.toReversed()];
    expect(stars).toEqual(seen);
  }
});

test("documents that are put in keep their ids and times, and the indexes know them", async () => {
  const id = resultOf(await opened.backend.mutation(call("notes:add", { folder: "a", text: "x", stars: 3 })));
  const before = (await opened.backend.documents("notes", { cursor: null, limit: 10, order: "asc" }))
    .documents;
  resultOf(await opened.backend.mutation(call("notes:remove", { id })));
  await opened.backend.importDocuments("notes", before, { replace: false });
  expect(resultOf(await opened.backend.query(call("notes:list", { folder: "a" })))).toEqual(before);
  await expect(opened.backend.importDocuments("notes", before, { replace: false })).rejects.toThrow(
    `There already is a document with ID ${id}`,
  );
  await opened.backend.importDocuments("notes", [{ folder: "b", text: "new" }], { replace: true });
  expect(await opened.backend.tables()).toMatchObject([{ documents: 1 }]);
  expect(resultOf(await opened.backend.query(call("notes:list", { folder: "a" })))).toEqual([]);
});

test("a subscription hears of documents that are put in", async () => {
  const watched = { id: 1, call: call("notes:list", { folder: "a" }), journal: null };
  await opened.backend.evaluate([watched]);
  opened.events.length = 0;
  await opened.backend.importDocuments("notes", [{ folder: "a", text: "x" }], { replace: false });
  expect(opened.events).toMatchObject([{ type: "committed", stale: [1] }]);
});

test("what cannot be in the table is refused by name, and nothing of it is kept", async () => {
  const { backend } = opened;
  const good = { folder: "a", text: "x" };
  const refusal = (documents: Parameters<typeof backend.importDocuments>[1], table = "notes") =>
    backend.importDocuments(table, documents, { replace: false }).catch((error: Error) => error.message);
  expect(await refusal([good], "nothing")).toBe('There is no table "nothing".');
  expect(await refusal([good], "_storage")).toBe('There is no table "_storage".');
  expect(await refusal([good, { folder: "a", text: 1 }])).toContain("does not match the schema");
  expect(await refusal([good, { ...good, _id: "abc", _creationTime: 1 }])).toContain('"abc" is no ID');
  expect(await refusal([good, 3])).toContain("must be an object");
  expect(await backend.tables()).toMatchObject([{ documents: 0 }]);
  const page = { cursor: null, limit: 1, order: "asc" } as const;
  await expect(backend.documents("_jobs", page)).rejects.toThrow("There is no table");
});
